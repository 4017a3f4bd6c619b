"""Bytes into text: UTF-8 or a problem that points at the first wrong byte."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.text import LARGEST_SPEC, decode
from mixlock_hooks.model.problem import Problem


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param("name: é\r\n".encode(), "name: é\r\n", id="line endings are kept"),
        pytest.param(b"\xef\xbb\xbfname: x", "name: x", id="a byte order mark is dropped"),
        pytest.param(b" " * LARGEST_SPEC, " " * LARGEST_SPEC, id="as large as allowed"),
    ],
)
def test_utf8_is_read(content: bytes, text: str) -> None:
    assert decode(content, "e.yml") == text


@pytest.mark.parametrize(
    ("content", "place", "claim"),
    [
        pytest.param("é".encode("latin-1"), "e.yml:1:1", "not UTF-8 text: byte 0xe9", id="latin-1"),
        pytest.param(b"a: b\n# caf\xe9 x", "e.yml:2:6", "byte 0xe9", id="on a later line"),
        pytest.param(b"# \xc3\xa9\xc3\xa9\xe9", "e.yml:1:5", "byte 0xe9", id="columns count characters"),
        pytest.param(b"\xef\xbb\xbfa\nb\xff", "e.yml:2:2", "byte 0xff", id="behind a byte order mark"),
        pytest.param("a".encode("utf-16"), "e.yml:1:1", "not UTF-8 text: byte 0xff", id="UTF-16"),
        pytest.param(b" " * (LARGEST_SPEC + 1), "e.yml:1:1", "has 4096 KiB; a spec has at most 4096", id="too large"),
    ],
)
def test_what_is_no_text_is_told(content: bytes, place: str, claim: str) -> None:
    problem = decode(content, "e.yml")
    assert isinstance(problem, Problem)
    assert (problem.code, str(problem.place)) == ("MIX001", place)
    assert claim in problem.claim
