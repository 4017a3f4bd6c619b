"""Give up, for this process and all that it starts, every path but those named (Landlock).

Every process may do that since Linux 5.13; root is bound too. Newer kernels have more rights to give up, so the
version is asked: 2 renames between folders, 3 truncates, 4 TCP, 5 ``ioctl`` of devices, 6 signals and abstract UNIX
sockets. What an older one lacks, ``seccomp`` refuses.

Source: Linux, ``Documentation/userspace-api/landlock.rst``.
"""

from __future__ import annotations

import ctypes
import os
import stat
from typing import TYPE_CHECKING

from mixlock_hooks.shell.build.confine import kernel

if TYPE_CHECKING:
    from collections.abc import Iterable

REFERS, TRUNCATES, SCOPES = 2, 3, 6
"""The versions that know about links and renames between folders, truncating, and signals."""
NEWEST = 6
"""The newest version whose rights are known here."""

_VERSION_FLAG = 1
_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_DEVICES_AND_SOCKETS = 1 << 6 | 1 << 9 | 1 << 11
_TRUNCATE, _IOCTL = 1 << 14, 1 << 15
_RIGHTS = ((1 << 13) - 1, 1 << 13, _TRUNCATE, 0, _IOCTL, 0)
"""The rights on files that each version brought."""
_READ = _EXECUTE | _READ_FILE | _READ_DIR
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL
_TCP, _SCOPE = 0b11, 0b11


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def version() -> int:
    """Return the version of Landlock that the kernel has; 0 where it has none."""
    try:
        return kernel.call("landlock_create_ruleset", None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def restrict(*, reads: Iterable[str], writes: Iterable[str], known: int, network: bool) -> None:
    """Give up all but reading and running some paths and writing below others; a path that is not there is left out.

    Args:
        reads: folders and files that may be read and run.
        writes: folders below which all but making devices and sockets is allowed, and files that may be written.
        known: the version of Landlock.
        network: whether TCP may be used.

    Raises:
        OSError: the kernel refuses.
    """
    rights = sum(_RIGHTS[:known])
    ruleset = _Ruleset(rights, 0 if network or known < 4 else _TCP, _SCOPE if known >= SCOPES else 0)  # noqa: PLR2004
    size = 8 if known < 4 else 16 if known < SCOPES else 24  # noqa: PLR2004 - as the structure grew
    handle = kernel.call("landlock_create_ruleset", ctypes.byref(ruleset), size, 0)
    for path in reads:
        _allow(handle, path, rights & _READ)
    for path in writes:
        _allow(handle, path, rights & ~_DEVICES_AND_SOCKETS)
    kernel.call("landlock_restrict_self", handle, 0)
    os.close(handle)


def _allow(handle: int, path: str, rights: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # what is not there cannot be used either
    kind = os.fstat(opened).st_mode
    if stat.S_ISFIFO(kind):
        os.close(opened)
        return  # a pipe has no place, so that there is nothing to allow
    if not stat.S_ISDIR(kind):
        rights &= _OF_FILES
    rule = _PathBeneath(allowed_access=rights, parent_fd=opened)
    try:
        kernel.call("landlock_add_rule", handle, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)
