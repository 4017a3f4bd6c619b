"""Runs of conda-lock: by a process that imported it once and forks, where the system does; else each by its own.

macOS has libraries that end a forked process which uses them, and Windows does not fork. Who forks may be killed or
fail to import: a run that it never began is one of the executable, which tells why.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.solver import order_server
from mixlock_hooks.shell.solver.clean_environment import neutral_environment
from mixlock_hooks.shell.solver.conda_lock_preloaded import STDERR, STDOUT
from mixlock_hooks.shell.solver.order_server import OrderServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class CondaLockRuns:
    """conda-lock's command line, imported ahead where it is this interpreter's; closed when nothing more is run.

    Each run has a folder of its own, in which it leaves what it said.
    """

    def __init__(self, *, forks: bool = order_server.HERE) -> None:
        self._forks = forks
        self._command = tools.conda_lock_command()
        self._ahead = tools.early_conda_lock_command()
        self._server: OrderServer | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._started: list[process.Started] = []

    def begin(self) -> None:
        """Import it for one run more, unless that was begun for all; one thread at a time may say so."""
        if self._ahead and not self._server:
            self._begin(self._ahead)

    def _begin(self, command: Sequence[str]) -> None:
        if self._forks:
            self._server = OrderServer([*command, "--fork"])
            return
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True)
        self._started.append(process.start(command, env=neutral_environment(), cwd=Path(self._folder.name)))

    def run(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        keep_pages: bool = True,
        answers: Path | None = None,
    ) -> process.Completed:
        """Run conda-lock to its end.

        Args:
            arguments: of its command line.
            env: its environment.
            cwd: where it runs, and leaves what it said.
            keep_pages: whether it may keep what an index answers, for a run to come.
            answers: a file of what need not be asked of an index, where that can be told.

        Raises:
            StoppedError: ``process.stop_all`` was called.
        """
        told = {"arguments": list(arguments), "environment": dict(env), "folder": str(cwd)}
        order = json.dumps({**told, "keep_pages": keep_pages, "answers": str(answers or "")})
        done = None
        if self._server:
            done = _completed(self._server.answer(order, cwd), cwd)
        elif self._started:
            done = self._started.pop().finish(f"{order}\n")
        return done or process.run([*self._command, *arguments], env=env, cwd=cwd)

    def close(self) -> None:
        """End what was imported ahead."""
        if self._server:
            self._server.close()
        for started in self._started:
            started.stop()
        if self._folder:
            self._folder.cleanup()


def _completed(status: bytes, folder: Path) -> process.Completed | None:
    """Return what a run left in its folder; None where nobody took it."""
    if not status:
        return None
    stdout, stderr = ((folder / name).read_text(encoding="utf-8", errors="replace") for name in (STDOUT, STDERR))
    return process.Completed(status=int(status), stdout=stdout, stderr=stderr)
