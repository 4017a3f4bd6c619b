"""What a static file server answers: whole files, byte ranges, the index page of a folder, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_CONTENT_TYPES = {".html": "text/html", ".json": "application/json", ".txt": "text/plain"}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)|bytes=-(\d+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A status, a body and the headers other than Content-Length."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_file(directory: Path, path: str, asked_range: str = "") -> Answer:
    """Answer a path below a resolved directory, and the Range header that came with it."""
    file = _locate(directory, path)
    if file is None:
        return Answer(status=HTTPStatus.NOT_FOUND)
    size = file.stat().st_size
    span = _parse_range(asked_range, size)
    content_type = _CONTENT_TYPES.get(file.suffix, "application/octet-stream")
    headers = {"Content-Type": content_type, "Accept-Ranges": "bytes"}
    if span is None:
        return Answer(status=HTTPStatus.OK, body=file.read_bytes(), headers=headers)
    if not span:
        unsatisfied = {"Content-Range": f"bytes */{size}"}
        return Answer(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=unsatisfied)
    headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return Answer(status=HTTPStatus.PARTIAL_CONTENT, body=_read_span(file, span), headers=headers)


def _locate(directory: Path, path: str) -> Path | None:
    if "\0" in path:
        return None
    place = directory / path.lstrip("/")
    file = (place / "index.html" if place.is_dir() else place).resolve()
    return file if file.is_relative_to(directory) and file.is_file() else None


def _parse_range(header: str, size: int) -> range | None:
    """Parse one byte range (RFC 9110, 14.1.2); None is the whole file, an empty range cannot be satisfied."""
    match = _RANGE.fullmatch(header)
    if match is None:
        return None
    first, last, suffix = match.groups()
    if suffix:
        return range(max(0, size - int(suffix)), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _read_span(file: Path, span: range) -> bytes:
    with file.open("rb") as stream:
        stream.seek(span.start)
        return stream.read(len(span))
