"""This machine, as tests that build and install on it must know it."""

from __future__ import annotations

import platform
from contextlib import suppress
from pathlib import Path

PYTHON = platform.python_version()
"""The version of the python that runs the tests, ``X.Y.Z``."""


def is_running(words: str) -> bool:
    """Return whether a program with these words on its command line runs here (Linux: as ``/proc`` tells)."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if words.encode() in file.read_bytes():
                return True
    return False
