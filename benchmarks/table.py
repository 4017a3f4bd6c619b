"""The result as text: seconds, the bar, and how many times longer each peer took than mixlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.rows import Row

_HEAD = ("benchmark", "program", "what", "best s", "median s", "cpu s", "runs", "bar s", "ratio")


def render(rows: Sequence[Row]) -> str:
    """Render a table in Markdown; the ratio is to mixlock's first row of the same benchmark, by the medians."""
    lines = [_HEAD, tuple("-" * len(word) for word in _HEAD), *(_cells(row, rows) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"| {line} |\n" for line in padded)


def _cells(row: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    base = next(other for other in rows if other.group == row.group)
    timing = row.timing
    seconds = (f"{timing.best:.3f}", f"{timing.median:.3f}", f"{timing.cpu:.3f}", str(timing.runs))
    return (row.group, row.program, row.what, *seconds, _verdict(row), f"{timing.median / base.timing.median:.1f}")


def _verdict(row: Row) -> str:
    if row.bar is None:
        return ""
    return f"{row.bar} {'held' if row.timing.median <= row.bar else 'MISSED'}"
