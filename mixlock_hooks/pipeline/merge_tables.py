"""Merge the files of locks that are tables of entries: named environments, and records of built wheels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats import aliases_toml, marked_entries, wheelhouse_json
from mixlock_hooks.rules.three_way import CannotMergeError, join

if TYPE_CHECKING:
    from mixlock_hooks.model.alias import Alias, AliasTarget
    from mixlock_hooks.model.wheelhouse import BuiltWheel


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedTable:
    """A merged file. ``disputes`` are what both sides changed, in a user's words; it has markers there."""

    content: bytes
    disputes: tuple[str, ...] = ()


def merge_aliases(base: bytes, ours: bytes, theirs: bytes) -> MergedTable:
    """Merge `aliases.toml` name by name.

    Raises:
        CannotMergeError: a side cannot be read.
    """
    joined = join(*map(_aliases, (base, ours, theirs)))
    sides = [joined.resolved(lambda mine, _other: mine), joined.resolved(lambda _mine, other: other)]
    tables = ({str(name): aliases_toml.entry(name, target) for name, target in side.items()} for side in sides)
    head = [aliases_toml.HEADER]
    content = marked_entries.render(((head, head), *marked_entries.of_tables(*tables)))
    return MergedTable(content=content, disputes=tuple(f"the alias `{name}`" for name in sorted(joined.disputed)))


def merge_wheels(base: bytes, ours: bytes, theirs: bytes) -> MergedTable:
    """Merge `wheelhouse.json` wheel by wheel; of two builds of one file for one target, ours stays.

    Raises:
        CannotMergeError: a side cannot be read.
    """
    joined = join(*map(_wheels, (base, ours, theirs)))
    return MergedTable(content=wheelhouse_json.render(joined.resolved(lambda mine, other: mine or other).values()))


def _aliases(content: bytes) -> dict[Alias, AliasTarget]:
    try:
        return aliases_toml.parse(content.decode("utf-8", "replace"))
    except ValueError as error:
        raise CannotMergeError(f"a side cannot be read: {error}") from error


def _wheels(content: bytes) -> dict[tuple[object, ...], BuiltWheel]:
    try:
        wheels = wheelhouse_json.parse(content) if content.strip() else ()
    except wheelhouse_json.NotAWheelhouseError as error:
        raise CannotMergeError(f"a side is not a record of wheels: {error}") from error
    return {(wheel.sdist_sha256, wheel.python, wheel.platforms, wheel.tags): wheel for wheel in wheels}
