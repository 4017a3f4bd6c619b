"""The tutorial does what it prints: its files are written and its console blocks run, in a small world."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.conftest import new_repository
from tests.tables import CONDA_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Repository, TableWorld

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"^```(?P<language>\w+)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
_ANY = "…"
"""Stands for the rest of a line, and on a line of its own for any lines."""


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A command line of a console block, and what is printed below it."""

    words: tuple[str, ...]
    printed: str


def _typed(block: str) -> Iterator[Typed]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        yield Typed(words=tuple(shlex.split(line)), printed=printed)


def _shown(repository: Repository, typed: Typed) -> str:
    program, *words = typed.words
    if program == "git":
        return repository.git(*words)
    assert program == "mixlock"
    done = repository.mixlock(*words)
    assert done.status in {0, 1}, done.stderr
    return done.stdout + done.stderr


def _pattern(printed: str) -> str:
    lines = [".*" if line == _ANY else re.escape(line).replace(_ANY, "[^\\n]*") for line in printed.splitlines()]
    return "\n".join(lines)


def test_the_tutorial_does_what_it_prints(tmp_path: Path, world: TableWorld) -> None:
    world.engines.channels["conda-forge"] = [*CONDA_PACKAGES]
    repository = new_repository(tmp_path / "repository", world)
    ran = 0
    for block in _BLOCK.finditer(TUTORIAL.read_text(encoding="utf-8")):
        if block["language"] == "yaml":
            repository.write(block["text"].partition("\n")[0].removeprefix("# "), block["text"])
        for typed in _typed(block["text"]) if block["language"] == "console" else ():
            shown = _shown(repository, typed)
            assert re.match(_pattern(typed.printed), shown, re.DOTALL), f"{typed.words}:\n{shown}"
            ran += 1
    assert ran >= 10
