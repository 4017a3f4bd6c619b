"""Problems as GitLab's code quality report.

GitLab reads no more than description, check name, fingerprint, severity, path and first line; it keeps one finding
of those with equal fingerprints, and leaves off at the first that it cannot read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.problem import Severity
from mixlock_hooks.report import neutral
from mixlock_hooks.report.identity import identities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem

_WEIGHTS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(problems: Sequence[Problem]) -> str:
    """Render an array of findings."""
    found = zip(problems, identities(problems), strict=True)
    findings = [_finding(problem, identity) for problem, identity in found]
    return neutral.json_text(findings)


def _finding(problem: Problem, identity: str) -> dict[str, Any]:
    return {
        "description": _description(problem),
        "check_name": problem.code,
        "fingerprint": identity,
        "severity": _WEIGHTS[problem.severity],
        "location": {"path": problem.place.path, **_stretch(problem.place)},
    }


def _description(problem: Problem) -> str:
    """Return claim, platform and hint: nothing else of a finding could tell the platform."""
    where = f" [{problem.platform}]" if problem.platform else ""
    return neutral.line(f"{problem.claim}{where}" + (f" ({problem.hint})" if problem.hint else ""))


def _stretch(place: Place) -> dict[str, Any]:
    """Return the lines, which GitLab reads, and the columns, which other readers of Code Climate's form do."""
    begin = {"line": place.line, "column": place.column}
    end = {"line": place.end_line, "column": place.end_column}
    return {"lines": {"begin": place.line, "end": place.end_line}, "positions": {"begin": begin, "end": end}}
