"""Answer for the kernel what a seccomp filter cannot judge: it sees descriptors and addresses, not paths.

Where no mounts of its own keep a program from ``chmod`` and its kin outside of its folders, the filter hands these
calls to the supervisor. It does not let them go on, for what a path leads to may change in between: it opens what is
meant, looks where that is, and does the call itself on what it opened. Likewise with signals, where neither a
namespace nor Landlock keeps them inside, and with forks of root, which the kernel does not limit.

Source: Linux, ``seccomp_unotify(2)``.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
from typing import TYPE_CHECKING

from mixlock_hooks.shell.build.confine import kernel
from mixlock_hooks.shell.build.confine.seccomp import FORKS, MODES, OWNERS, SIGNALS, TIMES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_RECEIVE, _SEND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_CONTINUE = 1
_HERE = 0xFFFFFF9C
"""``AT_FDCWD``, as an unsigned number."""
_NO_FOLLOW, _EMPTY_PATH = 0x100, 0x1000
_LONGEST_PATH = 4096
_NOW, _LEAVE = (1 << 30) - 1, (1 << 30) - 2
_PERMISSIONS = 0o1777

_NAMED_AT: dict[str, tuple[int | None, int | None, int | None]] = {
    "chmod": (None, 0, None),
    "fchmod": (0, None, None),
    "fchmodat": (0, 1, None),
    "fchmodat2": (0, 1, 3),
    "utime": (None, 0, None),
    "utimes": (None, 0, None),
    "futimesat": (0, 1, None),
    "utimensat": (0, 1, 3),
}
"""Which arguments of a call are a descriptor, a path and flags."""
_TIMES_AT = {"utime": (1, 2, 0), "utimes": (1, 4, 1000), "futimesat": (2, 4, 1000), "utimensat": (2, 4, 1)}
"""Which argument points to times, how many numbers these are, and how many nanoseconds their second halves count."""


class Deputy:
    """Answers a filter's questions."""

    def __init__(
        self, listener: int, writes: Sequence[str], is_ours: Callable[[int], bool], may_fork: Callable[[], bool]
    ) -> None:
        """Take up a filter's questions.

        Args:
            listener: the filter's descriptor.
            writes: real paths of the folders below which modes and times may be changed.
            is_ours: tells whether a process is one of those that are watched.
            may_fork: tells whether there may be one more of them.
        """
        self._listener = listener
        self._below = tuple(f"{path}/" for path in writes)
        self._is_ours = is_ours
        self._may_fork = may_fork
        wanted = (*MODES, *TIMES, *OWNERS, *SIGNALS, *FORKS)
        self._names = {found: name for name in wanted if (found := kernel.number(name)) is not None}

    def answer(self) -> None:
        """Answer one question; one whose process is gone needs none."""
        question = bytearray(80)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, question)
            identity, process, _flags, call, _arch, _at, *arguments = struct.unpack("=QIIiIQ6Q", question)
            number, flags = self._decided(identity, process, self._names[call], arguments)
            fcntl.ioctl(self._listener, _SEND, struct.pack("=QqiI", identity, 0, -number, flags))
        except OSError:
            return

    def _decided(self, identity: int, process: int, name: str, arguments: Sequence[int]) -> tuple[int, int]:
        """Return an error number, 0 for none, and flags."""
        if name in FORKS:
            return (0, _CONTINUE) if self._may_fork() else (errno.EAGAIN, 0)
        try:
            if name in SIGNALS:
                self._signal(arguments)
            elif name in OWNERS:
                _keep_owner(arguments[2:4] if name == "fchownat" else arguments[1:3])
            else:
                self._change(identity, process, name, arguments)
        except OSError as error:
            return error.errno or errno.EPERM, 0
        return 0, 0

    def _signal(self, arguments: Sequence[int]) -> None:
        target = _signed(arguments[0])
        if target <= 0 or not self._is_ours(target):
            raise OSError(errno.EPERM, "not a process of the sandbox")
        os.kill(target, _signed(arguments[1]))

    def _change(self, identity: int, process: int, name: str, arguments: Sequence[int]) -> None:
        opened = self._opened(identity, process, name, arguments)
        try:
            if not f"{os.readlink(f'/proc/self/fd/{opened}')}/".startswith(self._below):  # noqa: PTH115
                raise OSError(errno.EPERM, "outside of the sandbox")
            if name in MODES:
                os.chmod(f"/proc/self/fd/{opened}", arguments[MODES[name]] & _PERMISSIONS)  # noqa: PTH101
            else:
                times = _times(process, name, arguments)
                kernel.call("utimensat", opened, b"", times, _EMPTY_PATH)
        finally:
            os.close(opened)

    def _opened(self, identity: int, process: int, name: str, arguments: Sequence[int]) -> int:
        """Open what a call means, without touching it."""
        folder, path, flags = _NAMED_AT[name]
        told = arguments[flags] if flags is not None else 0
        address = arguments[path] if path is not None else 0
        text = _text(process, address) if address else b""
        fcntl.ioctl(self._listener, _IS_VALID, struct.pack("=Q", identity))
        number = arguments[folder] & 0xFFFFFFFF if folder is not None else _HERE
        base = f"/proc/{process}/cwd" if number == _HERE else f"/proc/{process}/fd/{number}"
        if not text and (path is None or not address or told & _EMPTY_PATH):
            return os.open(base, os.O_PATH | os.O_CLOEXEC)
        if not text:
            raise OSError(errno.ENOENT, "no path")
        how = os.O_PATH | os.O_CLOEXEC | (os.O_NOFOLLOW if told & _NO_FOLLOW else 0)
        if text.startswith(b"/proc/self/"):
            text = b"/proc/%d/" % process + text.removeprefix(b"/proc/self/")
        if text.startswith(b"/"):
            return os.open(text, how)
        beside = os.open(base, os.O_PATH | os.O_CLOEXEC)
        try:
            return os.open(text, how, dir_fd=beside)
        finally:
            os.close(beside)


def _keep_owner(arguments: Sequence[int]) -> None:
    """Let a file be given to who has it: all files of a sandbox are one user's."""
    same = ({-1, os.geteuid()}, {-1, os.getegid()})
    if any(_signed(number) not in known for number, known in zip(arguments, same, strict=True)):
        raise OSError(errno.EPERM, "owners stay")


def _text(process: int, address: int) -> bytes:
    content = _memory(process, address, _LONGEST_PATH)
    path, end, _rest = content.partition(b"\0")
    if not end:
        raise OSError(errno.ENAMETOOLONG, "no end of a path")
    return path


def _memory(process: int, address: int, size: int) -> bytes:
    """Read from a process, as far as its memory goes."""
    opened = os.open(f"/proc/{process}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        first = min(size, _LONGEST_PATH - address % _LONGEST_PATH)
        found = os.pread(opened, first, address)
        if b"\0" in found or first == size:
            return found
        return found + os.pread(opened, size - first, address + first)
    finally:
        os.close(opened)


def _times(process: int, name: str, arguments: Sequence[int]) -> bytes | None:
    """Return access and modification time as the kernel wants them; None for now."""
    at, count, unit = _TIMES_AT[name]
    if not arguments[at]:
        return None
    numbers = struct.unpack(f"={count}q", _exactly(process, arguments[at], 8 * count))
    seconds, parts = (numbers, (0, 0)) if count == 2 else (numbers[::2], numbers[1::2])  # noqa: PLR2004
    nanoseconds = [part if part in (_NOW, _LEAVE) else part * unit for part in parts]
    return struct.pack("=4q", seconds[0], nanoseconds[0], seconds[1], nanoseconds[1])


def _exactly(process: int, address: int, size: int) -> bytes:
    opened = os.open(f"/proc/{process}/mem", os.O_RDONLY | os.O_CLOEXEC)
    try:
        found = os.pread(opened, size, address)
    finally:
        os.close(opened)
    if len(found) != size:
        raise OSError(errno.EFAULT, "no times")
    return found


def _signed(number: int) -> int:
    low = number & 0xFFFFFFFF
    return low - (1 << 32) if low >> 31 else low
