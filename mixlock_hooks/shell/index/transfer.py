"""Read an answer of an index within limits: how long the whole of it may take, and how many bytes it may unpack to.

A read timeout alone is no limit: a server that sends one byte at a time never reaches it.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar, cast

import requests
from urllib3.exceptions import HTTPError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

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


def within(seconds: float, call: Callable[[], T]) -> T:
    """Return what a call gives, if it ends in time: a server that drips its headers is never silent.

    The call goes on in a thread of its own until its connection ends, which nobody waits for.

    Raises:
        LimitError: it took longer.
    """
    ended: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            ended.put((call(), None))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            ended.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        value, error = ended.get(timeout=seconds)
    except Empty:
        raise LimitError(f"it took longer than {seconds:g} seconds") from None
    if error is not None:
        raise error
    return cast("T", value)


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
