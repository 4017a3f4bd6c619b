"""Passwords that a keyring keeps, asked by its own program as pip and uv ask it: ``keyring get SERVICE USER``."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mixlock_hooks.shell.tools import absolute_path

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS = 60
"""A keyring may ask a person."""


def password(url: str, user: str) -> str:
    """Return the password of a user of an index; empty where no keyring is installed, or it knows none.

    Args:
        url: the index, without credentials.
        user: who is known there.
    """
    program = shutil.which("keyring", path=absolute_path())
    return next(filter(None, (_asked(program, service, user) for service in _services(url))), "") if program else ""


def _services(url: str) -> Iterator[str]:
    """Yield under which names a keyring may keep it: the index, then its host with its port, as pip and uv ask."""
    yield url
    yield urlsplit(url).netloc


def _asked(program: str, service: str, user: str) -> str:
    try:
        done = subprocess.run(
            [program, "get", service, user],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return ""
    return done.stdout.strip("\n") if done.returncode == 0 else ""
