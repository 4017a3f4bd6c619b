"""What a build left: read as regular files with a limit, and taken away whatever it is.

Nothing here follows a link, opens what is no regular file, recurses, or trusts a name twice: a folder is opened once,
and what lies in it is reached from its descriptor.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PART = 2**20
_MOST_ENTRIES = 10_000_000
_FOLDER = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class UnreadableError(Exception):
    """What a build left is not what may be read; the text tells why."""


def names_in(folder: Path, most: int) -> tuple[str, ...]:
    """Return the names of what lies in a folder, sorted.

    Raises:
        UnreadableError: it is no folder, or more than ``most`` things lie in it.
    """
    with _opened(folder) as descriptor:
        found = []
        with os.scandir(descriptor if os.scandir in os.supports_fd else folder) as entries:
            for entry in entries:
                found.append(entry.name)
                if len(found) > most:
                    raise UnreadableError(f"it left more than {most} files in {folder.name}")
    return tuple(sorted(found))


def is_regular(folder: Path, name: str) -> bool:
    """Return whether a folder has a regular file of that name."""
    with suppress(UnreadableError, OSError), _opened(folder) as descriptor:
        return stat.S_ISREG(os.stat(name, dir_fd=_base(descriptor), follow_symlinks=False).st_mode)
    return False


def copy_file(folder: Path, name: str, target: Path, most: int) -> None:
    """Copy a regular file out of a folder.

    Raises:
        UnreadableError: it is none, or larger than ``most`` bytes.
    """
    with _opened(folder) as descriptor, target.open("xb") as copied:
        for part in _parts(descriptor, folder, name, most):
            copied.write(part)


def read_file(folder: Path, name: str, most: int) -> bytes:
    """Return the content of a regular file in a folder.

    Raises:
        UnreadableError: it is none, or larger than ``most`` bytes.
    """
    with _opened(folder) as descriptor:
        return b"".join(_parts(descriptor, folder, name, most))


def _parts(descriptor: int, folder: Path, name: str, most: int) -> Iterator[bytes]:
    try:
        path = name if _base(descriptor) is not None else str(folder / name)
        opened = os.open(path, os.O_RDONLY | _FILE, dir_fd=_base(descriptor))
    except (OSError, ValueError) as error:
        raise UnreadableError(f"it left no file {name[:100]!r}: {error}") from error
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise UnreadableError(f"what it left as {name[:100]!r} is not a regular file")
    left = most
    with os.fdopen(opened, "rb") as file:
        while part := file.read(_PART):
            left -= len(part)
            if left < 0:
                raise UnreadableError(f"what it left as {name[:100]!r} is larger than {most // 2**20} MiB")
            yield part


def _base(descriptor: int) -> int | None:
    return descriptor if descriptor >= 0 and os.open in os.supports_dir_fd else None


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    if sys.platform == "win32":
        yield -1
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | _FOLDER)
    except OSError as error:
        raise UnreadableError(f"{folder.name} is no longer a folder") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, as far as that is possible; never raise.

    A folder in the folder is not descended into: it is moved up and emptied in its turn, so that neither the depth of
    a tree nor the length of its names matters.
    """
    if sys.platform == "win32":
        shutil.rmtree(folder, ignore_errors=True)
        return
    with suppress(OSError):
        folder.chmod(0o700)
        top = os.open(folder, os.O_RDONLY | _FOLDER)
        try:
            _empty(top)
        finally:
            os.close(top)
        folder.rmdir()


def _empty(top: int) -> None:
    counter = 0
    unguessed = secrets.token_hex(8)
    waiting = [""]
    while waiting and counter < _MOST_ENTRIES:
        name = waiting.pop()
        with _inner(top, name) as descriptor:
            for entry in _entries(descriptor):
                counter += 1
                if _unlinked(descriptor, entry):
                    continue
                moved = f"{unguessed}-{counter}"
                with suppress(OSError):
                    os.chmod(entry, 0o700, dir_fd=descriptor)
                    os.rename(entry, moved, src_dir_fd=descriptor, dst_dir_fd=top)
                    waiting.append(moved)
        if name:
            with suppress(OSError):
                os.rmdir(name, dir_fd=top)


@contextmanager
def _inner(top: int, name: str) -> Iterator[int]:
    """Open a folder in the top one, which a build may have made unreadable; -1 where that is not possible."""
    if not name:
        yield top
        return
    descriptor = -1
    with suppress(OSError):
        os.chmod(name, 0o700, dir_fd=top)
        descriptor = os.open(name, os.O_RDONLY | _FOLDER, dir_fd=top)
    try:
        yield descriptor
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _entries(descriptor: int) -> list[str]:
    if descriptor < 0:
        return []
    with suppress(OSError):
        return os.listdir(descriptor)
    return []


def _unlinked(descriptor: int, name: str) -> bool:
    """Remove what is no folder, or an empty one; return whether it is gone."""
    with suppress(OSError):
        os.unlink(name, dir_fd=descriptor)
        return True
    with suppress(OSError):
        os.rmdir(name, dir_fd=descriptor)
        return True
    return False
