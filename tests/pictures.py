"""Pictures of what a terminal shows: ``python -m tests.pictures`` writes ``docs/pictures/`` (``nox -s pictures``).

Each is an SVG that fetches nothing, and holds what it shows as text for who does not see it.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
from html import escape, unescape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from tests.at_terminal import at_terminal
from tests.conftest import new_repository, table_world

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
_COLUMNS = 80
_SPEC = """\
platforms: [linux-64, osx-arm64]
dependencies:
  - python=3.12
  - numpy=1.26.4
  - pip:
    - requests==2.31.0
"""
PICTURES: Mapping[str, str] = MappingProxyType(
    {
        "check": _SPEC.replace("platforms:", "plattforms:").replace(
            "    - req", "    - numpy\n    - -e .\n    - req"
        ),
        "drift": _SPEC.replace("numpy=1.26.4", "numpy>=2").replace("requests==2.31.0", "requests==2.32.0"),
    }
)
"""Each command with the spec that it looks at, after the first one was locked."""
_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
_TEXT = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
_PAINT = re.compile(r"\x1b\[[\d;]*m")


def main() -> None:
    """Write the pictures."""
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        with tempfile.TemporaryDirectory() as home:
            (FOLDER / f"{name}.svg").write_text(_picture(name, shown(name, Path(home))), encoding="utf-8")


def shown(name: str, home: Path) -> str:
    """Return what a command shows, with its colours; files lie in ``home``."""
    repository = new_repository(home / "repository", table_world(home), _SPEC)
    done = repository.mixlock("lock")
    if done.status:
        raise SystemExit(done.stderr)
    repository.write("environment.yml", PICTURES[name])
    command = [sys.executable, "-m", "mixlock_hooks", name]
    return at_terminal(command, repository.root, repository.world.environment, _COLUMNS)


def plain(told: str) -> str:
    """Return what is shown without its colours."""
    return _PAINT.sub("", told)


def text_of(picture: str) -> str:
    """Return the text that a picture shows."""
    found = _TEXT.search(picture)
    return unescape(found[1]) if found else ""


def _picture(name: str, told: str) -> str:
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ mixlock {name}\n{told}"))
    svg = _FONT.sub("", console.export_svg(title="", unique_id=f"mixlock-{name}"))
    begin, end, rest = svg.partition(">\n")
    text = f"<title>mixlock {name} at a terminal</title><desc>{escape(plain(told))}</desc>\n"
    return f"{begin}{end}{text}{rest}"


if __name__ == "__main__":
    main()
