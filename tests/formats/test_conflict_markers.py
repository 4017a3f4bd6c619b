"""The markers of a merge, and the two sides of a file that has them."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import conflict_markers

ROWS = {
    "no conflict": ("a\nb\n", 0, "a\nb\n", "a\nb\n"),
    "one": ("a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n", 2, "a\nb\nd\n", "a\nc\nd\n"),
    "with the base (diff3)": ("<<<<<<< x\nb\n||||||| z\nq\n=======\nc\n>>>>>>> y\n", 1, "b\n", "c\n"),
    "two": (
        "<<<<<<< x\n1\n=======\n2\n>>>>>>> y\n-\n<<<<<<< x\n3\n=======\n>>>>>>> y\n",
        1,
        "1\n-\n3\n",
        "2\n-\n",
    ),
    "of Windows": ("<<<<<<< x\r\nb\r\n=======\r\nc\r\n>>>>>>> y\r\n", 1, "b\r\n", "c\r\n"),
    "an underline is none of its own": ("title\n=======\n", 2, "title\n=======\n", "title\n=======\n"),
}


@pytest.mark.parametrize(("text", "line", "ours", "theirs"), ROWS.values(), ids=ROWS)
def test_both_sides_are_told_apart(text: str, line: int, ours: str, theirs: str) -> None:
    content = text.encode()
    assert conflict_markers.first_line(content) == line
    assert conflict_markers.side(content, "ours") == ours.encode()
    assert conflict_markers.side(content, "theirs") == theirs.encode()
