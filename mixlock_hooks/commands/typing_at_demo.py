"""Run what a person types in the demo: mixlock, git with its hook, and a look at a file."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEAD = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Typing:
    """Runs commands in the demo's repository; ``flags`` are those that mixlock gets beside what is shown."""

    folder: Path
    flags: tuple[str, ...] = ()

    def run(self, words: Sequence[str]) -> int:
        """Run one command line, and return its exit status; what it says goes where the demo's own words go."""
        program, *rest = words
        if program == "git":
            return self.git(*rest)
        return self._head(rest[0]) if program == "head" else self._mixlock(rest)

    def git(self, *words: str) -> int:
        """Run git, whose hook speaks to the same terminal."""
        return subprocess.run(["git", *words], cwd=self.folder, stdin=subprocess.DEVNULL, check=False).returncode

    def _mixlock(self, words: Sequence[str]) -> int:
        """Run mixlock; ``run`` becomes the command that it runs, so it needs a process of its own."""
        from mixlock_hooks.commands import main  # noqa: PLC0415 - the demo is itself one of its commands

        if words[0] != "run":
            return main([*self.flags, words[0], "--root", str(self.folder), *words[1:]])
        command = [sys.executable, "-m", "mixlock_hooks", *words]
        return subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL, check=False).returncode

    def _head(self, path: str) -> int:
        with (self.folder / path).open(encoding="utf-8") as lines:
            sys.stdout.writelines(islice(lines, _HEAD))
        return 0
