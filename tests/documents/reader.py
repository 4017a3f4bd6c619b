"""Somebody who does what a page says: writes its files, types its commands, and compares what is printed.

mixlock's solves are looked up. What installs or builds runs as a process, and fetches from loopback.
"""

from __future__ import annotations

import re
import shlex
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from mixlock_hooks.commands import main
from mixlock_hooks.commands.parsing import COMMANDS
from tests.conftest import Done, run_here, run_there
from tests.hooks.conftest import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.documents.pages import Block
    from tests.fakes import FakeEngines

_ANY = "…"
"""Stands for the rest of a line, and on a line of its own for any lines."""
_SHELL = set("|&;<>$`*?~(){}\n\\")

_STATUS = re.compile(r"  # exit status (?P<status>\d+)$")
_PROGRESS = re.compile(r"^(?:\S+ \[[\w, -]+\]: .*|took [\d.]+ s.*)\n", re.MULTILINE)
"""Lines that a terminal shows for a moment only, or that hold the time."""
_PROCESSES = {"install", "run", "wheelhouse", "demo"}
_PROGRAM = f'#!/bin/sh\nexec {sys.executable} {Path(__file__).parent / "looked_up.py"} $(basename $0) "$@"\n'
_PROGRAMS = ("mixlock", "conda-lock", "pixi")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """A command line of a console block, and what is printed below it."""

    line: str
    printed: str


def typed(text: str) -> Iterator[Typed]:
    """Yield the command lines of a console block; a line that ends in a backslash goes on."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, printed = part.partition("\n")
        while line.endswith("\\"):
            more, _, printed = printed.partition("\n")
            line = f"{line}\n{more}"
        yield Typed(line=line, printed=printed)


@dataclass(kw_only=True)
class Reader:
    """Does what a page says, in a repository of its own below a folder."""

    folder: Path
    environment: Mapping[str, str]
    engines: FakeEngines
    ran: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Make the repository, and put the program on ``PATH``."""
        for name in ("repository", "programs", "home"):
            (self.folder / name).mkdir()
        for name in _PROGRAMS:
            program = self.folder / "programs" / name
            program.write_text(_PROGRAM, encoding="utf-8")
            program.chmod(0o755)
        identity = "[user]\nname = t\nemail = t@t.example\n[init]\ndefaultBranch = main\n"
        (self.folder / "home" / ".gitconfig").write_text(identity, encoding="utf-8")
        path = (self.folder / "programs", Path(sys.executable).parent, self.environment["PATH"])
        home = {"HOME": str(self.folder / "home"), "PATH": ":".join(map(str, path)), "COLUMNS": "120"}
        self.environment = {**self.environment, **home}
        self._run("git init -q")

    def does(self, block: Block) -> None:
        """Write what is a file, run what is a console block."""
        if block.language == "beforehand":
            self._run(block.text)
        elif block.language == "console":
            for each in typed(block.text):
                shown = self._shown(each.line)
                several = each.line.startswith("mixlock lock")
                fits = matches(each.printed, shown, in_any_order=several)
                assert fits, f"{block}\n$ {each.line}\nprints:\n{shown}"
                self.ran += 1
        elif block.file and block.language in {"yaml", "toml", "python", "text", "json"}:
            target = self.folder / "repository" / block.file
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
            self._own_hooks()

    def _shown(self, line: str) -> str:
        done = self._run(line)
        self._own_hooks()
        said = _STATUS.search(line)
        may_fail = line.startswith(("mixlock ", "git commit", "git merge", "pre-commit run"))
        statuses = {int(said["status"])} if said else {0, 1} if may_fail else {0}
        assert done.status in statuses, f"{line}: {done.status}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        return _PROGRESS.sub("", done.stdout + done.stderr)

    def _own_hooks(self) -> None:
        """Let hooks of mixlock, which a page or ``mixlock init`` names, be those of this checkout, uninstalled."""
        file = self.folder / "repository" / ".pre-commit-config.yaml"
        configuration: dict[str, Any] = yaml.safe_load(file.read_text("utf-8")) if file.exists() else {}
        described = {hook["id"]: hook for hook in manifest()}
        ours = [repo for repo in configuration.get("repos", ()) if "rev" in repo and _is_ours(repo)]
        for repo in ours:
            repo["repo"] = "local"
            del repo["rev"]
            repo["hooks"] = [{**_installed(described[hook["id"]]), **hook} for hook in repo["hooks"]]
        if ours:
            file.write_text(yaml.safe_dump(configuration, sort_keys=False), encoding="utf-8")

    def _run(self, line: str) -> Done:
        """Run mixlock in this process where nothing speaks against it, all else in a shell."""
        root = self.folder / "repository"
        words = shlex.split(line, comments=True)
        named = {*words} & {*COMMANDS}
        if words[0] == "mixlock" and not _SHELL & {*line} and not named & _PROCESSES:
            return run_here(lambda: main(words[1:], self.engines), root, self.environment)
        in_order = f"exec 2>&1\n{line}"
        return run_there(["bash", "-o", "pipefail", "-c", in_order], root, self.environment)


def _is_ours(repo: Mapping[str, Any]) -> bool:
    return all(hook["id"].startswith("mixlock-") for hook in repo["hooks"])


def _installed(hook: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in hook.items() if key != "additional_dependencies"}
    return {**kept, "language": "system"}


def matches(printed: str, shown: str, *, in_any_order: bool = False) -> bool:
    """Return whether a command printed what the page says it prints.

    Args:
        printed: what the page says.
        shown: what the command said.
        in_any_order: environments are told as they are ready.
    """
    return _fits(printed, shown) or (in_any_order and _fits(_sorted(printed), _sorted(shown)))


def _fits(printed: str, shown: str) -> bool:
    lines = [_line(line) for line in printed.rstrip("\n").splitlines()]
    return re.fullmatch("".join(lines), f"{shown.rstrip()}\n" if shown.strip() else "") is not None


def _sorted(text: str) -> str:
    """Return a text with its sections in order: each begins with a line that is not indented."""
    return "".join(sorted(re.findall(r"^\S.*\n(?:[ ].*\n)*", f"{text.rstrip()}\n", re.MULTILINE)))


def _line(line: str) -> str:
    if line.strip() == _ANY:
        return r"(?:.*\n)*?"
    return re.escape(line).replace(_ANY, "[^\\n]*") + "[ ]*\n"
