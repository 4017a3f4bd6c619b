"""Odd flows are read, or told at a place in them; what the real packages hold is compared in ``tests/real``."""

from __future__ import annotations

import pytest

from tests.formats.metaflow.every_odd_flow import READ, REFUSED
from tests.formats.metaflow.odd_flows import files
from tests.formats.metaflow.reading import PATH, problems, read


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in READ.items()])
def test_what_can_be_read_is_read(text: str) -> None:
    found = files(text)
    assert problems(read(found[PATH], found)) == []


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in REFUSED.items()])
def test_what_cannot_be_read_is_told_at_a_line_of_a_file(text: str) -> None:
    found = files(text)
    told = [problem for problem in problems(read(found[PATH], found)) if problem.code == "MIX007"]
    assert told
    for problem in told:
        assert 1 <= problem.place.line <= len(found[problem.place.path].splitlines())
