"""What a report is written to: how wide it is, whether it shows colours, how much its reader wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Style(str, Enum):
    """A style of ANSI's, in colours that can be read on a dark and on a light ground: no yellow, as gcc has none."""

    TITLE = "1"
    ERROR = "1;31"
    WARNING = "35"
    NOTE = "36"
    GOOD = "32"
    ASIDE = "2"


@dataclass(frozen=True, kw_only=True, slots=True)
class Screen:
    """A terminal of so many columns, or a file or pipe, which has no width and gets one line a finding.

    ``in_full`` says that the reader asked for all of an engine's words.
    """

    width: int = 0
    color: bool = False
    in_full: bool = False

    def paint(self, text: str, style: Style) -> str:
        """Return a text in a style; as it is where the screen shows none."""
        return f"\x1b[{style.value}m{text}\x1b[0m" if self.color and text else text


PLAIN = Screen()
"""A file or a pipe."""
