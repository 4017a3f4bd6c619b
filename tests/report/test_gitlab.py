"""GitLab's code quality report: what GitLab asks of each finding, and a fingerprint of its own for each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from mixlock_hooks.commands import main
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.report import sarif
from mixlock_hooks.report.gitlab import render

if TYPE_CHECKING:
    from tests.conftest import Repository

_TEXT = {"type": "string", "minLength": 1}
_NUMBER = {"type": "integer", "minimum": 1}
_POINT = {"type": "object", "properties": {"line": _NUMBER, "column": _NUMBER}, "required": ["line", "column"]}
_LOCATION = {
    "type": "object",
    "properties": {
        "path": {**_TEXT, "pattern": "^[^/.]"},
        "lines": {"type": "object", "properties": {"begin": _NUMBER, "end": _NUMBER}, "required": ["begin"]},
        "positions": {"type": "object", "properties": {"begin": _POINT, "end": _POINT}, "required": ["begin"]},
    },
    "required": ["path", "lines"],
}
REPORT = Draft202012Validator(
    {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "description": _TEXT,
                "check_name": _TEXT,
                "fingerprint": _TEXT,
                "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
                "location": _LOCATION,
            },
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
        },
    }
)
"""https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

PLACE = Place(path="my envs/environment ü.yml", line=7, column=7, end_line=8, end_column=3)
PROBLEM = Problem(code=Code.REQUIREMENT, place=PLACE, claim="`requests` is `>=2.31` now", hint="run `mixlock lock`")


def _findings(text: str) -> list[dict[str, Any]]:
    findings = json.loads(text)
    REPORT.validate(findings)
    assert isinstance(findings, list)
    return findings


def test_no_problems_are_an_empty_array() -> None:
    assert render([]) == "[]\n"


def test_a_problem_is_a_finding() -> None:
    (finding,) = _findings(render([PROBLEM]))
    assert finding.pop("fingerprint")
    assert finding == {
        "description": "`requests` is `>=2.31` now (run `mixlock lock`)",
        "check_name": "MIX202",
        "severity": "major",
        "location": {
            "path": "my envs/environment ü.yml",
            "lines": {"begin": 7, "end": 8},
            "positions": {"begin": {"line": 7, "column": 7}, "end": {"line": 8, "column": 3}},
        },
    }


@pytest.mark.parametrize(
    ("severity", "weight"),
    [(Severity.ERROR, "major"), (Severity.WARNING, "minor"), (Severity.NOTE, "info")],
)
def test_a_severity_is_one_of_gitlabs(severity: Severity, weight: str) -> None:
    (finding,) = _findings(render([PROBLEM.softened(severity)]))
    assert finding["severity"] == weight


@pytest.mark.parametrize(
    ("problem", "description"),
    [
        pytest.param(replace(PROBLEM, hint=""), "`requests` is `>=2.31` now", id="a claim alone"),
        pytest.param(
            replace(PROBLEM, platform=Subdir("linux-64")),
            "`requests` is `>=2.31` now [linux-64] (run `mixlock lock`)",
            id="for one platform",
        ),
    ],
)
def test_a_description_says_all_there_is(problem: Problem, description: str) -> None:
    (finding,) = _findings(render([problem]))
    assert finding["description"] == description


def test_no_two_findings_have_one_fingerprint() -> None:
    again = [replace(PROBLEM, place=at(PLACE.path, line)) for line in (7, 8, 9)]
    osx = replace(PROBLEM, platform=Subdir("osx-64"))
    assert len({finding["fingerprint"] for finding in _findings(render([*again, osx]))}) == 4


def test_a_fingerprint_is_the_one_that_sarif_tells() -> None:
    (finding,) = _findings(render([PROBLEM]))
    (result,) = json.loads(sarif.render([PROBLEM]))["runs"][0]["results"]
    assert [finding["fingerprint"]] == list(result["partialFingerprints"].values())


def test_drift_and_check_write_it(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--root", str(locked.root), "--format", "gitlab"]
    assert (main(["drift", *words]), capsys.readouterr().out) == (0, "[]\n")
    locked.write("environment.yml", locked.read("environment.yml").replace("==2.31.0", "==2.32.0"))
    assert main(["drift", *words]) == 1
    assert "MIX202" in {finding["check_name"] for finding in _findings(capsys.readouterr().out)}
    assert (main(["check", *words]), capsys.readouterr().out) == (0, "[]\n")
