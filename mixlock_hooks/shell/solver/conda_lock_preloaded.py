"""conda-lock, imported while its questions are still being made: most of what a small lock would wait for.

Run with ``python -m``, it imports conda-lock and is conda-lock's command line for each order, which is JSON with
``arguments``, ``environment`` and ``folder``. With ``--fork``, stdin is a socket: each message is the path of an
order, with a pipe on which the exit status is told; the outputs become files beside the order, and each order has a
process of its own, so that nothing of one solve is left for the next. Without, one order comes as a line on stdin.
Where stdin ends, nobody asks any more, and it ends.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.shell.solver.order_server import LONGEST_PATH

if TYPE_CHECKING:
    from types import FrameType

STDOUT, STDERR = "conda-lock.stdout", "conda-lock.stderr"


def main() -> None:
    """Become conda-lock when told how."""
    gc.set_threshold(50_000, 20, 20)  # a solve makes much and drops little
    from conda_lock import conda_lock, pypi_solver  # noqa: F401, PLC0415 - the latter is imported late otherwise

    order = _forked() if "--fork" in sys.argv else sys.stdin.readline()
    if order:
        _obey(json.loads(order))
        conda_lock.main()


def _obey(order: dict[str, Any]) -> None:
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    tempfile.tempdir = None  # it may have been looked up in the old environment
    sys.argv = ["conda-lock", *order["arguments"]]


def _forked() -> str:
    """Return each order in a process of its own; nothing in the first one, when nobody asks any more."""
    gc.freeze()  # what is never looked at stays shared
    signal.signal(signal.SIGCHLD, _bury)
    orders = socket.socket(fileno=0)
    while True:
        path, pipes, _flags, _address = socket.recv_fds(orders, LONGEST_PATH, 1)
        if not path:
            return ""
        if os.fork() == 0:
            orders.close()
            return _as_worker(Path(os.fsdecode(path)), pipes[0])
        os.close(pipes[0])


def _bury(_number: int, _frame: FrameType | None) -> None:
    """Wait for who has ended, so that what they took counts as this process's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _as_worker(order: Path, pipe: int) -> str:
    """Return the order in a new process; wait for its end in this one, and tell its status, whatever ended it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    worker = os.fork()
    if worker:
        _pid, status = os.waitpid(worker, 0)
        os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(pipe)
    for name, number, flags in ((os.devnull, 0, os.O_RDONLY), (STDOUT, 1, _NEW), (STDERR, 2, _NEW)):
        opened = os.open(order.with_name(name) if number else name, flags, 0o600)
        os.dup2(opened, number)
        if opened != number:
            os.close(opened)
    return order.read_text(encoding="utf-8")


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC

if __name__ == "__main__":
    main()
