"""Runs of conda-lock: by a process that imported it once and forks, where the system does; else each by its own.

Whoever forks may be killed or fail to import: a run that it never began is one of the executable, which tells why.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.solver.clean_environment import neutral_environment
from mixlock_hooks.shell.solver.conda_lock_preloaded import STDERR, STDOUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FORKS = sys.platform == "linux"
"""macOS has libraries that end a forked process which uses them, Windows does not fork."""


class CondaLockRuns:
    """conda-lock's command line, imported ahead where it is this interpreter's; closed when nothing more is run.

    Each run has a folder of its own, in which it leaves what it said.
    """

    def __init__(self, *, forks: bool = _FORKS) -> None:
        self._forks = forks
        self._lock = threading.Lock()
        self._command = tools.conda_lock_command()
        self._ahead = tools.early_conda_lock_command()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._orders: socket.socket | None = None
        self._started: list[process.Started] = []

    def begin(self) -> None:
        """Import it for one run more, unless that was begun for all."""
        with self._lock:
            if self._ahead and not self._orders:
                self._begin(self._ahead)

    def _begin(self, command: Sequence[str]) -> None:
        self._folder = self._folder or tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True)
        environment, folder = neutral_environment(), Path(self._folder.name)
        if not self._forks:
            self._started.append(process.start(command, env=environment, cwd=folder))
            return
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            words = [*command, "--fork"]
            self._started.append(process.start(words, env=environment, cwd=folder, stdin=theirs.fileno()))

    def run(self, arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> process.Completed:
        """Run conda-lock to its end.

        Raises:
            StoppedError: ``process.stop_all`` was called.
        """
        order = json.dumps({"arguments": list(arguments), "environment": dict(env), "folder": str(cwd)})
        if self._orders:
            done = _ordered(self._orders, order, cwd)
            process.refuse_stopped()
        else:
            done = self._started.pop().finish(f"{order}\n") if self._started else None
        return done or process.run([*self._command, *arguments], env=env, cwd=cwd)

    def close(self) -> None:
        """End what was imported ahead."""
        if self._orders:
            self._orders.close()
        for started in self._started:
            started.stop()
        if self._folder:
            self._folder.cleanup()


def _ordered(orders: socket.socket, order: str, folder: Path) -> process.Completed | None:
    """Have an order carried out; None where nobody took it."""
    path = folder / "order.json"
    path.write_text(order, encoding="utf-8")
    ours, theirs = os.pipe()
    try:
        with suppress(ConnectionError):
            socket.send_fds(orders, [os.fsencode(path)], [theirs])
    finally:
        os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        status = pipe.read()
    if not status:
        return None
    stdout, stderr = ((folder / name).read_text(encoding="utf-8", errors="replace") for name in (STDOUT, STDERR))
    return process.Completed(status=int(status), stdout=stdout, stderr=stderr)
