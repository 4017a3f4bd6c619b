"""A path and a Range header are answered with bytes of the folder, and of nothing outside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.index.loopback import answer_file

if TYPE_CHECKING:
    from pathlib import Path

DIGITS = b"0123456789"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_bytes(b"secret")
    (tmp_path / "root" / "empty").mkdir(parents=True)
    (tmp_path / "root" / "digits").write_bytes(DIGITS)
    (tmp_path / "root" / "index.html").write_bytes(b"home")
    (tmp_path / "root" / "link").symlink_to(tmp_path / "secret.txt")
    return (tmp_path / "root").resolve()


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        pytest.param("/digits", 200, DIGITS, id="a file"),
        pytest.param("/empty/../digits", 200, DIGITS, id="dots within the folder"),
        pytest.param("/", 200, b"home", id="a folder answers its index page"),
        pytest.param("/empty/", 404, b"", id="a folder without one is not listed"),
        pytest.param("/none", 404, b"", id="no such file"),
        pytest.param("/../secret.txt", 404, b"", id="dots do not leave the folder"),
        pytest.param("/link", 404, b"", id="a link does not leave the folder"),
        pytest.param("/\0", 404, b"", id="a null byte names nothing"),
    ],
)
def test_path(root: Path, path: str, status: int, body: bytes) -> None:
    answer = answer_file(root, path)
    assert (answer.status, answer.body) == (status, body)


@pytest.mark.parametrize(
    ("asked", "status", "body", "content_range"),
    [
        ("bytes=2-4", 206, b"234", "bytes 2-4/10"),
        ("bytes=7-", 206, b"789", "bytes 7-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, DIGITS, "bytes 0-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, DIGITS, None),
        ("lines=1-2", 200, DIGITS, None),
    ],
)
def test_range(root: Path, asked: str, status: int, body: bytes, content_range: str | None) -> None:
    answer = answer_file(root, "/digits", asked)
    assert (answer.status, answer.body, answer.headers.get("Content-Range")) == (status, body, content_range)


@pytest.mark.parametrize(("path", "content_type"), [("/", "text/html"), ("/digits", "application/octet-stream")])
def test_content_type(root: Path, path: str, content_type: str) -> None:
    assert answer_file(root, path).headers["Content-Type"] == content_type
