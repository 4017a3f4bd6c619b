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
from mixlock_hooks.model.stamp import SCHEMA, Making
from mixlock_hooks.pipeline.drift import verification
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules.drift import by_project
from mixlock_hooks.rules.lock_graph import key_of
from mixlock_hooks.rules.three_way import BothChangedError, merge_tables, merge_values

if TYPE_CHECKING:
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir

_TABLES = ("conda", "virtual_packages", "pypi", "left_out")


def merge_locks(base: Lockfile | None, ours: Lockfile, theirs: Lockfile, names: Counterparts) -> Lockfile:
    """Return the merged lock.

    Args:
        base: the lock that both grew from; None where both sides made one.
        ours: our lock.
        theirs: their lock.
        names: what conda packages are called on PyPI.

    Raises:
        BothChangedError: both sides changed one thing, or the result would be no answer; the message says what.
    """
    for side in (base, ours, theirs):
        if side and not _is_ours(side):
            raise BothChangedError("a side is not as this mixlock would write it")
    sides = (base or _EMPTY, ours, theirs)
    platforms = tuple(sorted(merge_tables(*(dict.fromkeys(side.platforms, True) for side in sides))))
    if not platforms:
        raise BothChangedError("no platform is left")
    inputs = {platform: _inputs(platform, sides) for platform in platforms}
    merged = Lockfile(
        packages=tuple(package for platform in platforms for package in _packages(platform, sides)),
        channels=next(iter(inputs.values())).channels,
        platforms=platforms,
        content_hash=lock_set.content_hash(inputs),
        facts={},
    )
    lockfile = lock_set.with_record(merged, inputs, Making())
    _refuse_no_answer(lockfile, inputs, names)
    return lockfile


_EMPTY = Lockfile(packages=(), channels=(), platforms=(), content_hash={}, facts={})


def _is_ours(lockfile: Lockfile) -> bool:
    """Return whether a lock is of the schema that is known, and records what each platform was asked for."""
    return lock_set.recorded_schema(lockfile) == SCHEMA and all(
        lock_set.recorded_inputs(lockfile, platform) for platform in lockfile.platforms
    )


def _inputs(platform: Subdir, sides: tuple[Lockfile, ...]) -> Inputs:
    """Merge what was asked for one platform; where only one side has it, it is that side's alone."""
    before, mine, other = (lock_set.recorded_inputs(side, platform) for side in sides)
    alone = mine if other is None else other if mine is None else None
    if alone:
        return alone
    base, ours, theirs = (_as_table(each) if each else None for each in (before, mine, other))
    if not ours or not theirs:
        raise BothChangedError(f"{platform} is recorded by no side")
    known = base or {**ours, **{name: {} for name in _TABLES}}
    merged = {
        name: merge_values(known[name] if base else None, ours[name], theirs[name], f"`{name}`")
        for name in ours
        if name not in {*_TABLES, "implied", "exclude_newer"}
    }
    for name in _TABLES:
        merged[name] = merge_tables(known[name], ours[name], theirs[name])
    pypi = tuple(sorted(f"{name}{rest}" for name, rests in merged.pop("pypi").items() for rest in rests))
    implied = tuple(name for name in ours["implied"] if name in theirs["implied"])
    left_out = tuple(sorted(merged["left_out"]))
    return Inputs(**{**merged, "exclude_newer": "", "pypi": pypi, "left_out": left_out, "implied": implied})


def _as_table(inputs: Inputs) -> dict[str, Any]:
    pypi = {name: tuple(rests) for name, rests in by_project(inputs.pypi).items()}
    return {**asdict(inputs), "pypi": pypi, "left_out": dict.fromkeys(inputs.left_out, True)}


def _packages(platform: Subdir, sides: tuple[Lockfile, ...]) -> tuple[LockedPackage, ...]:
    tables = [{key_of(package): package for package in side.for_platform(platform)} for side in sides]
    try:
        return tuple(merge_tables(*tables).values())
    except BothChangedError as error:
        raise BothChangedError(f"{error} on {platform}") from error


def _refuse_no_answer(lockfile: Lockfile, inputs: dict[Subdir, Inputs], names: Counterparts) -> None:
    for platform, asked in inputs.items():
        try:
            spec = recorded_spec.parse(asked, at(""))
        except ValueError as error:
            raise BothChangedError(f"what is asked on {platform} cannot be read: {error}") from error
        found = next(verification.findings(spec, lockfile, names), None)
        if found:
            raise BothChangedError(f"together they are no answer on {platform}: {found.claim}")
