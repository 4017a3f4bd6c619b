"""What the documentation's pages hold: fenced blocks with their places, and the commands that are named in prose."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
_GENERATED = {"docs/reference/commands.md", "docs/reference/codes.md", "docs/reference/hooks.md"}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"))
    if path.relative_to(ROOT).as_posix() not in _GENERATED
)
"""Pages that somebody wrote."""
RUN = [
    page for page in PAGES if page in {"README.md", "docs/tutorial.md", "docs/installation.md"} or "/how-to/" in page
]
"""Pages whose console blocks are run."""
_BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_BEFOREHAND = re.compile(r"^<!-- beforehand: (?P<text>.*?) -->$", re.MULTILINE)
"""What the reader of a page has done before, and the page need not show."""
_SPAN = re.compile(r"(?<!`)`(?P<text>mixlock [^`]+)`")
_FILE = re.compile(r"(?:#|//) (?P<path>[\w.-][\w./-]*\.\w+)$")


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block."""

    page: str
    line: int
    language: str
    text: str

    @property
    def first(self) -> str:
        """Return its first line."""
        return self.text.partition("\n")[0]

    @property
    def file(self) -> str:
        """Return the path of the file that it is; empty where its first line does not say one."""
        found = _FILE.match(self.first)
        return found["path"] if found else ""

    def __str__(self) -> str:
        """Say where it stands."""
        return f"{self.page}:{self.line} ({self.language}: {self.first})"


def read(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, *languages: str) -> list[Block]:
    """Return the blocks of a page in order, those of some languages or all."""
    text = read(page)
    found = [
        Block(page=page, line=text.count("\n", 0, match.start()) + 1, language=language, text=match["text"])
        for pattern in (_BLOCK, _BEFOREHAND)
        for match in pattern.finditer(text)
        for language in [match.groupdict().get("language", "beforehand")]
    ]
    in_order = sorted(found, key=lambda block: block.line)
    return [block for block in in_order if not languages or block.language in languages]


def spans(page: str) -> Iterator[str]:
    """Yield each command of mixlock's that is named in prose."""
    for match in _SPAN.finditer(_BLOCK.sub("", read(page))):
        yield " ".join(match["text"].split())
