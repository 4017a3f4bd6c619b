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
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_ROWS = 40


def at_terminal(command: Sequence[str], folder: Path, environment: Mapping[str, str], columns: int) -> str:
    """Return all that a program shows at a terminal.

    Args:
        command: the program.
        folder: where it runs.
        environment: its environment, but for ``COLUMNS``.
        columns: how wide the terminal is.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, columns, 0, 0))
    variables = {name: value for name, value in environment.items() if name != "COLUMNS"} | {"TERM": "xterm"}
    with subprocess.Popen(command, cwd=folder, env=variables, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        while part := _read(ours):
            shown += part
        running.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so when nobody holds the other end any more
        return b""
