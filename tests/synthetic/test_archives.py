"""Archives are read by the tools that read real ones."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile

import pytest
import zstandard

from mixlock_hooks.synthetic.archives import render_gzip, render_tar, render_zip, render_zstd

MEMBERS = {"b.txt": b"second", "a/" + "long/" * 40 + "name": b"", "ä": b"\0" * 10}
BLOCK = 128 * 1024


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK])
def test_a_stream_unpacks_to_its_content(size: int) -> None:
    content = bytes(index % 251 for index in range(size))
    assert zstandard.decompress(render_zstd(content)) == content
    assert gzip.decompress(render_gzip(content)) == content


def test_a_gzip_stream_names_no_time_and_no_system() -> None:
    """RFC 1952, 2.3.1: bytes 4 to 7 are MTIME, byte 9 is OS, and 255 is unknown."""
    header = render_gzip(b"content")[:10]
    assert (header[4:8], header[9]) == (bytes(4), 255)


def test_a_zip_keeps_members_in_order() -> None:
    with zipfile.ZipFile(io.BytesIO(render_zip(MEMBERS))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == MEMBERS
        assert archive.namelist() == list(MEMBERS)
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_tar_keeps_members_in_order() -> None:
    with tarfile.open(fileobj=io.BytesIO(render_tar(MEMBERS))) as archive:
        assert archive.getnames() == list(MEMBERS)
        assert {(entry.mtime, entry.uid, entry.gid, entry.mode) for entry in archive} == {(0, 0, 0, 0o644)}
