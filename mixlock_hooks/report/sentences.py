"""Sentences for a person: as they are for a file or pipe, folded for a terminal, the way out on a line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.report import neutral
from mixlock_hooks.report.excerpt import columns, folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_INDENT = "  "
_WAY_OUT = "; "
"""What stands between a claim and the way out."""


def sentences(text: str, width: int) -> str:
    """Return lines that do nothing to a terminal, none wider than it unless by one word.

    Args:
        text: the lines; each keeps its indentation.
        width: the columns of the terminal; 0 for a file or pipe, where each line stays one.
    """
    return neutral.lines(_folded(text.removesuffix("\n").split("\n"), width)) if text else ""


def _folded(lines: Sequence[str], width: int) -> Iterator[str]:
    """Yield lines folded; indented ones below a colon are there to be copied, and stay as they are."""
    is_code = False
    for before, line in zip(["", *lines], lines, strict=False):
        is_code = line.startswith(_INDENT) and (is_code or before.endswith(":"))
        yield from (line,) if is_code else _parts(line, width)


def _parts(line: str, width: int) -> Iterator[str]:
    if not width or columns(line) <= width:
        yield line
        return
    indent = line[: len(line) - len(line.lstrip())]
    claim, found, way_out = line.partition(_WAY_OUT)
    yield from folded(f"{claim}{found.rstrip()}", width, indent, indent + _INDENT)
    if way_out:
        yield from folded(way_out, width, indent + _INDENT, indent + _INDENT)
