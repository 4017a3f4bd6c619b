"""A folder served over HTTP on 127.0.0.1, for as long as a with block lasts.

What it exists to remember: a body sent apart from its header waits 40 ms for a delayed acknowledgement; a
short listen queue costs a second when an installer opens twenty connections at once; and the standard server
looks its own name up in the DNS before it starts.
"""

from __future__ import annotations

import re
import socket
import socketserver
import sys
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What goes wrong at a path: the answer is late, or has another status, body or headers.

    A status without a body answers an empty one; a body without a status answers 200, whatever range was asked for.
    """

    status: int | None = None
    delay: float = 0.0
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@contextmanager
def serve(directory: Path, *, faults: Mapping[str, Fault] | None = None) -> Iterator[str]:
    """Serve a directory and yield its base URL, `http://127.0.0.1:<port>`.

    `faults` maps a prefix of the path, beginning with a slash, to what goes wrong there; the longest prefix
    counts. It is read at every request. Leaving the block ends requests that still hang.
    """
    folder = directory.resolve()
    with serve_answers(lambda path, asked: answer_file(folder, path, asked), faults=faults) as base:
        yield base


@contextmanager
def serve_answers(
    answer: Callable[[str, str], Answer], *, faults: Mapping[str, Fault] | None = None
) -> Iterator[str]:
    """Serve what a function answers to a path and a ``Range`` header, and yield the base URL; see ``serve``."""
    server = _Server(answer, {} if faults is None else faults)
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_SECONDS,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[str, str], Answer], faults: Mapping[str, Fault]) -> None:
        self.answer = answer
        self.faults = faults
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)  # HTTPServer's own asks the DNS for a name
        self.server_name, self.server_port = "127.0.0.1", self.socket.getsockname()[1]

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # a client that leaves is no error of ours
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def fault_at(self, path: str) -> Fault:
        prefix = max((prefix for prefix in self.faults if path.startswith(prefix)), key=len, default=None)
        return Fault() if prefix is None else self.faults[prefix]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # header and body leave together, when the request is done

    def do_GET(self) -> None:
        path = unquote(self.path.partition("?")[0])
        fault = self.server.fault_at(path)
        if self.server.stopping.wait(fault.delay):
            self.close_connection = True
            return
        asked_range = self.headers.get("Range", "")
        self._send(_faulty_answer(fault) or self.server.answer(path, asked_range))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        pass


def _faulty_answer(fault: Fault) -> Answer | None:
    if fault.status is None and fault.body is None:
        return None
    return Answer(status=fault.status or HTTPStatus.OK, body=fault.body or b"", headers=fault.headers)


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
