"""Render one platform of a lock in another format, and say what that leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats import environment_export, explicit_txt, pip_txt
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.target import markers_of
from mixlock_hooks.pipeline.find_lock import restricted
from mixlock_hooks.pipeline.lock.record import recorded_inputs
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project

FORMATS = ("explicit", "requirements", "environment", "pylock", "cyclonedx")
_WITHOUT_CONDA = frozenset({"requirements", "pylock"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Export:
    """A rendered lock, the platform it is for, and the packages that the format cannot hold."""

    text: str
    platform: Subdir
    left_out: tuple[LockedPackage, ...] = ()


def export(found: FoundLock, form: str, platform: Subdir, project: Project, *, explicit_choice: bool) -> Export:
    """Render a lock for one platform: the one given, or the only one it holds where none was chosen.

    Args:
        found: the lock.
        form: one of ``FORMATS``.
        platform: of the lock.
        project: the repository: what conda packages are called on PyPI, and the kind of hash in explicit files.
        explicit_choice: whether somebody chose the platform.

    Raises:
        UsageError: the lock does not hold the platform, and holds several others.
    """
    platforms = found.lockfile.platforms
    if not explicit_choice and platform not in platforms:
        if len(platforms) != 1:
            raise UsageError(f"{found.name}: name one of its platforms with --platform: {', '.join(platforms)}")
        platform = platforms[0]
    lockfile = restricted(found, [platform]).lockfile
    conda = tuple(package for package in lockfile.packages if package.manager is Manager.CONDA)
    text = _rendered(found, form, lockfile, platform, project)
    return Export(text=text, platform=platform, left_out=conda if form in _WITHOUT_CONDA else ())


def _rendered(found: FoundLock, form: str, lockfile: Lockfile, platform: Subdir, project: Project) -> str:
    inputs = recorded_inputs(lockfile, platform)
    sources = inputs.pypi_sources if inputs else None
    if form == "explicit":
        return explicit_txt.render(platform, lockfile.packages, project.settings.explicit_hash).decode()
    if form == "requirements":
        return pip_txt.render(lockfile.packages, sources).decode()
    if form == "environment":
        return environment_export.render(lockfile, sources)
    locked = LockGraph(lockfile.packages, project.names())
    if form == "pylock":
        from mixlock_hooks.formats import pylock_toml  # noqa: PLC0415 - the others need no TOML

        return pylock_toml.render(tuple(locked.pip.values()), locked.python, markers_of(platform))
    return _bill(found, locked)


def _bill(found: FoundLock, locked: LockGraph) -> str:
    from mixlock_hooks.formats import cyclonedx_json  # noqa: PLC0415 - an extra's

    entries = [
        cyclonedx_json.Entry(
            package=package,
            projects=tuple(sorted(name for name, twin in locked.twins.items() if twin is package)),
            needs=tuple(needed for _name, _constraint, needed in locked.needs(package) if needed),
        )
        for package in locked.packages
    ]
    return cyclonedx_json.render(found.name, entries)
