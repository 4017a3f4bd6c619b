"""Which environment a lock of another tool's is for, where it goes, and what the configuration must say for that."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.adoption import Adoption, AdoptionPlan, LeftOut
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.platforms import DEFAULT_PLATFORMS
from mixlock_hooks.model.spec_part import is_manifest
from mixlock_hooks.rules.discovery import discover

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from mixlock_hooks.model.adoption import FoundLock
    from mixlock_hooks.model.lock_paths import LockPlaces
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.settings import Settings

_LOCK_NAME = re.compile(r"(?:^|/)[^/]*(?:conda-lock|[.\-_]lock)[^/]*\.ya?ml$")
_TOOLS_WORDS = re.compile(r"(?:^|[.\-_])(?:conda-lock|lock)(?=[.\-_]|$)")
_READ = (".yml", ".yaml", ".txt", ".in", "pyproject.toml")
EXPLICIT = "an explicit file names neither its spec nor what its packages need; `mixlock lock` solves the spec anew"


def may_be_lock(path: str, places: LockPlaces) -> bool:
    """Return whether a file may be a ``conda-lock.yml`` of another tool's, as far as its name tells."""
    is_inside = path.startswith(f"{places.lock_dir}/") and path.endswith(".yml")
    return is_inside or path in places.elsewhere.values() or _LOCK_NAME.search(path) is not None


def is_named_as_lock(path: str) -> bool:
    """Return whether a file's name is one of conda-lock's own, so that it is no lock by accident alone."""
    return path.endswith("conda-lock.yml")


def plan(
    found: Sequence[FoundLock], tracked: Collection[str], settings: Settings, taken: Collection[str]
) -> AdoptionPlan:
    """Return which locks are taken over, and how.

    Args:
        found: the locks of other tools.
        tracked: every path that git tracks.
        settings: the repository's.
        taken: the environments that have a lock of mixlock's, or that the configuration names.
    """
    discovered = frozenset(discover(tracked, settings))
    adoptions: dict[EnvironmentName, Adoption] = {}
    left_out = []
    asked: dict[EnvironmentName, FoundLock] = {}
    for lock in sorted(found, key=_plainest_first):
        why = _complaint(lock, tracked)
        adoption = None if why else _adoption(lock, discovered, settings, {*adoptions, *taken})
        if adoption is None:
            why = why or "another lock is for the same environment; add a table `environments.NAME` for it by hand"
            left_out.append(LeftOut(path=lock.path, why=why))
        else:
            adoptions[adoption.environment] = adoption
            asked[adoption.environment] = lock
    adoptions = {name: _beside(adoption, adoptions.values()) for name, adoption in adoptions.items()}
    return _with_platforms(adoptions, asked, tuple(left_out), settings)


def _complaint(lock: FoundLock, tracked: Collection[str]) -> str:
    """Say why nobody can tell what a lock is for; empty where it can be told."""
    if not lock.sources:
        return "it does not say which spec it was made from"
    absent = [source for source in lock.sources if source not in tracked]
    if absent:
        return f"git does not track {', '.join(absent)}, from which it was made"
    unread = [source for source in lock.sources if not (source.endswith(_READ) or is_manifest(source))]
    return f"{', '.join(unread)} cannot be read as a spec" if unread else ""


def _adoption(
    lock: FoundLock, discovered: Collection[str], settings: Settings, taken: Collection[str]
) -> Adoption | None:
    """Return how a lock is taken over; None where its environment has another lock."""
    alone = lock.sources[0] if len(lock.sources) == 1 else ""
    usual = environment_name(alone) if alone else _name_of(lock)
    named = lock.environment or settings.lock_places.environment_of(lock.path)
    for name in [named] if named else [usual, _name_of(lock)]:
        target = settings.lock_places.lockfile(name)
        if name in taken and target != lock.path:
            continue
        is_discovered = alone in discovered and name == environment_name(alone)
        return Adoption(
            environment=name,
            path=lock.path,
            target=target,
            specs=lock.sources,
            is_configured=not is_discovered and name not in settings.environments,
        )
    return None


def in_place(planned: AdoptionPlan) -> AdoptionPlan:
    """Return a plan in which every lock stays where it is, and the configuration says so."""
    kept = (
        each if each.path == each.target else replace(each, target=each.path, lock_at=each.path, is_configured=True)
        for each in planned.adoptions
    )
    return replace(planned, adoptions=tuple(kept))


def _beside(adoption: Adoption, others: Iterable[Adoption]) -> Adoption:
    """Configure an environment whose spec is a part of another too, for discovery passes such a spec by."""
    parts = {spec for other in others if other.environment != adoption.environment for spec in other.specs}
    return replace(adoption, is_configured=adoption.is_configured or not parts.isdisjoint(adoption.specs))


def _name_of(lock: FoundLock) -> EnvironmentName:
    """Name an environment by where its lock lies: the folder, and what the file's name says beside the tool's."""
    parts = [part for part in (posixpath.dirname(lock.path), _own_words(lock)) if part]
    return EnvironmentName("/".join(parts)) if parts else environment_name(lock.sources[0])


def _own_words(lock: FoundLock) -> str:
    """Return what a lock's file name says beside the words of the tool."""
    stem = posixpath.basename(lock.path).rpartition(".")[0]
    return _TOOLS_WORDS.sub("", stem).strip(".-_")


def _plainest_first(lock: FoundLock) -> tuple[str, bool, str]:
    """Sort so that of two locks of one spec the one without words of its own is the spec's, the other a variant."""
    return posixpath.dirname(lock.path), bool(_own_words(lock)), lock.path


def _with_platforms(
    adoptions: dict[EnvironmentName, Adoption],
    found: dict[EnvironmentName, FoundLock],
    left_out: tuple[LeftOut, ...],
    settings: Settings,
) -> AdoptionPlan:
    """Say where the configuration must name platforms: no spec does, and a lock has others than the default.

    What most locks have is said once; an environment that has others says its own.
    """
    open_ones = {name: lock.platforms for name, lock in found.items() if not lock.names_platforms}
    if settings.platforms or not open_ones:
        return AdoptionPlan(adoptions=tuple(adoptions.values()), left_out=left_out)
    usual = _usual(tuple(open_ones.values()))
    made = tuple(
        replace(adoption, is_configured=True, platforms=open_ones[name])
        if set(open_ones.get(name, usual)) != set(usual)
        else adoption
        for name, adoption in adoptions.items()
    )
    written = () if set(usual) == set(DEFAULT_PLATFORMS) else usual
    return AdoptionPlan(adoptions=made, left_out=left_out, platforms=written)


def _usual(platforms: Sequence[tuple[Subdir, ...]]) -> tuple[Subdir, ...]:
    """Return the platforms that most locks have; of equal counts those of the first."""
    counts = Counter(tuple(sorted(each)) for each in platforms)
    return counts.most_common(1)[0][0]
