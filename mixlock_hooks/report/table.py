"""A table for a person: a header, columns that line up, cells folded where the terminal is narrow."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from mixlock_hooks.report import neutral
from mixlock_hooks.report.excerpt import columns
from mixlock_hooks.report.screen import PLAIN, Screen, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

_PIECE = re.compile(r"[^/ _-]*[/ _-]|[^/ _-]+")
"""What a cell may be folded behind: a space, a slash, a hyphen."""
_GAP = "  "


def table(header: Sequence[str], rows: Sequence[Sequence[str]], screen: Screen = PLAIN) -> str:
    """Render a table as wide as a screen at most, as far as words allow it."""
    cells = [[neutral.line(cell) for cell in row] for row in (header, *rows)]
    widths = _widths(cells, screen.width)
    first, *rest = (list(_row(row, widths)) for row in cells)
    told = [screen.paint(line, Style.TITLE) for line in first] + [line for row in rest for line in row]
    return "".join(f"{line}\n" for line in told)


def _widths(rows: Sequence[Sequence[str]], most: int) -> list[int]:
    """Return the columns' widths: what the cells take, the widest narrowed while all are too wide together."""
    cells = list(zip(*rows, strict=True))
    widths = [max(map(columns, column)) for column in cells]
    least = [max(columns(piece.rstrip()) for cell in column for piece in _PIECE.findall(cell)) for column in cells]
    while most and sum(widths) + len(_GAP) * (len(widths) - 1) > most:
        spare, widest = max(
            (width - low, number) for number, (width, low) in enumerate(zip(widths, least, strict=True))
        )
        if spare <= 0:
            break
        widths[widest] -= 1
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    folded = [_fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    return [_line(parts, widths) for parts in zip_longest(*folded, fillvalue="")]


def _line(parts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (part + " " * (width - columns(part)) for part, width in zip(parts, widths, strict=True))
    return neutral.line(_GAP.join(padded).rstrip())


def _fold(cell: str, width: int) -> list[str]:
    lines = [""]
    for piece in _PIECE.findall(cell):
        if columns(f"{lines[-1]}{piece}".rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]
