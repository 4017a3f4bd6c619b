"""What a stranger wrote, as text that cannot speak to the tools of its reader.

A path, a platform, a package's name or an engine's words may hold terminal escapes, commands to the log of a CI
service, or markup. Every report passes what it shows through one of these functions.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ODD = re.compile(r"[^ -~]")
"""What may not be printable; ASCII that is not found is."""
_COMMAND = re.compile(r"^(?P<space>\s*):(?=:)")
"""GitHub's workflow commands begin a line: ``::error::…``; whitespace before them is nothing to its runner."""
_OLD_COMMAND = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE)
"""``##[…]``, which GitHub's runner and Azure obey anywhere in a line, and TeamCity's own."""


def line(text: str) -> str:
    """Return a text as one line that does nothing: every character that is not printable is escaped."""
    return _OLD_COMMAND.sub("# ", _COMMAND.sub(r"\g<space>: ", _ODD.sub(_shown, text)))


def lines(texts: Iterable[str]) -> str:
    """Return texts as lines, each ended; a line break inside of one is escaped."""
    return "".join(f"{line(text)}\n" for text in texts)


def text(message: str) -> str:
    """Return a message of several lines, the last one ended too."""
    return lines(message.split("\n"))


def json_text(document: object) -> str:
    """Return a document as JSON that says the same to a parser, and nothing to a terminal or a log."""
    rendered = json.dumps(document, indent=2, ensure_ascii=False)
    return _OLD_COMMAND.sub(r"\\u0023", _ODD.sub(_shown_in_json, rendered)) + "\n"


def code(text: str) -> str:
    """Return a text as code in markdown's tables and lists: no markup, link or mention; nothing for nothing."""
    bare = " ".join(line(text).replace("`", "'").replace("|", "\\|").split())
    return f"`{bare}`" if bare else ""


def _shown(found: re.Match[str]) -> str:
    letter = found.group()
    return letter if letter.isprintable() else letter.encode("unicode_escape").decode()


def _shown_in_json(found: re.Match[str]) -> str:
    letter = found.group()
    if letter.isprintable() or letter == "\n":
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
