"""Where in a file something stands, as editors count: lines and columns from 1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Place:
    """A stretch of text in a file.

    ``path`` is relative to the repository's root, with ``/``. ``line`` and ``column`` count from 1; the end
    is exclusive, and equal to the start where no stretch is known.
    """

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"

    def seen_from(self, here: Place) -> str:
        """Return the place as a sentence about another one names it: by its line alone in the same file."""
        return f"line {self.line}" if self.path == here.path else f"{self.path}:{self.line}"

    def within(self, offset: int, length: int = 0) -> Place:
        """Point ``offset`` characters into a place that stands on one line."""
        if self.line != self.end_line:
            return self
        start = self.column + offset
        return Place(
            path=self.path,
            line=self.line,
            column=start,
            end_line=self.line,
            end_column=start + length if length else max(start, self.end_column),
        )


def at(path: str, line: int = 1, column: int = 1) -> Place:
    """Make a place of no length."""
    return Place(path=path, line=line, column=column, end_line=line, end_column=column)
