"""Merge two locks that grew from one: requirements and packages, entry by entry, then judge whether they still fit.

Nothing is solved. What one side changed goes over what the other left alone; the result is a lock only if its
packages are exactly an answer to its requirements.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.inputs import Inputs
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import at
from mixlock_hooks.model.stamp import SCHEMA, Making
from mixlock_hooks.pipeline.drift import verification
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules.drift import by_project
from mixlock_hooks.rules.lock_diff import is_newer
from mixlock_hooks.rules.three_way import CannotMergeError, Joined, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mixlock_hooks.model.counterparts import Counterparts

_SETS = ("left_out", "implied")
_BY_PROJECT = ("pypi", "constraints", "pip_constraints")
_TABLES = ("conda", "virtual_packages", "index_of", *_BY_PROJECT, *_SETS)
_WORDS = {
    "conda": "the request of conda {}",
    "pypi": "the request of pip {}",
    "virtual_packages": "the virtual package `{}`",
    "index_of": "the index of `{}` (`index-of`)",
    "constraints": "the constraint of `{}`",
    "pip_constraints": "the constraint of `{}` (`-c`)",
}
"""How a user calls an item of what is asked, by its kind. An item of a set cannot be disputed: it is there or not."""
_SETTING_WORDS = {
    "channels": "the channels",
    "indices": "the indices",
    "find_links": "the pages of `find-links`",
    "default_index": "the default index",
    "channel_priority": "the channel priority",
    "python": "the request of conda python",
    "prereleases": "whether pre-releases are admitted (`--pre`)",
}
_Asked = tuple[Subdir, str, str]
_Package = tuple[Subdir, Manager, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedLocks:
    """Two locks as one: what each platform is asked for, and its packages."""

    platforms: tuple[Subdir, ...]
    asked: Joined[_Asked, Any]
    packages: Joined[_Package, LockedPackage]

    def disputes(self) -> tuple[str, ...]:
        """Return what both sides changed, in a user's words; each is named once for all platforms."""
        asked = [_words(kind, name) for _platform, kind, name in self.asked.disputed]
        locked = [
            f"{manager.value} {name} ({_version(ours)} in ours, {_version(theirs)} in theirs)"
            for (_platform, manager, name), (ours, theirs) in self.packages.disputed.items()
        ]
        return tuple(dict.fromkeys((*asked, *locked)))

    def ours(self) -> Lockfile:
        """Return the lock that has our side of every dispute."""
        return self._lockfile(lambda ours, _theirs: ours, lambda ours, _theirs: ours)

    def theirs(self) -> Lockfile:
        """Return the lock that has their side of every dispute."""
        return self._lockfile(lambda _ours, theirs: theirs, lambda _ours, theirs: theirs)

    def newer(self) -> Lockfile:
        """Return the lock that goes back in no package: the newer one of two, ours of what is asked."""
        return self._lockfile(lambda ours, _theirs: ours, newer)

    def _lockfile(
        self,
        of_asked: Callable[[Any, Any], Any],
        of_packages: Callable[[LockedPackage | None, LockedPackage | None], LockedPackage | None],
    ) -> Lockfile:
        asked = self.asked.resolved(of_asked)
        inputs = {platform: _inputs(platform, asked) for platform in self.platforms}
        bare = Lockfile(
            packages=tuple(self.packages.resolved(of_packages).values()),
            channels=next(iter(inputs.values())).channels,
            platforms=self.platforms,
            content_hash=lock_set.content_hash(inputs),
            facts={},
        )
        return lock_set.with_record(bare, inputs, Making())


def merge_locks(base: Lockfile | None, ours: Lockfile, theirs: Lockfile) -> MergedLocks:
    """Join two locks.

    Args:
        base: the lock that both grew from; None where both sides made one.
        ours: our lock.
        theirs: their lock.

    Raises:
        CannotMergeError: a side is no lock of this mixlock's, or no platform is left.
    """
    for side in (base, ours, theirs):
        if side and not _is_ours(side):
            raise CannotMergeError("a side is not as this mixlock would write it")
    sides = (base or replace(ours, packages=(), platforms=(), facts={}), ours, theirs)
    joined = join(*(dict.fromkeys(side.platforms, True) for side in sides))
    platforms = tuple(sorted(joined.agreed))
    if not platforms:
        raise CannotMergeError("no platform is left")
    return MergedLocks(
        platforms=platforms,
        asked=join(*(dict(_asked(side, platforms)) for side in sides)),
        packages=join(*(dict(_packages(side, platforms)) for side in sides)),
    )


def no_answer(lockfile: Lockfile, names: Counterparts) -> str:
    """Return why a lock is no answer to what it records; empty where it is one.

    Args:
        lockfile: the lock.
        names: what conda packages are called on PyPI.
    """
    for platform in lockfile.platforms:
        asked = lock_set.recorded_inputs(lockfile, platform)
        try:
            spec = recorded_spec.parse(asked, at("")) if asked else None
        except ValueError as error:
            return f"what is asked on {platform} cannot be read: {error}"
        if spec is None:
            return f"what is asked on {platform} is not recorded"
        found = next(verification.findings(spec, lockfile, names), None)
        if found:
            return f"together they are no answer on {platform}: {found.claim}"
    return ""


def newer(ours: LockedPackage | None, theirs: LockedPackage | None) -> LockedPackage | None:
    """Return the newer of two locked packages; the one that is there, where one side took it out."""
    if ours is None or theirs is None:
        return ours or theirs
    return theirs if is_newer(ours.version, theirs.version) else ours


def _is_ours(lockfile: Lockfile) -> bool:
    """Return whether a lock is of a schema that is known, and records what each platform was asked for."""
    return 0 < lock_set.recorded_schema(lockfile) <= SCHEMA and all(
        lock_set.recorded_inputs(lockfile, platform) for platform in lockfile.platforms
    )


def _packages(lockfile: Lockfile, platforms: tuple[Subdir, ...]) -> Iterator[tuple[_Package, LockedPackage]]:
    for package in lockfile.packages:
        if package.platform in platforms:
            yield (package.platform, package.manager, package.name), package


def _asked(lockfile: Lockfile, platforms: tuple[Subdir, ...]) -> Iterator[tuple[_Asked, Any]]:
    """Yield everything that the platforms of a lock were asked for, item by item; a setting may be None."""
    for platform in platforms:
        inputs = lock_set.recorded_inputs(lockfile, platform) if platform in lockfile.platforms else None
        if inputs is None:
            continue
        table = {name: getattr(inputs, name) for name in inputs.__dataclass_fields__}
        table |= {
            kind: {name: tuple(rests) for name, rests in by_project(table[kind]).items()} for kind in _BY_PROJECT
        }
        table |= {kind: dict.fromkeys(table[kind], True) for kind in _SETS}
        table |= {"exclude_newer": ""}
        for kind in _TABLES:
            yield from (((platform, kind, name), value) for name, value in table.pop(kind).items())
        yield from (((platform, "", name), (value,)) for name, value in table.items())


def _inputs(platform: Subdir, asked: Mapping[_Asked, Any]) -> Inputs:
    """Return what a platform is asked for, from its items."""
    tables: dict[str, dict[str, Any]] = {kind: {} for kind in ("", *_TABLES)}
    for (of, kind, name), value in asked.items():
        if of == platform:
            tables[kind][name] = value
    lists = {kind: tuple(sorted(tables[kind])) for kind in _SETS}
    for kind in _BY_PROJECT:
        lists[kind] = tuple(sorted(f"{name}{rest}" for name, rests in tables[kind].items() for rest in rests))
    given = {name: value for name, (value,) in tables.pop("").items()}
    return Inputs(**{**tables, **lists, **given})


def _words(kind: str, name: str) -> str:
    """Return an item of what is asked, as a user calls it."""
    return _WORDS[kind].format(name) if kind else _SETTING_WORDS.get(name, f"`{name}`")


def _version(package: LockedPackage | None) -> str:
    return package.version if package else "gone"
