"""Values that were read from source code without running it, each where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.place import Place

    Pair = tuple["Static", "Static"]

_LETTERS = 64
"""Characters of a text that count as much as one item of a list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Static:
    """A constant: a scalar, a sequence of statics, a mapping as pairs of statics, or an object of the reader.

    An object is what source code can name and use, but no argument can be: a function, a class, a decorator.
    ``size`` counts every part of the value, a part that stands in it twice counts twice. ``form`` is what Python has
    for a sequence: a ``list``, a ``tuple``, a ``set``, a ``view`` of a mapping, an ``iterator``.
    """

    value: object
    place: Place
    kind: str = "scalar"
    size: int = 1
    form: str = ""

    def plain(self) -> object:
        """Return the value as Python would have it: a dict, a list or a scalar."""
        if self.kind == "mapping":
            return {key.plain(): value.plain() for key, value in self.pairs()}
        if self.kind == "sequence":
            return [item.plain() for item in self.items()]
        return self.value

    def pairs(self) -> tuple[Pair, ...]:
        """Return the pairs of a mapping; none of anything else."""
        return self.value if self.kind == "mapping" else ()  # type: ignore[return-value]

    def items(self) -> tuple[Static, ...]:
        """Return the items of a sequence; none of anything else."""
        return self.value if self.kind == "sequence" else ()  # type: ignore[return-value]


def scalar(value: object, place: Place) -> Static:
    """Make a scalar."""
    length = len(value) if isinstance(value, str | bytes) else 0
    return Static(value=value, place=place, size=1 + length // _LETTERS)


def sequence(items: Iterable[Static], place: Place, form: str = "list") -> Static:
    """Make a sequence."""
    parts = tuple(items)
    return Static(value=parts, place=place, kind="sequence", size=1 + sum(part.size for part in parts), form=form)


def mapping(pairs: Iterable[Pair], place: Place) -> Static:
    """Make a mapping: of two equal keys the later value stands, at the first key's place in the order."""
    unique: dict[object, Pair] = {}
    for key, value in pairs:
        unique[key.value] = (key, value)
    parts = tuple(unique.values())
    size = 1 + sum(key.size + value.size for key, value in parts)
    return Static(value=parts, place=place, kind="mapping", size=size)


def thing(value: object, place: Place) -> Static:
    """Make an object of the reader."""
    return Static(value=value, place=place, kind="object")
