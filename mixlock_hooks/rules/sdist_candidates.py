"""Which sdists of a project a solve could need: those of versions without a wheel, the newest first."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING

from mixlock_hooks.model.constraint import NotAConstraintError, satisfies

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from mixlock_hooks.model.proposal import IndexFile

_NEWEST = 5


def sdist_candidates(
    files: Iterable[IndexFile], specifier: str, python: str, cutoff: str, locked: Collection[str]
) -> tuple[IndexFile, ...]:
    """Return the sdists worth reading, five at most, and any that is locked already.

    Args:
        files: what the index lists of a project.
        specifier: what the spec asks of the project (PEP 440), empty for nothing.
        python: the target's version of python.
        cutoff: the moment after which nothing counts (RFC 3339), empty for none.
        locked: sha256 of the files that the old lock holds.
    """
    listed = tuple(files)
    with_wheels = {found.version for found in listed if found.file.is_wheel}
    wanted = [
        found
        for found in listed
        if not found.file.is_wheel
        and found.version not in with_wheels
        and satisfies(str(found.version), specifier)
        and _runs_on(found.requires_python, python)
        and not _is_newer(found.uploaded, cutoff)
    ]
    wanted.sort(key=lambda found: (not found.yanked, not found.version.is_prerelease, found.version), reverse=True)
    return tuple(found for place, found in enumerate(wanted) if place < _NEWEST or found.file.sha256 in locked)


def _runs_on(requires_python: str, python: str) -> bool:
    try:
        return satisfies(python, requires_python)
    except NotAConstraintError:
        return True  # pip ignores a `Requires-Python` that is none, and so does uv


def _is_newer(uploaded: datetime | None, cutoff: str) -> bool:
    if not cutoff:
        return False
    if uploaded is None:
        return True
    moment = uploaded if uploaded.tzinfo else uploaded.replace(tzinfo=timezone.utc)
    return moment > datetime.fromisoformat(cutoff.replace("Z", "+00:00"))
