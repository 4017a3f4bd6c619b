"""Run a program that may write only below the folders named: ``confined.py DIR… -- PROGRAM ARGUMENT…``.

Linux lets everybody do that since 5.13 (Landlock, ``Documentation/userspace-api/landlock.rst``): a process gives the
right to write elsewhere away, for itself and all that it starts. Where the kernel has no Landlock the program runs
all the same. This file is run by path, so it imports the standard library only.
"""

from __future__ import annotations

import ctypes
import os
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_SET_NO_NEW_PRIVILEGES = 38
_FILE_RIGHTS = 1 << 1 | 1 << 14  # write, truncate
_RIGHTS = (
    sum(1 << bit for bit in (1, 4, 5, 6, 7, 8, 9, 10, 11, 12)),  # write, remove and make, as of version 1
    1 << 13,  # link and rename between folders, version 2
    1 << 14,  # truncate, version 3
)
_DEVICES = "/dev"
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - semaphores of multiprocessing live there


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64),)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock that the kernel has; below 1 where it has none."""
    found: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    return found


def restrict(folders: list[str]) -> None:
    """Give up the right to write elsewhere than below the folders, where the kernel can do that.

    Raises:
        OSError: it can, and did not.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if version() < 1:
        return
    rights = sum(_RIGHTS[: version()])
    ruleset = _Ruleset(handled_access_fs=rights)
    handle = libc.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.sizeof(ruleset), 0)
    if handle < 0:
        raise OSError(ctypes.get_errno(), "Landlock gives no ruleset")
    shared = [_SHARED_MEMORY] if os.path.isdir(_SHARED_MEMORY) else []  # noqa: PTH112 - pathlib takes longer to import
    for folder in (*folders, *shared, _DEVICES):
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        allowed = rights if folder != _DEVICES else rights & _FILE_RIGHTS
        rule = _PathBeneath(allowed_access=allowed, parent_fd=opened)
        failed = libc.syscall(_ADD_RULE, handle, _PATH_BENEATH, ctypes.byref(rule), 0)
        os.close(opened)
        if failed:
            raise OSError(ctypes.get_errno(), f"Landlock takes no rule for {folder}")
    libc.prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if libc.syscall(_RESTRICT_SELF, handle, 0):
        raise OSError(ctypes.get_errno(), "Landlock does not restrict")


def main(words: list[str]) -> None:
    """Confine this process, and become the program."""
    end = words.index("--")
    restrict(words[:end])
    os.execvp(words[end + 1], words[end + 1 :])  # noqa: S606 - that is what this file is for


if __name__ == "__main__":
    main(sys.argv[1:])
