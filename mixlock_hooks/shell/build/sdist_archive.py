"""Unpack an sdist that nobody vouches for: nothing outside of its folder, no devices, no bomb.

``tarfile``'s own filters are not relied on: in many releases of Python links that lead through links get past them
(CVE-2025-4517 and its kin). Names are judged here, files are written before there is any link, and a link may lead up
only at its beginning, so that none can leave the folder whatever the others are. This file runs by itself, in the
sandbox: ``sdist_archive.py ARCHIVE FOLDER ANSWER``. So it imports the standard library only.

Source: PyPA specifications, source distribution format; PEP 706.
"""

from __future__ import annotations

import calendar
import json
import lzma
import math
import os
import stat
import sys
import tarfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_BYTES = 2 * 2**30
_MOST_MEMBERS = 200_000
_MOST_LINKS = 10_000
_LONGEST_PATH, _LONGEST_NAME, _DEEPEST = 1024, 255, 64
_MOST_HEADERS = 2**20
_PART = 2**20
_FIRST_PRINTABLE = 32
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
    MemoryError,
    RecursionError,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    ArithmeticError,
    RuntimeError,
    LookupError,
)
_FIRST_ZIP_MOMENT = 315_532_800
"""1980-01-01, before which no file in a wheel can be dated, in seconds since 1970."""
_LAST_ZIP_MOMENT = 4_354_819_198


class UnsafeSdistError(ValueError):
    """An sdist is no archive, or would do what no sdist may; the text says what."""


def unpack(archive: Path, folder: Path) -> tuple[str, int]:
    """Unpack an sdist into a folder that is made for it.

    Returns:
        The name of its top folder, the only one there may be, and when its newest file was made, as
        ``SOURCE_DATE_EPOCH`` wants it (seconds).

    Raises:
        UnsafeSdistError: it is no archive, or one that cannot be trusted.
    """
    folder.mkdir(parents=True)
    tree = _Tree(folder)
    try:
        with archive.open("rb") as file:
            zipped = file.read(2) == b"PK"
        (_unzip if zipped else _untar)(archive, tree)
        tree.link()
    except UnsafeSdistError:
        raise
    except _BROKEN as error:
        raise UnsafeSdistError(f"it cannot be unpacked: {error}") from error
    except OSError as error:
        raise UnsafeSdistError(f"it cannot be unpacked: {error.strerror or error}") from error
    return _top(folder), min(max(_FIRST_ZIP_MOMENT, tree.newest), _LAST_ZIP_MOMENT)


def _top(folder: Path) -> str:
    tops = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()]
    if len(tops) != 1:
        raise UnsafeSdistError(f"it holds {len(tops)} folders at its top instead of one")
    if not any((tops[0] / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise UnsafeSdistError("it holds neither pyproject.toml nor setup.py")
    return tops[0].name


class _Tree:
    """What is unpacked, below one folder; links come last, when nothing is written any more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: set[str] = set()
        self._links: dict[str, str] = {}
        self._members = self._size = 0
        self.newest = 0

    def count(self, name: str, size: int) -> str:
        """Count a member before it is unpacked; return its path below the folder, empty for the folder itself."""
        self._members += 1
        self._grow(size)
        if self._members > _MOST_MEMBERS:
            raise UnsafeSdistError(f"it unpacks to more than {_MOST_MEMBERS} files")
        path = _path(name)
        if path in self._files or path in self._links:
            raise UnsafeSdistError(f"{name} is in it twice")
        return path

    def _grow(self, size: int) -> None:
        if size < 0:
            raise UnsafeSdistError("it has a file of a negative size")
        self._size += size
        if self._size > _MOST_BYTES:
            raise UnsafeSdistError(f"it unpacks to more than {_MOST_BYTES // 2**30} GiB")

    def make_folder(self, path: str) -> None:
        (self._folder / path).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, source: IO[bytes], size: int, mode: int) -> None:
        """Write a file of exactly that size."""
        target = self._folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._files.add(path)
        left = size
        with target.open("xb") as file:
            while left and (part := source.read(min(left, _PART))):
                file.write(part)
                left -= len(part)
            os.fchmod(file.fileno(), mode) if hasattr(os, "fchmod") else None
        if left:
            raise UnsafeSdistError(f"{path} ends too early")

    def date(self, path: str, moment: float) -> None:
        """Set when a file was made."""
        if not math.isfinite(moment):
            raise UnsafeSdistError(f"it cannot be unpacked: {path} was made at no moment")
        os.utime(self._folder / path, (moment, moment))
        self.newest = max(self.newest, int(moment))

    def copy(self, path: str, original: str) -> int:
        """Write what a hard link means: a file that is there already, once more."""
        known = _path(original)
        if known not in self._files:
            raise UnsafeSdistError(f"{path} is a link to {original}, which is not a file of it")
        found = (self._folder / known).stat()
        self._grow(found.st_size)
        with (self._folder / known).open("rb") as source:
            self.write(path, source, found.st_size, stat.S_IMODE(found.st_mode))
        return int(found.st_mtime)

    def note_link(self, path: str, target: str) -> None:
        """Judge a symbolic link, made at the end: up from its folder, then down, never out of the top one."""
        self._links[path] = target
        parts = PurePosixPath(target).parts
        ups = next((place for place, part in enumerate(parts) if part != ".."), len(parts))
        depth = path.count("/")
        inside = not target.startswith(("/", "\\")) and ".." not in parts[ups:] and (ups < depth or not depth)
        if not inside or not target or (not depth and ups) or "\0" in target or len(target) > _LONGEST_PATH:
            raise UnsafeSdistError(f"{path} is a link to {target}, which leads out of it")
        if len(self._links) > _MOST_LINKS:
            raise UnsafeSdistError(f"it holds more than {_MOST_LINKS} links")

    def link(self) -> None:
        """Make the links, and look where each leads."""
        root = os.path.realpath(self._folder)
        for path, target in self._links.items():
            made = self._folder / path
            made.parent.mkdir(parents=True, exist_ok=True)
            if os.path.realpath(made.parent) != str(Path(root, path).parent) or os.path.lexists(made):
                raise UnsafeSdistError(f"{path} is a link below another, or in place of something")
            made.symlink_to(target)
        for path, target in self._links.items():
            if not f"{os.path.realpath(self._folder / path)}/".startswith(f"{root}/"):
                raise UnsafeSdistError(f"{path} is a link to {target}, which leads out of it")


def _path(name: str) -> str:
    """Return a member's name as a path below a folder.

    Raises:
        UnsafeSdistError: it leads elsewhere, or is none that every system can have.
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")):
        raise UnsafeSdistError(f"{name} leads out of it")
    if any(ord(character) < _FIRST_PRINTABLE for character in name):
        raise UnsafeSdistError(f"{name!r} is not the name of a file")
    longest = max((len(os.fsencode(part)) for part in parts), default=0)
    if len(os.fsencode(name)) > _LONGEST_PATH or longest > _LONGEST_NAME or len(parts) > _DEEPEST:
        raise UnsafeSdistError(f"{name[:80]}… is too long a name, or too deep")
    return "/".join(parts)


def _untar(archive: Path, tree: _Tree) -> None:
    with tarfile.open(archive) as tar:
        for member in tar:
            _refuse_odd(tar, member)
            path = tree.count(member.name, member.size if member.isreg() else 0)
            _take(tar, member, path, tree)


def _refuse_odd(tar: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    if member.issparse():
        raise UnsafeSdistError(f"{member.name} is a sparse file")
    if not (member.isreg() or member.isdir() or member.issym() or member.islnk()) or member.type == tarfile.CONTTYPE:
        raise UnsafeSdistError(f"{member.name} is a device or a pipe, or something that no sdist needs")
    headers: Iterable[tuple[str, str]] = [*tar.pax_headers.items(), *member.pax_headers.items()]
    if sum(len(name) + len(value) for name, value in headers) > _MOST_HEADERS:
        raise UnsafeSdistError("it has headers without end")


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, path: str, tree: _Tree) -> None:
    if member.isdir():
        tree.make_folder(path)
    elif member.issym():
        tree.note_link(path, member.linkname)
    elif member.islnk():
        tree.date(path, tree.copy(path, member.linkname))
    else:
        source = tar.extractfile(member)
        if source is None:
            raise UnsafeSdistError(f"{member.name} is not a file")
        tree.write(path, source, member.size, _mode(member.mode))
        tree.date(path, member.mtime)


def _mode(mode: int) -> int:
    """Return a file's mode as PEP 706 has it: its owner's, for nobody else to write, to be run if its owner may."""
    kept = mode & 0o755 | 0o600
    return kept if kept & 0o100 else kept & ~0o111


def _unzip(archive: Path, tree: _Tree) -> None:
    with zipfile.ZipFile(archive) as zipped:
        for entry in zipped.infolist():
            if "\0" in entry.orig_filename or stat.S_IFMT(entry.external_attr >> 16) not in {
                *(0, stat.S_IFREG, stat.S_IFDIR)
            }:
                raise UnsafeSdistError(f"{entry.filename} is a link or a device in a zip archive, or has no name")
            path = tree.count(entry.filename, entry.file_size)
            if entry.is_dir():
                tree.make_folder(path)
                continue
            with zipped.open(entry) as source:
                tree.write(path, source, entry.file_size, 0o644)
            with suppress(ValueError):  # a month 0, as some archives have
                tree.date(path, calendar.timegm((*entry.date_time, 0, 0, 0)))  # zip archives know no time zones


def main(words: list[str]) -> None:
    """Unpack, and answer as JSON: the top folder and its date, or why not."""
    archive, folder, answer = map(Path, words)
    try:
        top, epoch = unpack(archive, folder)
        told: dict[str, object] = {"top": top, "epoch": epoch}
    except UnsafeSdistError as error:
        told = {"refused": str(error)}
    answer.write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
