"""Record ``mixlock demo`` as an asciinema cast: ``python -m tests.demo_cast`` writes ``docs/demo.cast``.

The format is asciicast v2: a line with the header, then one an event. What only makes a spinner turn is left out.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.at_terminal import ROWS, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

CAST = Path(__file__).parents[1] / "docs" / "demo.cast"
_COLUMNS = 100
_SPINNER = re.compile(
    r"(?:\r|\x1b\[\?25[lh]|\x1b\[\d*[AK]|\x1b\[\d*m|[\u2800-\u28ff]|environment \[[\w-]+\] [^\r\n]*?\d:\d\d:\d\d|\s)*"
)
_HOME = "/home/you"


def main() -> None:
    """Record the demo."""
    with tempfile.TemporaryDirectory() as home:
        events = [(moment, text.replace(home, _HOME)) for moment, text in _shown(Path(home))]
    header = {"version": 2, "width": _COLUMNS, "height": ROWS, "title": "mixlock demo", "idle_time_limit": 2}
    lines = [json.dumps(header), *(json.dumps([moment, "o", text]) for moment, text in events)]
    CAST.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _shown(home: Path) -> Iterator[tuple[float, str]]:
    """Yield what a terminal shows while the demo runs, and when."""
    environment = {**os.environ, "TERM": "xterm-256color", "TMPDIR": str(home)}
    command = [sys.executable, "-m", "mixlock_hooks", "demo", "playground"]
    began = time.monotonic()
    yield 0.0, "$ mixlock demo playground\r\n"
    for part in parts(command, home, environment, _COLUMNS, check=True):
        text = part.decode(errors="replace")
        if not _SPINNER.fullmatch(text):
            yield round(time.monotonic() - began, 2), text


if __name__ == "__main__":
    main()
