"""Render one platform of a lock in another format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import environment_export, explicit_txt, pip_txt
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.pipeline.find_lock import restricted
from mixlock_hooks.pipeline.lock.record import recorded_inputs

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.find_lock import FoundLock

FORMATS = ("explicit", "requirements", "environment")


def export(found: FoundLock, form: str, platform: Subdir, *, explicit_choice: bool) -> str:
    """Render a lock for one platform: the one given, or the only one it holds where none was chosen.

    Raises:
        UsageError: the lock does not hold the platform, and holds several others.
    """
    platforms = found.lockfile.platforms
    if not explicit_choice and platform not in platforms:
        if len(platforms) != 1:
            raise UsageError(f"{found.name}: name one of its platforms with --platform: {', '.join(platforms)}")
        platform = platforms[0]
    lockfile = restricted(found, [platform]).lockfile
    if form == "explicit":
        return explicit_txt.render(platform, lockfile.packages, {}).decode()
    inputs = recorded_inputs(lockfile, platform)
    indices = inputs.indices if inputs else ()
    if form == "requirements":
        return pip_txt.render(lockfile.packages, indices).decode()
    return environment_export.render(lockfile, indices)
