"""Problems at a terminal: grouped by file, with the line, carets below it, and the way out on a line of its own."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.report.excerpt import columns, excerpt
from mixlock_hooks.report.framed import framed
from mixlock_hooks.report.screen import Screen, Style

SPEC = ["dependencies:", "  - python=3.12", "  - numpy=1.2.3.", '  - "日本 = ="', "\t- x"]


def _place(line: int, column: int, length: int, path: str = "environment.yml") -> Place:
    return Place(path=path, line=line, column=column, end_line=line, end_column=column + length)


def _problem(place: Place, claim: str = "is wrong", hint: str = "write it right", detail: str = "") -> Problem:
    return Problem(code=Code.NOT_A_MATCH_SPEC, place=place, claim=claim, hint=hint, detail=detail)


def test_problems_are_grouped_by_file_and_a_way_out_is_told_once() -> None:
    problems = [
        _problem(_place(3, 5, 12)),
        _problem(_place(4, 5, 8)),
        _problem(at("mixlock.toml"), claim="cannot be read", hint=""),
    ]
    assert framed(problems, Screen(width=60), lambda _path: SPEC).splitlines() == [
        "environment.yml",
        "  3:5 MIX004 is wrong",
        "     3 |   - numpy=1.2.3.",
        "       |     ^^^^^^^^^^^^",
        "  4:5 MIX004 is wrong",
        '     4 |   - "日本 = ="',
        "       |     ^^^^^^^^^^",
        "      help: write it right",
        "",
        "mixlock.toml",
        "  1:1 MIX004 cannot be read",
        "",
    ]


@pytest.mark.parametrize("severity", Severity)
def test_colours_change_nothing_of_what_is_said(severity: Severity) -> None:
    problems = [_problem(_place(3, 5, 12), detail="a\nCaused by: b").softened(severity)]
    bare = framed(problems, Screen(width=60), lambda _path: SPEC)
    painted = framed(problems, Screen(width=60, color=True), lambda _path: SPEC)
    assert painted != bare
    assert re.sub(r"\x1b\[[\d;]*m", "", painted) == bare


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_wider_than_the_terminal(width: int) -> None:
    claim, hint = "several words that say what is wrong " * 8, "several words that lead out " * 8
    line = "  - tracker @ git+https://git.example/" + "x" * 200
    detail = "├─ an engine's words " + "and more of them " * 8
    told = framed([_problem(_place(1, 5, 190), claim, hint, detail)], Screen(width=width), lambda _path: [line])
    assert max(columns(found) for found in told.splitlines()) <= width


@pytest.mark.parametrize(
    ("place", "shown", "carets"),
    [
        pytest.param(_place(2, 5, 6), "   2 |   - python=3.12", "     |     ^^^^^^", id="a part of a line"),
        pytest.param(at("e.yml", 2, 3), "   2 |   - python=3.12", "     |   ^", id="a place without length"),
        pytest.param(_place(5, 2, 3), "   5 |   - x", "     |   ^^^", id="a tab is two columns"),
        pytest.param(
            Place(path="e.yml", line=2, column=3, end_line=4, end_column=2),
            "   2 |   - python=3.12",
            "     |   ^^^^^^^^^^^^^",
            id="several lines",
        ),
    ],
)
def test_an_excerpt_points(place: Place, shown: str, carets: str) -> None:
    assert excerpt(place, SPEC, Screen(width=80), Style.ERROR) == (shown, carets)


@pytest.mark.parametrize("place", [at("e.yml"), at("e.yml", 9, 1)], ids=["a whole file", "a line that is gone"])
def test_what_is_no_line_has_no_excerpt(place: Place) -> None:
    assert excerpt(place, SPEC, Screen(width=80), Style.ERROR) == ()


@given(
    line=st.text(alphabet="ab 日\u0301\x1b\t:#[", max_size=120),
    column=st.integers(1, 130),
    length=st.integers(0, 130),
    width=st.integers(40, 120),
)
def test_an_excerpt_fits_and_does_nothing_to_a_terminal(line: str, column: int, length: int, width: int) -> None:
    for shown in excerpt(_place(1, column, length), [line], Screen(width=width), Style.ERROR):
        assert shown.isprintable()
        assert columns(shown) <= width


CAUSES = "Request failed\nCaused by: error sending\nCaused by: tcp connect error\nCaused by: refused"


@pytest.mark.parametrize(
    ("detail", "in_full", "shown"),
    [
        pytest.param(CAUSES, False, ["Request failed", "Caused by: refused"], id="the last cause"),
        pytest.param(CAUSES, True, CAUSES.splitlines(), id="all causes for who asks"),
        pytest.param(
            "\n".join("abcdefghijklmnopqr"),
            False,
            [*"abcdefghijklmnop", "… 2 more lines; `-v` shows all"],
            id="the begin",
        ),
        pytest.param("\n".join("abbbbc"), False, [*"abc"], id="once what is said twice in a row"),
        pytest.param("\n".join("x" * 18), True, [*"x" * 18], id="everything for who asks"),
    ],
)
def test_an_engines_words_stand_below_our_sentence(detail: str, in_full: bool, shown: list[str]) -> None:  # noqa: FBT001 - a row
    told = problem_report.text([_problem(at("e.yml"), detail=detail)], Screen(in_full=in_full))
    first, *rest = told.splitlines()
    assert first == "e.yml:1:1: MIX004 is wrong"
    assert rest == [*(f"    {line}" for line in shown), "    write it right"]


def test_the_form_for_programs_is_one_line_also_in_colours() -> None:
    problem = _problem(_place(3, 5, 12)).softened(Severity.WARNING)
    assert problem_report.text([problem]) == "environment.yml:3:5: MIX004 warning: is wrong (write it right)\n"
    painted = problem_report.text([problem], Screen(color=True))
    assert painted == "\x1b[1menvironment.yml:3:5\x1b[0m: \x1b[35mMIX004\x1b[0m warning: is wrong (write it right)\n"


def test_what_check_tells_is_only_counted_for_a_hook_beside_it() -> None:
    drift = Problem(code=Code.REQUIREMENT, place=at("environment.yml", 9), claim="is other", hint="lock")
    note = _problem(at("environment.yml", 8)).softened(Severity.NOTE)
    other = _problem(at("env-b.yml", 2))
    told = problem_report.briefly([_problem(_place(3, 5, 12)), _problem(_place(4, 5, 10)), note, drift, other])
    assert [(str(found.place), found.claim) for found in told] == [
        ("environment.yml:3:5", "2 errors in this file"),
        ("environment.yml:8:1", "is wrong"),
        ("environment.yml:9:1", "is other"),
        ("env-b.yml:2:1", "1 error in this file"),
    ]
