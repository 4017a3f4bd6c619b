"""A table for a person: a header, columns that line up, cells folded where the terminal is narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import zip_longest
from typing import TYPE_CHECKING

from mixlock_hooks.report import neutral
from mixlock_hooks.report.excerpt import columns
from mixlock_hooks.report.screen import PLAIN, Screen, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^ ]* |[^ ]+")
_PART = re.compile(r"[^/ _-]*[/ _-]|[^/ _-]+")
"""What a cell may be folded behind: a space, a slash, an underscore, a hyphen."""
_GAP = "  "


def table(header: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen = PLAIN) -> str:
    """Render a table as wide as a screen at most, as far as words allow it."""
    cells = [[neutral.line(cell) for cell in row] for row in (header, *rows)]
    pieces, widths = _fitting(cells, screen.width)
    first, *rest = (list(_row(row, widths, pieces)) for row in cells)
    told = [screen.paint(line, Style.TITLE) for line in first] + [line for row in rest for line in row]
    return "".join(f"{line}\n" for line in told)


_Pieces = Callable[[str], list[str]]
"""What a cell may be folded between."""


def _words(cell: str) -> list[str]:
    """Return the words of a list, and the parts of a cell that is one word, as a path is."""
    pieces: list[str] = (_WORD if " " in cell else _PART).findall(cell)
    return pieces


def _parts(cell: str) -> list[str]:
    pieces: list[str] = _PART.findall(cell)
    return pieces


def _fitting(rows: Sequence[Sequence[str]], most: int) -> tuple[_Pieces, list[int]]:
    """Return what cells are folded between and the columns' widths; words of a list break only where they must."""
    widths = _widths(rows, most, _words)
    if most and _total(widths) > most:
        return _parts, _widths(rows, most, _parts)
    return _words, widths


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _widths(rows: Sequence[Sequence[str]], most: int, pieces: _Pieces) -> list[int]:
    """Return the columns' widths: what the cells take, the widest narrowed while all are too wide together."""
    cells = list(zip(*rows, strict=True))
    widths = [max(map(columns, column)) for column in cells]
    least = [max(columns(piece.rstrip()) for cell in column for piece in pieces(cell)) for column in cells]
    while most and _total(widths) > most:
        spare, widest = max(
            (width - low, number) for number, (width, low) in enumerate(zip(widths, least, strict=True))
        )
        if spare <= 0:
            break
        widths[widest] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int], pieces: _Pieces) -> list[str]:
    folded = [_fold(pieces(cell), width) for cell, width in zip(cells, widths, strict=True)]
    return [_line(parts, widths) for parts in zip_longest(*folded, fillvalue="")]


def _line(parts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (part + " " * (width - columns(part)) for part, width in zip(parts, widths, strict=True))
    return neutral.line(_GAP.join(padded).rstrip())


def _fold(pieces: Sequence[str], width: int) -> list[str]:
    lines = [""]
    for piece in pieces:
        if columns(f"{lines[-1]}{piece}".rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
