"""A number and its noun agree."""

from __future__ import annotations

import pytest

from mixlock_hooks.report.count import counted


@pytest.mark.parametrize(("number", "told"), [(0, "0 packages"), (1, "1 package"), (2, "2 packages")])
def test_a_noun_takes_an_s_unless_there_is_one(number: int, told: str) -> None:
    assert counted(number, "package") == told
