"""Core metadata as they stand in wheels and sdists, which strangers made."""

from __future__ import annotations

import io
import lzma
import tarfile
import zipfile
import zlib
from contextlib import suppress

from mixlock_hooks.formats import core_metadata

_BROKEN = (tarfile.TarError, zipfile.BadZipFile, OSError, EOFError, zlib.error, lzma.LZMAError)
"""What reading an archive raises that is none, or only a part of one."""
_MOST_METADATA, _MOST_UNPACKED = 4 * 2**20, 2**30
"""Bytes of metadata, and of an sdist that is searched for them; what is larger counts as having none."""


def wheel_metadata(wheel: zipfile.ZipFile) -> str:
    """Return the METADATA of a wheel; a ``KeyError`` where it has none."""
    name = next(core_metadata.members(wheel.namelist()), "")
    return wheel.read(name).decode("utf-8", "replace")


def pkg_info(sdist: bytes) -> str:
    """Return the PKG-INFO at the top of an sdist; empty where it has none or is no archive we know."""
    with (
        suppress(*_BROKEN),
        tarfile.open(fileobj=io.BytesIO(sdist)) as archive,
    ):
        for member in archive:
            if member.offset_data + member.size > _MOST_UNPACKED:
                return ""
            if member.isreg() and member.name.count("/") == 1 and member.name.endswith("/PKG-INFO"):
                found = archive.extractfile(member)
                return found.read(_MOST_METADATA).decode("utf-8", "replace") if found else ""
    with (
        suppress(*_BROKEN),
        zipfile.ZipFile(io.BytesIO(sdist)) as archive_zip,
    ):
        for name in archive_zip.namelist():
            if name.count("/") == 1 and name.endswith("/PKG-INFO"):
                with archive_zip.open(name) as entry:
                    return entry.read(_MOST_METADATA).decode("utf-8", "replace")
    return ""
