"""Run a program at a terminal that this process holds the other end of."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

ROWS = 40


def at_terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int) -> str:
    """Return all that a program shows at a terminal.

    Args:
        command: the program.
        folder: where it runs.
        environment: its environment, but for ``COLUMNS``.
        columns: how wide the terminal is.
    """
    variables = {name: value for name, value in environment.items() if name != "COLUMNS"} | {"TERM": "xterm"}
    return b"".join(parts(command, folder, variables, columns)).decode().replace("\r\n", "\n")


def parts(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int, *, check: bool = False
) -> Iterator[bytes]:
    """Yield what a program shows at a terminal, as it comes.

    Raises:
        subprocess.CalledProcessError: with ``check``, it ended with another status than 0.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, columns, 0, 0))
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        while part := _read(ours):
            yield part
    os.close(ours)
    if check and running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when nobody holds the other end any more
        return b""
