"""Archives whose bytes follow from their members alone.

No clock, no user, no operating system and no compressor leaves a trace. Files are stored, not compressed: two
releases of zlib or zstd may press the same bytes differently, and a lockfile would then hold another hash.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_LINKS: Mapping[str, str] = MappingProxyType({})
_UNIX = 3
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_ZSTD_SINGLE_SEGMENT = b"\xe0"  # eight bytes of content size follow, no window, no checksum, no dictionary
_ZSTD_BLOCK_SIZE = 128 * 1024


def render_zip(members: Mapping[str, bytes]) -> bytes:
    """Render a zip archive with the members in the order given, dated 1980-01-01."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(_zip_entry(name), content)
    return buffer.getvalue()


def _zip_entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = _UNIX
    entry.external_attr = 0o100644 << 16
    return entry


def render_tar(members: Mapping[str, bytes], links: Mapping[str, str] = _NO_LINKS) -> bytes:
    """Render a tar archive with the members in the order given, dated 1970; what lies in `bin/` is a program.

    Args:
        members: contents by path.
        links: what symbolic links lead to, by path.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mode = 0o755 if name.startswith("bin/") else 0o644
            archive.addfile(entry, io.BytesIO(content))
        for name, target in links.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            archive.addfile(entry)
    return buffer.getvalue()


def render_gzip(content: bytes) -> bytes:
    """Render content as a gzip stream of stored blocks, dated 0."""
    buffer = io.BytesIO()
    # Not gzip.compress: its header names the operating system in some releases of Python.
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=0, mtime=0) as stream:
        stream.write(content)
    return buffer.getvalue()


def render_zstd(content: bytes) -> bytes:
    """Render content as one Zstandard frame of raw blocks.

    RFC 8878, 3.1.1.2.2: "Raw_Block - This is an uncompressed block. Block_Content contains Block_Size bytes."
    """
    size = len(content).to_bytes(8, "little")
    starts = range(0, len(content), _ZSTD_BLOCK_SIZE) or range(1)
    *blocks, last = (content[start : start + _ZSTD_BLOCK_SIZE] for start in starts)
    raw_blocks = (*(_zstd_raw_block(block, last=False) for block in blocks), _zstd_raw_block(last, last=True))
    return b"".join((_ZSTD_MAGIC, _ZSTD_SINGLE_SEGMENT, size, *raw_blocks))


def _zstd_raw_block(content: bytes, *, last: bool) -> bytes:
    # RFC 8878, 3.1.1.2: Last_Block is bit 0, Block_Type bits 1-2 (0 is raw), Block_Size bits 3-23.
    return (len(content) << 3 | last).to_bytes(3, "little") + content
