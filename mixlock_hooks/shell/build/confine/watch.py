"""Watch a program and all that it starts: time, output, memory, processes, disk; and end all of it.

The launcher is their subreaper, so that nothing which they start can leave the tree below it (``prctl(2)``).
"""

from __future__ import annotations

import os
import signal
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.shell.build.confine.policy import Policy

_LEAST_FREE = 256 * 2**20
"""Bytes that stay free on the disk, whatever the limits are."""
_DEEPEST = 200
_SHARE = 20
"""Measuring the disk takes a twentieth of the time, at most."""
_MIB = 2**20


class OverrunError(Exception):
    """A limit was passed; the text tells which."""


class Watch:
    """The limits of one program."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._deadline = time.monotonic() + policy["seconds"]
        self._next_measure = 0.0
        self._before = os.fstat(1).st_size

    def look(self) -> None:
        """Look at everything once.

        Raises:
            OverrunError: something is beyond its limit.
        """
        policy = self._policy
        if time.monotonic() > self._deadline:
            raise OverrunError(f"it took longer than {policy['seconds']:g} seconds")
        self._look_at_output()
        processes = descendants()
        if sum(processes.values()) > policy["processes"]:
            raise OverrunError(f"it ran more than {policy['processes']} processes and threads")
        if self._memory(list(processes)) > policy["memory_bytes"]:
            raise OverrunError(f"it took more than {policy['memory_bytes'] // _MIB} MiB of memory")
        self._look_at_disk(list(processes))

    def look_at_what_is_left(self) -> None:
        """Look at what the program has left; it may have passed a limit since the last look, and ended by it.

        Raises:
            OverrunError: something is beyond its limit.
        """
        self._look_at_output()
        self._next_measure = 0.0
        self._look_at_disk(list(descendants()))

    def _look_at_output(self) -> None:
        most = self._policy["output_bytes"]
        if os.fstat(1).st_size - self._before > most:
            raise OverrunError(f"it wrote more than {most // _MIB} MiB of output")

    def _memory(self, processes: list[int]) -> int:
        """Return what they take together; what they share is counted once where that matters."""
        roughly = sum(map(_private, processes))
        return roughly if roughly <= self._policy["memory_bytes"] else sum(map(_proportional, processes))

    def _look_at_disk(self, processes: list[int]) -> None:
        began = time.monotonic()
        if began < self._next_measure:
            return
        limit, most = self._policy["disk_bytes"], self._policy["files"]
        size = count = 0
        for each in self._sizes(processes):
            size, count = size + each, count + 1
            if size > limit:
                raise OverrunError(f"it filled more than {limit // _MIB} MiB of disk")
            if count > most:
                raise OverrunError(f"it made more than {most} files")
        found = os.statvfs(self._policy["work"])
        if found.f_bavail * found.f_frsize < _LEAST_FREE:
            raise OverrunError(f"it left less than {_LEAST_FREE // _MIB} MiB of the disk free")
        ended = time.monotonic()
        self._next_measure = ended + max(0.25, _SHARE * (ended - began))

    def _sizes(self, processes: list[int]) -> Iterator[int]:
        for folder in self._policy["writes"]:
            yield from _below(folder, 0)
        for process in processes:
            yield from _unlinked(process)


def _below(folder: str, depth: int) -> Iterator[int]:
    """Yield the bytes of what lies below a folder, while that changes."""
    if depth > _DEEPEST:
        raise OverrunError(f"it made folders more than {_DEEPEST} deep")
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        with suppress(OSError):
            yield entry.stat(follow_symlinks=False).st_blocks * 512
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, depth + 1)


def _unlinked(process: int) -> Iterator[int]:
    """Yield the bytes of files that a process keeps open and nobody can see."""
    with suppress(OSError):
        for entry in os.scandir(f"/proc/{process}/fd"):
            with suppress(OSError):
                found = os.stat(entry.path)  # noqa: PTH116
                if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                    yield found.st_blocks * 512


def descendants() -> dict[int, int]:
    """Return the processes below this one, with how many threads each has."""
    children: dict[int, list[tuple[int, int]]] = {}
    for process, parent, threads in _processes():
        children.setdefault(parent, []).append((process, threads))
    found: dict[int, int] = {}
    waiting = [os.getpid()]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting += [process for process, _threads in below]
    return found


def _processes() -> Iterator[tuple[int, int, int]]:
    """Yield every process, its parent and how many threads it has (``proc_pid_stat(5)``)."""
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdecimal():
            with suppress(OSError, ValueError, IndexError):
                fields = _read(f"/proc/{name}/stat").rpartition(b")")[2].split()
                yield int(name), int(fields[1]), int(fields[17])


def count_of_user() -> int:
    """Return how many processes and threads this user has, which is what the kernel limits (``RLIMIT_NPROC``)."""
    user = os.getuid()
    count = 0
    for process, _parent, threads in _processes():
        with suppress(OSError):
            count += threads if os.stat(f"/proc/{process}").st_uid == user else 0  # noqa: PTH116
    return count


class Gate:
    """Lets so many processes and threads begin; counts only when the last count could have been used up."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = 0

    def opens(self) -> bool:
        """Return whether one more may begin."""
        if not self._left:
            self._left = max(0, self._most - sum(descendants().values()))
        may = self._left > 0
        self._left -= may
        return may


def _read(path: str) -> bytes:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return os.read(opened, 2**16)
    finally:
        os.close(opened)


def _private(process: int) -> int:
    """Return the bytes of a process that no file holds, shared ones too."""
    with suppress(OSError):
        return _kibibytes(_read(f"/proc/{process}/status"), (b"RssAnon:", b"RssShmem:"))
    return 0


def _proportional(process: int) -> int:
    """Return the bytes of a process, of shared ones its part; of one that hides itself all."""
    with suppress(OSError):
        found = _kibibytes(_read(f"/proc/{process}/smaps_rollup"), (b"Pss_Anon:", b"Pss_Shmem:"))
        if found:
            return found
    return _private(process)


def _kibibytes(text: bytes, names: tuple[bytes, ...]) -> int:
    lines = (line.split() for line in text.splitlines() if line.startswith(names))
    return sum(int(line[1]) * 1024 for line in lines)


def end_all() -> None:
    """End everything below this process, and wait for it; what is stopped first cannot start more."""
    while True:
        found = descendants()
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for process in found:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(process, number)
        if not _reaped() and not descendants():
            return
        time.sleep(0.002)


def _reaped() -> bool:
    """Take the dead away; return whether any child is left."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True
