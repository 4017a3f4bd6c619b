"""Inline tables over several lines, as TOML 1.1 has them and pixi reads them, for a parser of TOML 1.0.

"It most notably allows multiline inline tables with trailing commas" (pixi's reference of its manifest).
"""

from __future__ import annotations

import re
from typing import Any

from mixlock_hooks.formats import toml_text

_TOKEN = re.compile(
    r'(?P<text>"""(?:[^\\]|\\.)*?"{3,5}(?!")|'
    r"'''.*?'{3,5}(?!')|"
    r"\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*')"
    r"|(?P<blank>\s+|#[^\n]*)|(?P<open>\{)|(?P<close>\})|(?P<other>[^\"'#{},\s]+|.)",
    re.DOTALL,
)


def loads(text: str) -> dict[str, Any]:
    """Parse a document.

    Raises:
        TOMLDecodeError: it is none, or larger or deeper than anybody writes; as the document itself stands.
    """
    try:
        return toml_text.loads(text)
    except toml_text.TOMLDecodeError:
        if "{" not in text:
            raise
        try:
            return toml_text.loads(_with_tables_on_one_line(text))
        except toml_text.TOMLDecodeError:
            pass
        raise


def _with_tables_on_one_line(text: str) -> str:
    """Return a document whose inline tables stand on one line each, without comments and trailing commas."""
    written: list[str] = []
    depth = 0
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if token.group() in {'"', "'"}:
            return text  # a text without an end, which is no TOML of any version
        depth += kind == "open"
        if depth and kind == "close":
            depth -= 1
            _end_table(written)
        written.append(" " if depth and kind == "blank" else token.group())
    return "".join(written)


def _end_table(written: list[str]) -> None:
    """Take back what stands between the last value of a table and its end."""
    while written and written[-1] == " ":
        written.pop()
    if written and written[-1] == ",":
        written.pop()
