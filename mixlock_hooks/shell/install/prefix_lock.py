"""Keep other runs from changing a prefix, for as long as a run or a program that it started does."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from mixlock_hooks.shell.install.conda_prefix import unwritable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import FileLock


@contextmanager
def held(prefix: Path) -> Iterator[tuple[int, ...]]:
    """Keep other runs from changing a prefix; yield the descriptors that programs keep which change it for us.

    A program that outlives this run, because the run was killed, still holds the lock on POSIX.

    Raises:
        CannotDoError: the folder that holds it cannot be written.
    """
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock_of(prefix)
        lock.acquire()
    except OSError as error:
        raise unwritable(prefix, error) from error
    try:
        yield (lock.descriptor,) if isinstance(lock, _PosixLock) else ()
    finally:
        if isinstance(lock, _PosixLock) and not prefix.exists():  # nothing came of it
            lock.remove()
        lock.release()


def _lock_of(prefix: Path) -> _PosixLock | FileLock:
    if os.name == "posix":
        return _PosixLock(f"{prefix}.lock")
    from filelock import FileLock  # noqa: PLC0415 - takes long to import, and POSIX can do more

    return FileLock(f"{prefix}.lock", thread_local=False)


class _PosixLock:
    """A lock on a file (flock), which is held as long as any process has its descriptor."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.descriptor = self._open()

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)

    def acquire(self) -> None:
        """Wait for the lock, and once more where the file was removed meanwhile."""
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.flock(self.descriptor, fcntl.LOCK_EX)
        while not self._is_in_place():
            os.close(self.descriptor)
            self.descriptor = self._open()
            fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def _is_in_place(self) -> bool:
        with suppress(FileNotFoundError):
            return os.path.samestat(os.fstat(self.descriptor), os.lstat(self._path))
        return False

    def remove(self) -> None:
        """Remove the file of a lock that is held."""
        with suppress(OSError):
            os.unlink(self._path)  # noqa: PTH108 - it is no Path elsewhere

    def release(self) -> None:
        """Give the lock back."""
        os.close(self.descriptor)
