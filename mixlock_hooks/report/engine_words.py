"""An engine's own words below mixlock's sentence: what it said first and last, all of it for who asks."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from mixlock_hooks.report.count import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.report.screen import Screen

_CAUSE = re.compile(r"\s*caused by:\s*", re.IGNORECASE)
LONGEST = 16
"""Lines of an engine's explanation that are shown to who does not ask for more."""


def engine_words(detail: str, screen: Screen) -> list[str]:
    """Return the lines of an engine's explanation that are shown on a screen."""
    lines = [line for line in detail.splitlines() if line.strip()]
    if screen.in_full:
        return lines
    short = list(_last_causes([line for line, _same in groupby(lines)]))
    left = len(short) - LONGEST
    return short if left <= 0 else [*short[:LONGEST], f"… {counted(left, 'more line')}; `-v` shows all"]


def _last_causes(lines: list[str]) -> Iterator[str]:
    """Yield the lines; of several causes in a row, each of which is that of the one before, the last alone."""
    for line, following in zip(lines, [*lines[1:], ""], strict=False):
        if not (_CAUSE.match(line) and _CAUSE.match(following)):
            yield line
