"""The order of conda's versions (CEP 33; ``conda.models.version.VersionOrder``).

py-rattler knows it too, but a check must not load a solver. A test compares the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, total_ordering
from itertools import zip_longest

_ATOM = re.compile(r"\d+|[^\d]+")
_SEPARATOR = re.compile(r"[._-]")
_VERSION = re.compile(
    r"(?:\d{1,18}!)?(?=[a-z0-9])(?:[a-z]|\d{1,18}(?!\d))+(?:[._-](?:[a-z]|\d{1,18}(?!\d))+)*"
    r"(?:\+(?:[a-z]|\d{1,18}(?!\d))+(?:[._-](?:[a-z]|\d{1,18}(?!\d))+)*)?",
    re.IGNORECASE,
)

_Atom = tuple[int, "int | str"]
_LOWEST: _Atom = (-1, 0)
_ZERO: _Atom = (2, 0)
_POST: _Atom = (3, 0)
_HIGHEST: _Atom = (4, 0)


def is_plain(text: str) -> bool:
    """Return whether a text is certainly a version; what is not plain may still be one (``1.1.1_``)."""
    return _VERSION.fullmatch(text) is not None and not ("_" in text and "-" in text)


@total_ordering
@dataclass(frozen=True, slots=False, eq=False)
class CondaVersion:
    """A version in conda's order; ``edge`` is -1 below, 1 above all versions that begin with it, else 0."""

    text: str
    edge: int = 0

    @cached_property
    def parts(self) -> tuple[int, list[list[_Atom]], list[list[_Atom]]]:
        """The epoch, the segments of the version and those of the local version."""
        epoch, mark, rest = self.text.lower().rpartition("!")
        public, _plus, local = rest.partition("+")
        segments = _segments(public)
        if self.edge:
            segments[-1].append(_LOWEST if self.edge < 0 else _HIGHEST)
        return int(epoch) if mark and epoch.isdigit() else 0, segments, _segments(local) if local else []

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CondaVersion) and _compared(self, other) == 0

    def __lt__(self, other: CondaVersion) -> bool:
        return _compared(self, other) < 0

    def __hash__(self) -> int:
        return hash(self.parts[0])


def _segments(text: str) -> list[list[_Atom]]:
    trailing = len(text) - len(text.rstrip("_-"))
    segments = [_atoms(segment) for segment in _SEPARATOR.split(text[: len(text) - trailing])]
    if trailing:
        segments[-1].append((1, "_" * trailing))
    return segments


def _atoms(segment: str) -> list[_Atom]:
    atoms = [_atom(text) for text in _ATOM.findall(segment)]
    return atoms if segment[:1].isdigit() else [_ZERO, *atoms]


def _atom(text: str) -> _Atom:
    if text.isdigit():
        return (2, int(text))
    return {"dev": (0, 0), "post": _POST}.get(text, (1, text))


def _compared(first: CondaVersion, second: CondaVersion) -> int:
    if first.parts[0] != second.parts[0]:
        return -1 if first.parts[0] < second.parts[0] else 1
    return _compared_segments(first.parts[1], second.parts[1]) or _compared_segments(first.parts[2], second.parts[2])


def _compared_segments(first: list[list[_Atom]], second: list[list[_Atom]]) -> int:
    """Compare as if both went on with zeros for ever: ``1.1`` is ``1.1.0``, and ``1.1a`` is below it."""
    for one, two in zip_longest(first, second, fillvalue=[_ZERO]):
        for left, right in zip_longest(one, two, fillvalue=_ZERO):
            if left != right:
                return -1 if left < right else 1
    return 0
