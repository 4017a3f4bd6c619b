"""Read a wheel: its name, version and tags, and which glibc its libraries need.

Source: PyPA specifications, binary distribution format.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from mixlock_hooks.formats import core_metadata

if TYPE_CHECKING:
    from pathlib import Path

    from packaging.tags import Tag

_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, RuntimeError, ValueError)
_GLIBC = re.compile(rb"GLIBC_(\d+)\.(\d+)\b")
_PART = 2**20
_LONGEST_NAME = 32
_ELF = b"\x7fELF"


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
        raise NotAWheelError(f"{file.name} is no name of a wheel") from error
    try:
        with zipfile.ZipFile(file) as archive:
            agrees = core_metadata.is_of(_metadata(archive), file.name)
            glibc = max((_glibc(archive, entry) for entry in archive.infolist()), default=(0, 0))
    except _BROKEN as error:
        raise NotAWheelError(f"{file.name} is no wheel: {error}") from error
    if not agrees:
        raise NotAWheelError(f"{file.name} holds the metadata of something else")
    return WheelFacts(name=name, version=str(version), tags=tags, glibc=glibc)


def metadata_of(file: Path) -> str:
    """Return a wheel's core metadata.

    Raises:
        NotAWheelError: it is none.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            return _metadata(archive)
    except _BROKEN as error:
        raise NotAWheelError(f"{file.name} is no wheel: {error}") from error


def _metadata(archive: zipfile.ZipFile) -> str:
    found = list(core_metadata.members(archive.namelist()))
    if len(found) != 1:
        raise KeyError("it has no metadata, or several")
    return archive.read(found[0]).decode("utf-8", "replace")


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
