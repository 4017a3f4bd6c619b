"""Problems as text, JSON and GitHub annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.problem import Severity
from mixlock_hooks.report import gitlab, neutral, sarif

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.problem import Problem

LONGEST_DETAIL = 16
"""Lines of an engine's explanation that are shown."""
VERSION = 1
"""The version of the JSON output."""


def text(problems: Sequence[Problem]) -> str:
    """Render ``path:line:col: CODE claim (hint)``, one line a problem."""
    return neutral.lines(line for problem in problems for line in _lines(problem))


def _lines(problem: Problem) -> Iterator[str]:
    weight = "" if problem.severity is Severity.ERROR else f"{problem.severity.value}: "
    where = f" [{problem.platform}]" if problem.platform else ""
    line = " ".join(f"{problem.place}: {problem.code} {weight}{problem.claim}{where}".split("\n"))
    if problem.detail:
        yield from (line, *_indented(problem.detail), f"    {problem.hint}")
    else:
        yield f"{line} ({problem.hint})" if problem.hint else line


def _indented(detail: str) -> list[str]:
    """Indent an engine's words, cut where nobody reads on."""
    lines = [f"    {line}" for line in detail.splitlines() if line.strip()]
    return lines if len(lines) <= LONGEST_DETAIL else [*lines[:LONGEST_DETAIL], "    …"]


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


def tally(problems: Sequence[Problem]) -> str:
    """Say how many problems of each weight there are, for a person."""
    counts = {severity: sum(problem.severity is severity for problem in problems) for severity in Severity}
    words = [f"{n} {severity.value}{'s' if n > 1 else ''}" for severity, n in counts.items() if n]
    return ", ".join(words) or "no problems"
