"""Call the kernel by number, for what neither Python nor libc has a function."""

from __future__ import annotations

import ctypes
import os
import platform

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long
_MACHINES = {"x86_64": 0, "amd64": 0, "aarch64": 1, "arm64": 1}

_COLUMN = _MACHINES.get(platform.machine().lower(), -1)


def knows_machine() -> bool:
    """Return whether the numbers of this machine's system calls are known here (x86-64 and arm64)."""
    return _COLUMN >= 0


def number(name: str) -> int | None:
    """Return the number of a system call; None where this machine does not have it."""
    from mixlock_hooks.shell.build.confine.syscalls import NUMBERS  # noqa: PLC0415 - a table that only Linux needs

    return NUMBERS[name][_COLUMN] if knows_machine() else None


def call(name: str, *arguments: object) -> int:
    """Call the kernel.

    Raises:
        OSError: it refuses, or does not have the call.
    """
    known = number(name)
    if known is None:
        raise OSError(38, f"{name}: not on this machine")
    result: int = _libc.syscall(
        known, *(ctypes.c_long(each) if isinstance(each, int) else each for each in arguments)
    )
    if result < 0:
        found = ctypes.get_errno()
        raise OSError(found, f"{name}: {os.strerror(found)}")
    return result


def prctl(option: int, *arguments: int) -> int:
    """Change something of this process.

    Raises:
        OSError: the kernel refuses.
    """
    padded = [*arguments, 0, 0, 0, 0][:4]
    result: int = _libc.prctl(option, *map(ctypes.c_ulong, padded))
    if result < 0:
        found = ctypes.get_errno()
        raise OSError(found, f"prctl {option}: {os.strerror(found)}")
    return result
