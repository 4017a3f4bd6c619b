"""What one side changed goes over what the other left alone."""

from __future__ import annotations

import pytest

from mixlock_hooks.rules.three_way import Joined, join

BASE = {"a": "1", "b": "1", "c": "1"}
ROWS = {
    "nobody": (BASE, BASE, BASE),
    "ours changed": ({**BASE, "a": "2"}, BASE, {**BASE, "a": "2"}),
    "theirs changed": (BASE, {**BASE, "a": "2"}, {**BASE, "a": "2"}),
    "each another": ({**BASE, "a": "2"}, {**BASE, "b": "2"}, {"a": "2", "b": "2", "c": "1"}),
    "both alike": ({**BASE, "a": "2"}, {**BASE, "a": "2"}, {**BASE, "a": "2"}),
    "ours added": ({**BASE, "d": "1"}, BASE, {**BASE, "d": "1"}),
    "each added": ({**BASE, "d": "1"}, {**BASE, "e": "1"}, {**BASE, "d": "1", "e": "1"}),
    "ours removed": ({"b": "1", "c": "1"}, BASE, {"b": "1", "c": "1"}),
    "theirs removed": (BASE, {"b": "1", "c": "1"}, {"b": "1", "c": "1"}),
    "both removed": ({"b": "1", "c": "1"}, {"b": "1", "c": "1"}, {"b": "1", "c": "1"}),
}


@pytest.mark.parametrize(("ours", "theirs", "merged"), ROWS.values(), ids=ROWS)
def test_a_merge(ours: dict[str, str], theirs: dict[str, str], merged: dict[str, str]) -> None:
    assert join(BASE, ours, theirs) == Joined(agreed=merged, disputed={})


@pytest.mark.parametrize(
    ("ours", "theirs", "disputed"),
    [
        pytest.param({**BASE, "a": "2"}, {**BASE, "a": "3"}, {"a": ("2", "3")}, id="both changed"),
        pytest.param(
            {**BASE, "a": "2"}, {"b": "1", "c": "1"}, {"a": ("2", None)}, id="one changed what the other removed"
        ),
        pytest.param({**BASE, "d": "1"}, {**BASE, "d": "2"}, {"d": ("1", "2")}, id="both added"),
    ],
)
def test_a_dispute(
    ours: dict[str, str], theirs: dict[str, str], disputed: dict[str, tuple[str | None, str | None]]
) -> None:
    joined = join(BASE, ours, theirs)
    assert joined.disputed == disputed
    assert joined.resolved(lambda mine, _other: mine) == ours
    assert joined.resolved(lambda _mine, other: other) == theirs
