"""Sentences fit a terminal; a pipe gets them as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.report.excerpt import columns
from mixlock_hooks.report.sentences import sentences


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        pytest.param("nope: no lock; list tells all", 0, ["nope: no lock; list tells all"], id="pipe"),
        pytest.param("nope: no lock; list tells all", 29, ["nope: no lock; list tells all"], id="it fits"),
        pytest.param("nope: no lock; list tells all", 28, ["nope: no lock;", "  list tells all"], id="the way out"),
        pytest.param("  a note of words", 10, ["  a note", "    of", "    words"], id="indented"),
        pytest.param("add by hand:\n  a: b c d", 10, ["add by", "  hand:", "  a: b c d"], id="what is copied"),
        pytest.param("a\nb\n", 40, ["a", "b"], id="lines stay lines"),
    ],
)
def test_sentences_are_folded_for_a_terminal(text: str, width: int, shown: list[str]) -> None:
    assert sentences(text, width).splitlines() == shown


@given(text=st.text(alphabet="abc 日`;\n", max_size=200), width=st.integers(20, 120))
def test_folding_changes_only_white_space(text: str, width: int) -> None:
    told = sentences(text, width)
    assert told.split() == text.split()
    assert all(columns(line) <= width or len(_words(line)) == 1 for line in told.splitlines())


def _words(line: str) -> list[str]:
    """Return the words of a line; short code, which is not folded, is part of one."""
    return [line] if "`" in line else line.split()


@pytest.mark.parametrize("width", [0, 60])
def test_nothing_is_no_line(width: int) -> None:
    assert sentences("", width) == ""
