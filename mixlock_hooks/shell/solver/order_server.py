"""A program that obeys orders for as long as a run lasts: an order is a file, and comes with a pipe for the answer.

It is told of orders on a socket that is its stdin. Linux has sockets that keep messages apart and tell their end.
"""

from __future__ import annotations

import os
import select
import socket
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell import process
from mixlock_hooks.shell.solver.clean_environment import neutral_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = sys.platform == "linux"
"""Whether this system has what it takes."""
LONGEST_PATH = 4096
_PIECE = 1 << 16


class OrderServer:
    """A program that runs; several threads may give it orders."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it in an empty folder: python imports what lies where it starts."""
        self._folder = tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True)
        self._orders, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment, folder = neutral_environment(), Path(self._folder.name)
        with theirs:
            self._started = process.start(command, env=environment, cwd=folder, stdin=theirs.fileno())

    def answer(self, order: str, folder: Path, *, seconds: float | None = None) -> bytes:
        """Return what it says to an order; nothing where it has ended, or ends before it answers.

        Args:
            order: what it is told, in a file of the folder.
            folder: where the order lies, for one at a time.
            seconds: how long it may take; for ever where that is not given.

        Raises:
            OverrunError: it took longer.
            StoppedError: ``process.stop_all`` was called.
        """
        path = folder / "order.json"
        path.write_text(order, encoding="utf-8")
        ours, theirs = os.pipe()
        try:
            with suppress(OSError):
                socket.send_fds(self._orders, [os.fsencode(path)], [theirs])
        finally:
            os.close(theirs)
        try:
            said = _whole(ours, seconds)
        finally:
            os.close(ours)
        process.refuse_stopped()
        return said

    def close(self) -> None:
        """End it."""
        self._orders.close()
        self._started.stop()
        self._folder.cleanup()


def _whole(pipe: int, seconds: float | None) -> bytes:
    end = None if seconds is None else time.monotonic() + seconds
    said = b""
    while select.select([pipe], [], [], end and max(0, end - time.monotonic()))[0]:
        piece = os.read(pipe, _PIECE)
        if not piece:
            return said
        said += piece
    raise process.OverrunError(f"it took longer than {seconds:g} seconds")
