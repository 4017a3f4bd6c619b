"""Which files of a project are offered to a solver that does not know the target, and under which names."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mixlock_hooks.model.cutoff import NO_CUTOFF
from mixlock_hooks.rules.limits import limits_of
from mixlock_hooks.rules.newer_versions import releases, to_exclude
from mixlock_hooks.rules.platform_tags import best, neutral_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.target import Target


def offered_files(
    files: Iterable[IndexFile],
    target: Target,
    cutoff: Cutoff,
    wheels_for: str | None,
    kept: Collection[str] = frozenset(),
) -> tuple[tuple[str, IndexFile], ...]:
    """Return, of each version, the best wheel that fits and the sdist, each with the name it is offered under.

    Args:
        files: what an index lists of a project.
        target: the target.
        cutoff: what holds for the project.
        wheels_for: the versions that are asked for (PEP 440): where one of them has a wheel that fits, versions
            without one are left out. None offers them all the same.
        kept: the files of the old lock, by their sha256: what is locked stays, though it is newer than the cutoff.
    """
    listed = tuple(files)

    def is_kept(found: IndexFile) -> bool:
        return found.file.sha256 in kept

    fitting = [
        found
        for found in listed
        if _is_sure(found) and not limits_of(found, target, NO_CUTOFF if is_kept(found) else cutoff)
    ]
    hidden = frozenset[str]()
    if wheels_for is not None:
        hidden = to_exclude(releases(listed, target, cutoff), wheels_for)
    ordered = sorted(
        (found for found in fitting if is_kept(found) or str(found.version) not in hidden),
        key=lambda found: found.version,
    )
    grouped = groupby(ordered, key=lambda found: found.version)
    return tuple(pair for _version, found in grouped for pair in _of_version(tuple(found), target))


def _is_sure(found: IndexFile) -> bool:
    return bool(found.file.sha256) or found.file.must_be_hashed


def _of_version(files: tuple[IndexFile, ...], target: Target) -> Iterator[tuple[str, IndexFile]]:
    wheels = {found.file.name: found for found in files if found.file.is_wheel}
    chosen = best(wheels, target)
    if chosen:
        yield neutral_name(chosen), wheels[chosen]
    yield from ((found.file.name, found) for found in files if not found.file.is_wheel)
