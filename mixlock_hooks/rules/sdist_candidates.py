"""Which sdists of a project a solve could need: those of versions without a wheel, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.rules.limits import is_newer, runs_on
from mixlock_hooks.rules.platform_tags import rank_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.target import Target

_NEWEST = 5


def sdist_candidates(
    files: Iterable[IndexFile], specifier: str, target: Target, cutoff: Cutoff, locked: Collection[str]
) -> tuple[IndexFile, ...]:
    """Return the sdists worth reading, five at most, and any that is locked already.

    Args:
        files: what the index lists of a project.
        specifier: what the spec asks of the project (PEP 440), empty for nothing.
        target: the target; a version with a wheel that fits it needs no sdist.
        cutoff: what holds for the project.
        locked: sha256 of the files that the old lock holds.
    """
    listed = tuple(files)
    with_wheels = {found.version for found in listed if rank_of(found.file.name, target) is not None}
    wanted = [
        found
        for found in listed
        if not found.file.is_wheel
        and found.version not in with_wheels
        and satisfies(str(found.version), specifier)
        and runs_on(found.requires_python, target.python)
        and not is_newer(found, cutoff)
    ]
    wanted.sort(key=lambda found: (not found.yanked, not found.version.is_prerelease, found.version), reverse=True)
    return tuple(found for place, found in enumerate(wanted) if place < _NEWEST or found.file.sha256 in locked)
