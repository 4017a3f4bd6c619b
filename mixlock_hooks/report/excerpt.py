"""The line of a file that a problem is about, with carets below what it means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import category, east_asian_width

from mixlock_hooks.report import neutral
from mixlock_hooks.report.screen import Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.place import Place
    from mixlock_hooks.report.screen import Screen

_SHORTEST = 20
"""Columns of a line that are shown on the narrowest terminal."""
_WORD = re.compile(r"\S*`[^`\n]{1,40}`\S*|\S+")
"""What is not folded: a word, or a short piece of code."""


def excerpt(place: Place, lines: Sequence[str], screen: Screen, style: Style) -> tuple[str, ...]:
    """Return the line a place is on and the carets below it; nothing where the place is a whole file.

    Args:
        place: what is meant.
        lines: those of the file.
        screen: what it is shown on: a longer line is cut around what is meant.
        style: that of the carets.
    """
    if place.line > len(lines) or not _points(place):
        return ()
    raw = lines[place.line - 1]
    end = place.end_column if place.end_line == place.line else len(raw) + 1
    before, meant = (
        _shown(raw[a:b]) for a, b in ((0, place.column - 1), (place.column - 1, max(end - 1, place.column)))
    )
    rest = _shown(raw[max(end - 1, place.column) :])
    gutter = f"{place.line:>4} | "
    before, meant, rest = _cut(before, meant, rest, max(screen.width - len(gutter), _SHORTEST))
    code = neutral.line(f"{gutter}{before}{meant}{rest}")
    carets = "^" * max(columns(meant), 1)
    blank = f"{'':>4} | {' ' * columns(before)}"
    return (
        screen.paint(code[: len(gutter)], Style.ASIDE) + code[len(gutter) :],
        screen.paint(blank, Style.ASIDE) + screen.paint(carets, style),
    )


def _points(place: Place) -> bool:
    """Return whether a place is more than the begin of a file, which stands for all of it."""
    return (place.line, place.column) != (1, 1) or (place.end_line, place.end_column) > (1, 1)


def _shown(text: str) -> str:
    return neutral.line(text.replace("\t", "  "))


def _cut(before: str, meant: str, rest: str, width: int) -> tuple[str, str, str]:
    """Cut a line to a width: from the right, and what is before the meant part where that alone does not do."""
    carets = max(columns(meant), 1)
    if columns(before) + max(columns(meant + rest), carets) <= width:
        return before, meant, rest
    if columns(before) + carets > width:
        before = _last(before, max(width - carets, width // 4 + 1))
    room = max(width - columns(before), 1)
    if columns(meant) > room:
        return before, _first(meant, room), ""
    return before, meant, _first(rest, room - columns(meant))


def _first(text: str, width: int) -> str:
    """Return as much of a text as fits, with a sign where something was cut."""
    if columns(text) <= width:
        return text
    kept = ""
    for letter in text:
        if columns(kept + letter) > width - 1:
            break
        kept += letter
    return f"{kept}…" if width else ""


def _last(text: str, width: int) -> str:
    """Return as much of a text's end as fits, with a sign where something was cut."""
    if columns(text) <= width:
        return text
    kept = ""
    for letter in reversed(text):
        if columns(letter + kept) > width - 1:
            break
        kept = letter + kept
    return f"…{kept}"


def columns(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return sum(
        0 if category(letter) in {"Mn", "Me"} else 2 if east_asian_width(letter) in "WF" else 1 for letter in text
    )


def folded(text: str, width: int, first: str = "", then: str = "") -> list[str]:
    """Return a text as lines of at most so many columns; a word that is longer stands whole.

    Args:
        text: what is folded.
        width: the columns there are; 0 for as many as it takes.
        first: what the first line begins with.
        then: what every other line begins with.
    """
    lines, line, bare = [], first, True
    for word in _WORD.findall(text):
        longer = f"{line}{'' if bare else ' '}{word}"
        if width and not bare and columns(longer) > width:
            lines.append(line)
            longer = f"{then}{word}"
        line, bare = longer, False
    return [*lines, line]
