"""The loopback server answers files, ranges and faults, and stops when told."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from mixlock_hooks.shell.index.loopback import Fault, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DIGITS = b"0123456789"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "digits").write_bytes(DIGITS)
    (tmp_path / "root" / "a b+c.json").write_bytes(b"{}")
    return tmp_path / "root"


def connect(url: str) -> closing[HTTPConnection]:
    return closing(HTTPConnection(urlsplit(url).netloc, timeout=5))


@pytest.fixture
def connection(root: Path) -> Iterator[HTTPConnection]:
    with serve(root) as url, connect(url) as connection:
        yield connection


def ask(connection: HTTPConnection, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes]:
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        pytest.param("/digits", 200, DIGITS, id="a file"),
        pytest.param("/digits?x=1", 200, DIGITS, id="a query is ignored"),
        pytest.param("/a%20b%2Bc.json", 200, b"{}", id="a quoted name"),
        pytest.param("/../secret.txt", 404, b"", id="dots do not leave the folder"),
        pytest.param("/%2e%2e/secret.txt", 404, b"", id="quoted dots do not leave the folder"),
        pytest.param("/%00", 404, b"", id="a quoted null byte names nothing"),
    ],
)
def test_path(connection: HTTPConnection, path: str, status: int, body: bytes) -> None:
    assert ask(connection, path) == (status, body)


def test_a_range_is_answered(connection: HTTPConnection) -> None:
    assert ask(connection, "/digits", Range="bytes=2-4") == (206, b"234")


def test_head_tells_the_length_without_the_body(connection: HTTPConnection) -> None:
    connection.request("HEAD", "/digits")
    response = connection.getresponse()
    assert (response.getheader("Content-Length"), response.getheader("Accept-Ranges")) == ("10", "bytes")
    assert response.read() == b""


def test_a_connection_is_kept(connection: HTTPConnection) -> None:
    ask(connection, "/digits")
    kept = connection.sock
    assert {ask(connection, "/digits") for _ in range(40)} == {(200, DIGITS)}
    assert connection.sock is kept


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (Fault(status=500), 500, b""),
        (Fault(status=503, body=b"later"), 503, b"later"),
        (Fault(body=b"other"), 200, b"other"),
        (Fault(delay=0.01), 200, DIGITS),
    ],
    ids=["status", "status and body", "body", "delay"],
)
def test_fault(root: Path, fault: Fault, status: int, body: bytes) -> None:
    with serve(root, faults={"/dig": fault, "/": Fault(status=418)}) as url, connect(url) as connection:
        assert ask(connection, "/digits") == (status, body)
        assert ask(connection, "/none") == (418, b"")


def test_faults_are_read_at_every_request(root: Path) -> None:
    faults: dict[str, Fault] = {}
    with serve(root, faults=faults) as url, connect(url) as connection:
        assert ask(connection, "/digits")[0] == 200
        faults["/digits"] = Fault(status=500)
        assert ask(connection, "/digits")[0] == 500


def test_leaving_the_block_ends_requests_that_hang(root: Path) -> None:
    errors: list[Exception] = []

    def hang(url: str) -> None:
        try:
            with connect(url) as connection:
                ask(connection, "/digits")
        except (HTTPException, OSError) as error:
            errors.append(error)

    with serve(root, faults={"/": Fault(delay=3600)}) as url:
        client = threading.Thread(target=hang, args=(url,))
        client.start()
        time.sleep(0.05)
    client.join(timeout=60)
    assert len(errors) == 1


def test_a_client_that_leaves_is_no_noise(root: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (root / "large").write_bytes(bytes(1 << 24))
    with serve(root) as url:
        host, _, port = urlsplit(url).netloc.partition(":")
        with socket.create_connection((host, int(port))) as client:
            client.sendall(b"GET /large HTTP/1.1\r\n\r\n")
            client.recv(1)
        with connect(url) as connection:
            assert ask(connection, "/digits") == (200, DIGITS)
    assert capfd.readouterr() == ("", "")
