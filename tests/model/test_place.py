"""Places are told as editors count, and problems come in their order, each once."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem, Severity, has_errors, in_order

_ENTRY = Place(path="e.yml", line=3, column=5, end_line=3, end_column=12)


def _problem(code: Code, line: int, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(code=code, place=at("e.yml", line), claim="c", severity=severity)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        pytest.param(at("e.yml"), "e.yml:1:1", id="a file is its first character"),
        pytest.param(_ENTRY, "e.yml:3:5", id="a stretch is its beginning"),
        pytest.param(_ENTRY.within(2), "e.yml:3:7", id="within one line, an offset is added"),
    ],
)
def test_a_place_is_shown_as_path_line_column(place: Place, shown: str) -> None:
    assert str(place) == shown


@pytest.mark.parametrize(
    ("offset", "length", "end"),
    [
        pytest.param(2, 0, 12, id="without a length the end stays"),
        pytest.param(2, 3, 10, id="a length gives the end"),
        pytest.param(20, 0, 25, id="the end is never before the start"),
    ],
)
def test_the_end_within(offset: int, length: int, end: int) -> None:
    assert _ENTRY.within(offset, length).end_column == end


def test_a_place_over_several_lines_is_not_pointed_into() -> None:
    block = Place(path="e.yml", line=3, column=5, end_line=5, end_column=1)
    assert block.within(4) == block


def test_problems_are_sorted_by_place_then_code_and_told_once() -> None:
    asked = [(Code.BOTH_MANAGERS, 2), (Code.VERSION_CONTROL, 10), (Code.VERSION_CONTROL, 2), (Code.BOTH_MANAGERS, 2)]
    problems = [_problem(code, line) for code, line in asked]
    shown = [(problem.place.line, problem.code) for problem in in_order(problems)]
    assert shown == [(2, "MIX101"), (2, "MIX106"), (10, "MIX101")]


@pytest.mark.parametrize(("severity", "fails"), [("error", True), ("warning", False), ("note", False)])
def test_only_an_error_fails(severity: str, *, fails: bool) -> None:
    assert has_errors([_problem(Code.VERSION_CONTROL, 1, Severity(severity))]) is fails
