"""The result as text: seconds, the bar, and how many times longer each peer took than mixlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.rows import Row

_HEAD = ("benchmark", "program", "what", "best s", "median s", "cpu s", "MiB", "runs", "ratio", "bar")


def render(rows: Sequence[Row]) -> str:
    """Render a table in Markdown; the ratio is to mixlock's first row of the same benchmark, by the medians."""
    lines = [_HEAD, tuple("-" * len(word) for word in _HEAD), *(_cells(row, rows) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEAD))]
    padded = (" | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "".join(f"| {line} |\n" for line in padded)


def _cells(row: Row, rows: Sequence[Row]) -> tuple[str, ...]:
    base = base_of(row, rows)
    timing = row.timing
    seconds = (f"{timing.best:.3f}", f"{timing.median:.3f}", f"{timing.cpu:.3f}", str(timing.peak), str(timing.runs))
    bars = "; ".join(f"{words} {'held' if held else 'MISSED'}" for words, held in verdicts(row, base))
    return (row.group, row.program, row.what, *seconds, f"{timing.median / base.timing.median:.1f}", bars)


def verdicts(row: Row, base: Row) -> Iterator[tuple[str, bool]]:
    """Yield each bar of a row in words, and whether it held; ``base`` is mixlock's own row."""
    timing = row.timing
    if row.bar is not None:
        yield f"{row.bar:g} s", timing.median <= row.bar
    if row.cpu_bar is not None:
        yield f"{row.cpu_bar:g} s of CPU", timing.cpu <= row.cpu_bar
    if row.peak_bar is not None:
        yield f"{row.peak_bar} MiB", timing.peak <= row.peak_bar
    if row.least is not None:
        yield f"{row.least:.2g} times", timing.median / base.timing.median >= row.least


def base_of(row: Row, rows: Sequence[Row]) -> Row:
    """Return the row that a row is compared with: the first of its benchmark."""
    return next(other for other in rows if other.group == row.group)
