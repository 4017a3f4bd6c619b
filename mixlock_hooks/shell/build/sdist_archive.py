"""Unpack an sdist that nobody vouches for: nothing outside of its folder, no devices, no bomb.

Source: PyPA specifications, source distribution format; PEP 706 (the ``data`` filter of ``tarfile``).
"""

from __future__ import annotations

import calendar
import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_MOST_BYTES = 2 * 2**30
_MOST_MEMBERS = 200_000
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    EOFError,
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


def unpack(content: bytes, folder: Path) -> Path:
    """Unpack an sdist and return its top folder, the only one there may be.

    Raises:
        UnsafeSdistError: it is no archive, or one that cannot be trusted.
    """
    folder.mkdir(parents=True)
    try:
        _unpack(content, folder)
    except _BROKEN as error:
        raise UnsafeSdistError(f"it cannot be unpacked: {error}") from error
    except OSError as error:
        raise UnsafeSdistError(f"it cannot be unpacked: {error.strerror or error}") from error
    tops = [path for path in folder.iterdir() if path.is_dir()]
    if len(tops) != 1:
        raise UnsafeSdistError(f"it holds {len(tops)} folders at its top instead of one")
    if not any((tops[0] / name).is_file() for name in ("pyproject.toml", "setup.py")):
        raise UnsafeSdistError("it holds neither pyproject.toml nor setup.py")
    return tops[0]


def epoch_of(folder: Path) -> int:
    """Return when the newest file of an unpacked sdist was made, as ``SOURCE_DATE_EPOCH`` wants it (seconds)."""
    moments = [int(path.lstat().st_mtime) for path in folder.rglob("*") if path.is_file()]
    return min(max([_FIRST_ZIP_MOMENT, *moments]), _LAST_ZIP_MOMENT)


def _unpack(content: bytes, folder: Path) -> None:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in _bounded(archive):
                extracted = archive.extract(entry, folder)
                with suppress(ValueError):  # a month 0, as some archives have
                    moment = calendar.timegm((*entry.date_time, 0, 0, 0))  # zip archives know no time zones
                    os.utime(extracted, (moment, moment))
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        members = 0
        size = 0
        for member in tar:
            members, size = members + 1, size + member.size
            _refuse_bomb(members, size)
            _refuse_outside(member.name)
            if not (member.isreg() or member.isdir() or member.issym() or member.islnk()):
                raise UnsafeSdistError(f"{member.name} is a device or a pipe")
            _extract(tar, member, folder)


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    if hasattr(tarfile, "data_filter"):
        tar.extract(member, folder, filter="data")
    elif member.issym() or member.islnk():
        raise UnsafeSdistError(f"{member.name} is a link, which this Python cannot unpack safely: take a newer one")
    else:
        tar.extract(member, folder)


def _bounded(archive: zipfile.ZipFile) -> Iterator[zipfile.ZipInfo]:
    size = 0
    for number, entry in enumerate(archive.infolist(), 1):
        size += entry.file_size
        _refuse_bomb(number, size)
        _refuse_outside(entry.filename)
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise UnsafeSdistError(f"{entry.filename} is a link in a zip archive")
        yield entry


def _refuse_bomb(members: int, size: int) -> None:
    if members > _MOST_MEMBERS or size > _MOST_BYTES:
        raise UnsafeSdistError(f"it unpacks to more than {_MOST_BYTES // 2**30} GiB or {_MOST_MEMBERS} files")


def _refuse_outside(name: str) -> None:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or (parts and parts[0].endswith(":")):
        raise UnsafeSdistError(f"{name} leads out of it")
