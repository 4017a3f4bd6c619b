"""Output cannot speak to its reader's tools: hostile names in every report, in every form."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import State
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager
from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.model.package_change import ChangeKind, LockDelta, PackageChange
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.wheelhouse import WheelhouseResult
from mixlock_hooks.model.why import Reason
from mixlock_hooks.report import changes, environments, lock, lock_deltas, neutral, problems, wheelhouse, why
from mixlock_hooks.report.framed import framed
from mixlock_hooks.report.screen import Screen
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "::set-env::x\x1b[31m\r\n::error::##[group]\x9b##vso[task]\u202e `|<b>@me](https://evil.example)"
_PLATFORM = Subdir(HOSTILE)
_PACKAGE = LockedPackage(
    name=HOSTILE, version=HOSTILE, manager=Manager.PIP, platform=_PLATFORM, dependencies={}, url=HOSTILE, sha256="0"
)
_CHANGE = PackageChange(
    kind=ChangeKind.ADDED, manager=Manager.PIP, name=HOSTILE, before="", after=HOSTILE, platforms=(_PLATFORM,)
)
_PROBLEM = Problem(
    code=Code.HOST,
    place=at(HOSTILE),
    claim=HOSTILE,
    hint=HOSTILE,
    detail=HOSTILE,
    environment=EnvironmentName(HOSTILE),
    platform=_PLATFORM,
)


def _delta() -> LockDelta:
    return LockDelta(
        environment=EnvironmentName(HOSTILE),
        platforms=(_PLATFORM, Subdir("linux-64")),
        changes=(_CHANGE,),
        new_platforms=(_PLATFORM,),
        lost_platforms=(_PLATFORM,),
        hosts=(HOSTILE,),
        sdists=(_PACKAGE,),
    )


def _row() -> environments.Row:
    spec = merge(environment_yml.parse("dependencies: [python]", "e.yml"), Settings())
    named = replace(spec, name=EnvironmentName(HOSTILE), place=at(HOSTILE))
    return environments.Row(environment=named, lock_dir=HOSTILE, lockfile=HOSTILE, state=State.FRESH)


def _problems_in_a_row() -> list[Problem]:
    marked = Place(path=HOSTILE, line=1, column=3, end_line=1, end_column=9)
    return [_PROBLEM, replace(_PROBLEM, place=marked, claim=f"x {HOSTILE} " * 5, hint=f"y {HOSTILE} " * 5)]


def _reports() -> Iterator[tuple[str, str]]:
    lockfile = Lockfile(packages=(_PACKAGE,), channels=(HOSTILE,), platforms=(_PLATFORM,), content_hash={}, facts={})
    reason = Reason(package=_PACKAGE, platforms=(_PLATFORM,), chains=())
    failed = WheelhouseResult(environment=EnvironmentName(HOSTILE), failed=HOSTILE, problems=(_PROBLEM,))
    yield from ((f"problems {form}", problems.render(form, [_PROBLEM])) for form in problems.FORMS)
    yield from ((f"diff {form}", render([_delta()])) for form, render in lock_deltas.FORMS.items())
    yield from ((f"why {form}", render([reason])) for form, render in why.FORMS.items())
    yield from ((f"show {form}", lock.render(form, HOSTILE, lockfile)) for form in ("text", "json"))
    yield from (
        (f"list {form}", environments.render(form, [_row()], {HOSTILE: HOSTILE})) for form in ("text", "json")
    )
    narrow = Screen(width=20)
    yield "problems on a terminal", framed(_problems_in_a_row(), narrow, lambda _path: [HOSTILE])
    yield "list on a terminal", environments.render("text", [_row()], {HOSTILE: HOSTILE}, narrow)
    yield "lock text", changes.text([_CHANGE])
    yield "wheelhouse text", wheelhouse.text(replace(failed, failed="", problems=(), written=(HOSTILE,)))
    yield "wheelhouse problems", wheelhouse.problems(failed)
    yield "wheelhouse unneeded", wheelhouse.unneeded([HOSTILE])


REPORTS = dict(_reports())
_OURS = re.compile(r"::error file=[^:]*,line=1,col=1,title=MIX213::.*\n")


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_a_report_does_nothing_to_a_terminal_or_a_log(report: str) -> None:
    shown = _OURS.sub("", report)
    assert "evil.example" in report
    assert [letter for letter in shown if not (letter.isprintable() or letter == "\n")] == []
    assert [line for line in shown.splitlines() if line.lstrip().startswith("::") or "##[" in line] == []
    assert "##vso[" not in shown


def test_an_annotation_is_one_command() -> None:
    (line,) = problems.github([_PROBLEM]).splitlines()
    assert line.count("::error ") == 1
    _empty, properties, _message = line.split("::", 2)
    assert "\x1b" not in line
    assert properties.count(",") == 3


def test_markdown_quotes_every_name() -> None:
    without_code = re.sub(r"`[^`]*`", "", REPORTS["diff markdown"])
    assert "evil" not in without_code
    assert "<b>" not in without_code


@pytest.mark.parametrize("report", [report for name, report in REPORTS.items() if name.endswith("json")])
def test_json_says_what_is_there(report: str) -> None:
    assert HOSTILE in list(_texts(json.loads(report)))


def _texts(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from (key, *_texts(value))
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)
    elif isinstance(document, str):
        yield document


@given(st.text())
def test_a_line_is_one_and_does_nothing(text: str) -> None:
    shown = neutral.line(text)
    assert shown.isprintable()
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    assert neutral.line(shown) == shown


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_is_the_same_document(document: object) -> None:
    rendered = neutral.json_text(document)
    assert json.loads(rendered) == document
    assert all(letter.isprintable() or letter == "\n" for letter in rendered)
