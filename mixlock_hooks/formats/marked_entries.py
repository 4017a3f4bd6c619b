"""A file in conflict: markers around whole entries, so that each hunk can be taken as one side has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Hunk = tuple[Sequence[str], Sequence[str]]


def render(hunks: Iterable[Hunk]) -> bytes:
    """Render what two sides have, part by part, with markers wherever they differ."""
    return "".join(_text(*hunk) for hunk in _grown(hunks)).encode()


def of_tables(ours: Mapping[str, str], theirs: Mapping[str, str]) -> Iterator[Hunk]:
    """Yield the entries of two tables in the order of their keys."""
    for key in sorted({*ours, *theirs}):
        yield tuple(filter(None, [ours.get(key)])), tuple(filter(None, [theirs.get(key)]))


def _grown(hunks: Iterable[Hunk]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield hunks with neighbours joined that differ: one conflict instead of several in a row."""
    ours: list[str] = []
    theirs: list[str] = []
    for mine, other in hunks:
        if list(mine) == list(other):
            yield ours, theirs
            ours, theirs = [], []
            yield list(mine), list(other)
        else:
            ours += mine
            theirs += other
    yield ours, theirs


def _text(ours: list[str], theirs: list[str]) -> str:
    if ours == theirs:
        return "".join(ours)
    return "".join(["<<<<<<< ours\n", *ours, "=======\n", *theirs, ">>>>>>> theirs\n"])
