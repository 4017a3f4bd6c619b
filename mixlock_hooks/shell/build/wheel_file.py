"""Read a wheel: its name, version and tags, and which glibc its libraries need.

Source: PyPA specifications, binary distribution format.
"""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from mixlock_hooks.formats import core_metadata

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.tags import Tag

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    KeyError,
    RuntimeError,
    ValueError,
    OverflowError,
)
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)\b")
_PART = 2**20
_LONGEST_NAME = 32
_FILES_AND_FOLDERS = (0, stat.S_IFREG, stat.S_IFDIR)
_ELF = b"\x7fELF"
_MOST_BYTES, _MOST_MEMBERS, _MOST_METADATA = 4 * 2**30, 200_000, 4 * 2**20


class NotAWheelError(ValueError):
    """A file is no wheel; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelFacts:
    """What a wheel says of itself; ``glibc`` is the newest that a library in it needs, ``(0, 0)`` for none."""

    name: str
    version: str
    tags: frozenset[Tag]
    glibc: tuple[int, int]


def read_wheel(file: Path) -> WheelFacts:
    """Read a wheel, whose name and metadata must agree.

    Raises:
        NotAWheelError: it is none, or its metadata are of another project or version.
    """
    try:
        name, version, _build, tags = parse_wheel_filename(file.name)
    except InvalidWheelFilename as error:
        raise NotAWheelError(f"{file.name} is not the name of a wheel") from error
    try:
        with zipfile.ZipFile(file) as archive:
            _refuse_unsafe(archive)
            agrees = core_metadata.is_of(_metadata(archive), file.name)
            glibc = max((_glibc(archive, entry) for entry in archive.infolist()), default=(0, 0))
    except _BROKEN as error:
        raise NotAWheelError(f"{file.name} is not a wheel: {error}") from error
    if not agrees:
        raise NotAWheelError(f"{file.name} holds the metadata of something else")
    return WheelFacts(name=name, version=str(version), tags=tags, glibc=glibc)


def metadata_of_wheel(file: Path) -> str:
    """Return a wheel's core metadata.

    Raises:
        NotAWheelError: it is none.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _metadata(archive)
    except _BROKEN as error:
        raise NotAWheelError(f"{file.name} is not a wheel: {error}") from error


def _metadata(archive: zipfile.ZipFile) -> str:
    found = list(core_metadata.members(archive.namelist()))
    if len(found) != 1:
        raise KeyError("it has no metadata, or several")
    with archive.open(found[0]) as member:
        content = member.read(_MOST_METADATA + 1)
    if len(content) > _MOST_METADATA:
        raise ValueError(f"its metadata are larger than {_MOST_METADATA // 2**20} MiB")
    return content.decode("utf-8", "replace")


def _refuse_unsafe(archive: zipfile.ZipFile) -> None:
    """Refuse what no installer should meet: names that lead out, names twice, links, and bombs."""
    entries = archive.infolist()
    if len(entries) > _MOST_MEMBERS or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        raise ValueError(f"it unpacks to more than {_MOST_BYTES // 2**30} GiB or {_MOST_MEMBERS} files")
    if len({entry.filename for entry in entries}) != len(entries):
        raise ValueError("a file is in it twice")
    for entry in entries:
        name = entry.orig_filename
        parts = name.replace("\\", "/").split("/")
        if name.startswith(("/", "\\")) or ".." in parts or "\0" in name or parts[0].endswith(":"):
            raise ValueError(f"{name!r} leads out of it")
        if stat.S_IFMT(entry.external_attr >> 16) not in _FILES_AND_FOLDERS:
            raise ValueError(f"{name!r} is a link or a device")


def _glibc(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    if ".so" not in entry.filename:
        return (0, 0)
    newest = (0, 0)
    with archive.open(entry) as library:
        part = library.read(_PART)
        if not part.startswith(_ELF):
            return newest
        while part:
            newest = max([newest, *((int(found[1]), int(found[2])) for found in _GLIBC.finditer(part))])
            more = library.read(_PART)
            part = part[-_LONGEST_NAME:] + more if more else b""
    return newest
