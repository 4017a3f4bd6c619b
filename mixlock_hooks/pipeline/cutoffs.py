"""The cutoff under which a lock was made, as it records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.cutoff import parse_cutoff
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.pipeline.lock import record

if TYPE_CHECKING:
    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import Subdir


def recorded_cutoff(lockfile: Lockfile, platform: Subdir, shown: str) -> Cutoff:
    """Return what nothing considered was newer than.

    Args:
        lockfile: the lock.
        platform: one of its platforms.
        shown: what the lock is called.

    Raises:
        CannotDoError: what it records is no cutoff.
    """
    text = record.recorded_cutoff(lockfile, platform)
    try:
        return parse_cutoff(text)
    except (OverflowError, ValueError) as error:
        raise CannotDoError(f"{shown}: what it records for {platform} is not a cutoff: {text!r}") from error
