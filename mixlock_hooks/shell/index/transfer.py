"""Read an answer of an index within limits: how long the whole of it may take, and how many bytes it may unpack to.

A read timeout alone is no limit: a server that sends one byte at a time never reaches it.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass

import requests
from urllib3.exceptions import HTTPError

_CHUNK = 2**16


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferLimits:
    """What one answer may take: seconds in all, and bytes after decompression."""

    seconds: float
    bytes: int


PAGE = TransferLimits(seconds=120, bytes=128 * 2**20)
"""The largest pages of projects are 40 MB."""
METADATA = TransferLimits(seconds=60, bytes=16 * 2**20)
FILE = TransferLimits(seconds=1800, bytes=4 * 2**30)


class LimitError(requests.RequestException):
    """An answer took longer, or is larger, than it may; the text says which."""


def whole(response: requests.Response, limits: TransferLimits) -> requests.Response:
    """Return a streamed answer with all of its content.

    Raises:
        LimitError: it overran its limits.
        requests.RequestException: the connection broke.
    """
    deadline = time.monotonic() + limits.seconds
    content = bytearray()
    with response:
        while chunk := _read(response):
            content += chunk
            if len(content) > limits.bytes:
                raise LimitError(f"it is larger than {limits.bytes // 2**20} MiB")
            if time.monotonic() > deadline:
                raise LimitError(f"it took longer than {limits.seconds:g} seconds")
    made = requests.Response()
    made.status_code, made.reason, made.url = response.status_code, response.reason, response.url
    made.headers, made.encoding = response.headers, response.encoding
    made.raw = io.BytesIO(content)
    return made


def _read(response: requests.Response) -> bytes:
    """Return what is there, at least a byte; ``iter_content`` would wait for a whole chunk."""
    try:
        chunk: bytes = response.raw.read1(_CHUNK, decode_content=True)
    except HTTPError as error:
        raise requests.ConnectionError(error) from error
    return chunk
