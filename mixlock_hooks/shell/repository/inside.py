"""Open the files of a repository that nobody trusts: regular files below its root, of a bounded size."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model import inner_path
from mixlock_hooks.model.failure import RefusedFileError
from mixlock_hooks.shell.repository.git import LARGEST

if TYPE_CHECKING:
    from typing import BinaryIO

_OPENED = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_KINDS = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class Inside:
    """The files below one folder, each by its path relative to it, with ``/``.

    A symbolic link may stand for another file of the repository. One that leads elsewhere is refused, and so is what
    is no regular file: reading a FIFO waits, and a device has no end.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real = os.path.realpath(root)
        self._folders: dict[str, str] = {}

    def place(self, path: str) -> Path:
        """Return where a path leads, with every link followed; there need be nothing yet.

        Raises:
            RefusedFileError: it leads out of the repository, or into git's own folder.
        """
        return Path(self._inside(path, os.path.realpath(self._named(path))))

    def read(self, path: str) -> bytes:
        """Return a file's content.

        Raises:
            FileNotFoundError: there is no such file.
            NotADirectoryError: a file stands where a folder would.
            IsADirectoryError: it is a folder.
            OSError: the system refuses.
            RefusedFileError: it leads out, is no regular file, or has more than ``LARGEST`` bytes.
        """
        with os.fdopen(self._open(path), "rb") as file:
            found = os.fstat(file.fileno())
            if stat.S_ISDIR(found.st_mode):
                raise IsADirectoryError(path)
            if not stat.S_ISREG(found.st_mode):
                kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
                raise RefusedFileError(path, f"is {kind}, not a file")
            content = _content(file, found.st_size) if found.st_size <= LARGEST else None
        if content is None or len(content) > LARGEST:
            raise RefusedFileError(path, f"has more than {LARGEST // 1024**2} MiB")
        return content

    def _open(self, path: str) -> int:
        real = self._named(path)
        try:
            return os.open(real, _OPENED | _NO_LINK)
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError:
            if not Path(real).is_symlink():
                raise
        return os.open(self._inside(path, os.path.realpath(real)), _OPENED)

    def _named(self, path: str) -> str:
        """Return where a path's name stands, the links of its folder followed; each folder is looked at once."""
        why = inner_path.complaint(path)
        if why:
            raise RefusedFileError(path, why)
        folder, _slash, name = path.rpartition("/")
        if folder not in self._folders:
            self._folders[folder] = self._inside(path, os.path.realpath(f"{self._real}{os.sep}{folder}"))
        return f"{self._folders[folder]}{os.sep}{name}"

    def _inside(self, path: str, real: str) -> str:
        """Return a place that links led to, unless it is not of the repository."""
        begin = self._real.rstrip(os.sep) + os.sep
        if real != self._real and not real.startswith(begin):
            raise RefusedFileError(path, "leads out of the repository")
        why = inner_path.complaint(real[len(begin) :])
        if why:
            raise RefusedFileError(path, why)
        return real


def _content(file: BinaryIO, size: int) -> bytes:
    """Return what a file holds, and a byte more than ``LARGEST`` at most; memory is asked for what it should hold."""
    content = file.read(size + 1)
    return content if len(content) <= size else content + file.read(LARGEST - size)
