"""The markers that a merge leaves in a file (git-merge-file), and the two sides of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKER = re.compile(rb"^(?:<<<<<<<|>>>>>>>|=======\r?$)", re.MULTILINE)
_MARKS = (b"<<<<<<<", b">>>>>>>", b"=======")
_Side = Literal["", "ours", "base", "theirs"]
SIDES: tuple[Literal["ours"], Literal["theirs"]] = ("ours", "theirs")
"""The sides of a merge."""


def first_line(content: bytes) -> int:
    """Return the line of the first marker, counted from 1; 0 where there is none."""
    found = _MARKER.search(content) if any(mark in content for mark in _MARKS) else None
    return content.count(b"\n", 0, found.start()) + 1 if found else 0


def side(content: bytes, wanted: Literal["ours", "theirs"]) -> bytes:
    """Return a file with each conflict resolved as one side has it. Takes time in proportion to the file."""
    return b"".join(line for of, line in _lines(content) if of in {"", wanted})


def _lines(content: bytes) -> Iterator[tuple[_Side, bytes]]:
    """Yield the lines that are no markers, each with the side that it is of; none for what both have."""
    state: _Side = ""
    for line in content.splitlines(keepends=True):
        after = _after(line, state)
        if after is None:
            yield state, line
        else:
            state = after


def _after(line: bytes, state: _Side) -> _Side | None:
    """Return the side that follows a line if it is a marker; None if it is none."""
    if line.startswith(b"<<<<<<<"):
        return "ours"
    if state and line.startswith(b"|||||||"):
        return "base"
    if state and line.rstrip(b"\r\n") == b"=======":
        return "theirs"
    return "" if state and line.startswith(b">>>>>>>") else None
