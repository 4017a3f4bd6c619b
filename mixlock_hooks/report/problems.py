"""Problems as text, JSON and GitHub annotations."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.problem import Severity
from mixlock_hooks.report import gitlab, neutral, sarif
from mixlock_hooks.report.count import counted
from mixlock_hooks.report.framed import STYLES, framed
from mixlock_hooks.report.platforms import with_platforms
from mixlock_hooks.report.screen import PLAIN, Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.report.framed import Source
    from mixlock_hooks.report.screen import Screen

VERSION = 1
"""The version of the JSON output."""
_PLACE_AND_CODE = re.compile(
    r"^(?P<place>\S.*?:\d+:\d+): (?P<code>MIX\d+)(?= ((?P<weight>warning|note): )?)", re.MULTILINE
)


def text(problems: Sequence[Problem], screen: Screen = PLAIN) -> str:
    """Render ``path:line:col: CODE claim (hint)``, one line a problem."""
    shown = neutral.lines(line for problem in with_platforms(problems, screen) for line in _lines(problem))
    return _PLACE_AND_CODE.sub(lambda found: _painted(found, screen), shown) if screen.color else shown


def shown(problems: Sequence[Problem], screen: Screen, source: Source) -> str:
    """Render problems as text: on a terminal with the lines of files that they are about, else one line each."""
    return framed(problems, screen, source) if screen.width else text(problems, screen)


def _painted(found: re.Match[str], screen: Screen) -> str:
    style = STYLES[Severity(found["weight"] or Severity.ERROR)]
    return f"{screen.paint(found['place'], Style.TITLE)}: {screen.paint(found['code'], style)}"


def _lines(problem: Problem) -> Iterator[str]:
    weight = "" if problem.severity is Severity.ERROR else f"{problem.severity.value}: "
    line = " ".join(f"{problem.place}: {problem.code} {weight}{problem.claim}".split("\n"))
    if problem.detail:
        yield from (line, *(f"    {words}" for words in problem.detail.splitlines()), f"    {problem.hint}")
    else:
        yield f"{line} ({problem.hint})" if problem.hint else line


def json_text(problems: Sequence[Problem], **more: object) -> str:
    """Render the documented JSON: ``version``, ``problems``, and what the command adds."""
    document = {"version": VERSION, "problems": [as_mapping(problem) for problem in problems], **more}
    return neutral.json_text(document)


def as_mapping(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON holds it."""
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "path": problem.place.path,
        "line": problem.place.line,
        "column": problem.place.column,
        "end_line": problem.place.end_line,
        "end_column": problem.place.end_column,
        "environment": problem.environment,
        "platform": problem.platform,
        "message": problem.claim,
        "hint": problem.hint,
        **({"detail": problem.detail} if problem.detail else {}),
    }


_GITHUB_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def github(problems: Sequence[Problem]) -> str:
    """Render GitHub's workflow commands, which become annotations on a pull request."""
    return "".join(f"{_annotation(problem)}\n" for problem in problems)


def _annotation(problem: Problem) -> str:
    place = problem.place
    fields = {"file": place.path, "line": place.line, "col": place.column, "title": problem.code}
    shown = ",".join(f"{key}={_escaped(str(value))}" for key, value in fields.items())
    where = f" [{problem.platform}]" if problem.platform else ""
    message = problem.claim + where + (f" ({problem.hint})" if problem.hint else "")
    data = "%0A".join(neutral.line(line).replace("%", "%25") for line in message.split("\n"))
    return f"::{_GITHUB_WORDS[problem.severity]} {shown}::{data}"


def _escaped(value: str) -> str:
    shown = neutral.line(value)
    for raw, escape in (("%", "%25"), (":", "%3A"), (",", "%2C")):
        shown = shown.replace(raw, escape)
    return shown


def render(form: str, problems: Sequence[Problem], **more: object) -> str:
    """Render problems in one of the forms of ``--format``."""
    if form == "json":
        return json_text(problems, **more)
    return FORMS[form](problems)


FORMS: Mapping[str, Callable[[Sequence[Problem]], str]] = {
    "text": text,
    "json": json_text,
    "github": github,
    "sarif": sarif.render,
    "gitlab": gitlab.render,
}


def briefly(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return problems, the errors that ``mixlock check`` tells counted once a file: for hooks that run beside it."""
    of_specs: dict[str, list[Problem]] = {}
    for problem in problems:
        if _is_told_by_check(problem):
            of_specs.setdefault(problem.place.path, []).append(problem)
    counted = {path: _counted(found) for path, found in of_specs.items()}
    return tuple(
        counted.pop(problem.place.path) if _is_told_by_check(problem) else problem
        for problem in problems
        if not _is_told_by_check(problem) or problem.place.path in counted
    )


def _is_told_by_check(problem: Problem) -> bool:
    return problem.severity is Severity.ERROR and problem.code < "MIX2"


def _counted(found: Sequence[Problem]) -> Problem:
    return replace(found[0], claim=f"{counted(len(found), 'error')} in this file", hint="`mixlock check` explains")


def tally(problems: Sequence[Problem]) -> str:
    """Say how many problems of each weight there are, for a person."""
    counts = {severity: sum(problem.severity is severity for problem in problems) for severity in Severity}
    words = [counted(n, severity.value) for severity, n in counts.items() if n]
    return ", ".join(words) or "no problems"


def heaviest(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Return problems, those that weigh most first."""
    return sorted(problems, key=lambda problem: list(Severity).index(problem.severity))
