"""Merge two locks that grew from one: requirements and packages, entry by entry, then judge whether they still fit.

Nothing is solved. What one side changed goes over what the other left alone; the result is a lock only if its
packages are exactly an answer to its requirements.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.inputs import Inputs
from mixlock_hooks.model.locked import Lockfile
from mixlock_hooks.model.place import at
from mixlock_hooks.pipeline import judge, lock_set
from mixlock_hooks.rules.drift import by_project
from mixlock_hooks.rules.fingerprint import fingerprint
from mixlock_hooks.rules.locked_set import key_of
from mixlock_hooks.rules.three_way import BothChangedError, merge_tables, merge_values

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.names import Subdir

_TABLES = ("conda", "virtual_packages", "pypi")


def merge_locks(base: Lockfile | None, ours: Lockfile, theirs: Lockfile, names: NameMap) -> Lockfile:
    """Return the merged lock.

    Args:
        base: the lock that both grew from; None where both sides made one.
        ours: our lock.
        theirs: their lock.
        names: what conda packages are called on PyPI.

    Raises:
        BothChangedError: both sides changed one thing, or the result would be no answer; the message says what.
    """
    sides = (base or ours, ours, theirs)
    if not all(lock_set.recorded_schema(side) and lock_set.body_holds(side) for side in sides):
        raise BothChangedError("a side is not as mixlock wrote it")
    known = (dict.fromkeys(side.platforms, True) for side in (sides if base else (_empty(), ours, theirs)))
    platforms = tuple(sorted(merge_tables(*known)))
    inputs = {platform: _inputs(platform, sides) for platform in platforms}
    merged = Lockfile(
        packages=tuple(package for platform in platforms for package in _packages(platform, sides)),
        channels=next(iter(inputs.values())).channels,
        platforms=platforms,
        content_hash={platform: fingerprint(asked).partition(":")[2] for platform, asked in inputs.items()},
        facts={},
    )
    engines = {name: ours.facts.get(name, "") for name in ("mixlock.engine", "mixlock.name-map")}
    cutoffs = {platform: _cutoff(platform, sides) for platform in platforms}
    lockfile = lock_set.with_facts(merged, inputs, engines, cutoffs)
    _refuse_no_answer(lockfile, inputs, names)
    return lockfile


def _empty() -> Lockfile:
    return Lockfile(packages=(), channels=(), platforms=(), content_hash={}, facts={})


def _inputs(platform: Subdir, sides: tuple[Lockfile, ...]) -> Inputs:
    """Merge what was asked for one platform; where only one side has it, it is theirs alone."""
    found = [lock_set.recorded_inputs(side, platform) for side in sides]
    present = [each for each in found if each]
    if len(present) < len(found):
        return present[-1]
    tables = [_as_table(each) for each in present]
    base, ours, theirs = tables
    merged = {
        name: merge_values(base[name], ours[name], theirs[name], f"`{name}`") for name in base if name not in _TABLES
    }
    for name in _TABLES:
        merged[name] = merge_tables(base[name], ours[name], theirs[name])
    pypi = tuple(sorted(f"{name}{rest}" for name, rests in merged.pop("pypi").items() for rest in rests))
    return Inputs(**{**merged, "pypi": pypi})


def _cutoff(platform: Subdir, sides: tuple[Lockfile, ...]) -> str:
    base, ours, theirs = (lock_set.recorded_cutoff(side, platform) for side in sides)
    return merge_values(base, ours, theirs, "the cutoff")


def _as_table(inputs: Inputs) -> dict[str, Any]:
    return {**asdict(inputs), "pypi": {name: tuple(rests) for name, rests in by_project(inputs.pypi).items()}}


def _packages(platform: Subdir, sides: tuple[Lockfile, ...]) -> tuple[LockedPackage, ...]:
    tables = [{key_of(package): package for package in side.for_platform(platform)} for side in sides]
    try:
        return tuple(merge_tables(*tables).values())
    except BothChangedError as error:
        raise BothChangedError(f"{error} on {platform}") from error


def _refuse_no_answer(lockfile: Lockfile, inputs: dict[Subdir, Inputs], names: NameMap) -> None:
    for platform, asked in inputs.items():
        spec = recorded_spec.parse(asked, at(""))
        found = next(judge.findings(spec, lockfile, names), None)
        if found:
            raise BothChangedError(f"together they are no answer on {platform}: {found.claim}")
