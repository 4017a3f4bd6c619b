"""SARIF: valid by the standard's schema, places as its readers count them, hashes that outlive moved lines.

Where ``sarif-schema-2.1.0.json`` comes from, ``sarif-schema-2.1.0.license.txt`` says.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from mixlock_hooks import __version__
from mixlock_hooks.commands import main
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.names import EnvironmentName, Subdir
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.report.sarif import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conftest import Repository

ROOT = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(json.loads(Path(__file__).with_name("sarif-schema-2.1.0.json").read_bytes()))
URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=@/]|%[0-9A-F]{2})+")
"""RFC 3986, 4.2: a relative reference without a colon in its first segment."""

PLACE = Place(path="environment.yml", line=7, column=7, end_line=7, end_column=21)
PROBLEM = Problem(code=Code.REQUIREMENT, place=PLACE, claim="`requests` is `>=2.31` now", hint="run `mixlock lock`")
NUMPY = replace(
    PROBLEM,
    code=Code.BOTH_MANAGERS,
    claim="`numpy` is asked from both",
    severity=Severity.WARNING,
    environment=EnvironmentName("environment"),
    platform=Subdir("linux-64"),
)


def _run(text: str) -> dict[str, Any]:
    """Return the only run of a report that must be valid."""
    document = json.loads(text)
    SCHEMA.validate(document)
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def _results(*problems: Problem) -> list[dict[str, Any]]:
    return list(_run(render(problems))["results"])


def _hashes(*problems: Problem) -> list[str]:
    return [result["partialFingerprints"]["mixlock/v1"] for result in _results(*problems)]


def test_no_problems_are_a_valid_report_without_results() -> None:
    run = _run(render([]))
    assert (run["results"], run["tool"]["driver"]["rules"]) == ([], [])


def test_the_schema_refuses_what_sarif_does_not_have() -> None:
    document = json.loads(render([PROBLEM]))
    document["runs"][0]["results"][0]["hint"] = "run `mixlock lock`"
    assert not SCHEMA.is_valid(document)


def test_the_tool_is_this_mixlock() -> None:
    driver = _run(render([PROBLEM]))["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("mixlock", __version__)


def test_a_code_that_occurs_is_a_rule_once_and_results_point_at_it() -> None:
    run = _run(render([PROBLEM, NUMPY, replace(PROBLEM, place=at("b.yml"))]))
    rules = run["tool"]["driver"]["rules"]
    assert [(rule["id"], rule["shortDescription"]["text"]) for rule in rules] == [
        ("MIX106", "the same Python project asked from conda and from PyPI"),
        ("MIX202", "a requirement was added, removed or changed"),
    ]
    assert [(result["ruleId"], result["ruleIndex"]) for result in run["results"]] == [
        ("MIX202", 1),
        ("MIX106", 0),
        ("MIX202", 1),
    ]


@pytest.mark.parametrize("severity", Severity)
def test_a_severity_is_a_level(severity: Severity) -> None:
    (result,) = _results(PROBLEM.softened(severity))
    assert result["level"] == severity.value


@pytest.mark.parametrize(
    ("claim", "hint", "message"),
    [
        pytest.param("`a` is editable", "", "`a` is editable", id="a claim alone"),
        pytest.param("no lock", "run `mixlock lock`", "no lock (run `mixlock lock`)", id="claim and hint"),
        pytest.param("a secret", "use ${NAME}", "a secret (use ${{NAME}})", id="a brace, which begins a placeholder"),
        pytest.param("`a[b]`", "", "`a[b]`", id="an extra"),
        pytest.param("`[a](https://b)`", "", "`[a] (https://b)`", id="what would be a link"),
    ],
)
def test_a_message_is_claim_and_hint(claim: str, hint: str, message: str) -> None:
    (result,) = _results(replace(PROBLEM, claim=claim, hint=hint))
    assert result["message"]["text"] == message


@pytest.mark.parametrize(
    ("place", "region"),
    [
        pytest.param(PLACE, (7, 7, 7, 21), id="the end is exclusive, as in a place"),
        pytest.param(replace(PLACE, end_line=9, end_column=1), (7, 7, 9, 1), id="several lines"),
        pytest.param(at("a.yml", 3, 5), (3, 5, 3, 5), id="no stretch is a point"),
        pytest.param(at("a.yml"), (1, 1, 1, 1), id="a whole file is its begin"),
    ],
)
def test_a_place_is_a_region(place: Place, region: tuple[int, int, int, int]) -> None:
    (result,) = _results(replace(PROBLEM, place=place))
    found = result["locations"][0]["physicalLocation"]["region"]
    assert tuple(found[key] for key in ("startLine", "startColumn", "endLine", "endColumn")) == region


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        pytest.param("envs/a-b_c.yml", "envs/a-b_c.yml", id="a plain path"),
        pytest.param("my envs/a b.yml", "my%20envs/a%20b.yml", id="spaces"),
        pytest.param("100%.yml", "100%25.yml", id="a percent sign"),
        pytest.param("a%20b.yml", "a%2520b.yml", id="what looks encoded"),
        pytest.param("größe/環境.yml", "gr%C3%B6%C3%9Fe/%E7%92%B0%E5%A2%83.yml", id="unicode"),
        pytest.param("c:a.yml", "c%3Aa.yml", id="a colon is not a scheme"),
        pytest.param("a?b#c.yml", "a%3Fb%23c.yml", id="neither query nor fragment"),
        pytest.param("a\udcff.yml", "a%FF.yml", id="a byte that is not UTF-8"),
    ],
)
def test_a_path_is_a_uri_reference_below_the_root(path: str, uri: str) -> None:
    (result,) = _results(replace(PROBLEM, place=at(path)))
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": uri, "uriBaseId": "%SRCROOT%"}
    assert URI_REFERENCE.fullmatch(uri)


def test_environment_and_platform_are_properties_where_they_are_known() -> None:
    results = _results(NUMPY, PROBLEM)
    assert [result.get("properties") for result in results] == [
        {"environment": "environment", "platform": "linux-64"},
        None,
    ]


@pytest.mark.parametrize(
    "moved",
    [
        pytest.param(replace(PROBLEM, place=at("environment.yml", 70, 3)), id="another line"),
        pytest.param(replace(PROBLEM, hint="another way out"), id="another hint"),
        pytest.param(PROBLEM.softened(Severity.NOTE), id="another severity"),
    ],
)
def test_a_hash_outlives(moved: Problem) -> None:
    assert _hashes(PROBLEM) == _hashes(moved)


def test_a_hash_outlives_a_move_of_the_line_that_the_claim_names() -> None:
    lines = (replace(PROBLEM, claim=f"and as `=1` in line {line}, column 2") for line in (3, 14))
    assert len({_hashes(problem)[0] for problem in lines}) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(PROBLEM, code=Code.PLATFORM), id="another code"),
        pytest.param(replace(PROBLEM, place=replace(PLACE, path="b.yml")), id="another file"),
        pytest.param(replace(PROBLEM, environment=EnvironmentName("a")), id="another environment"),
        pytest.param(replace(PROBLEM, platform=Subdir("osx-64")), id="another platform"),
        pytest.param(replace(PROBLEM, claim="`requests` was removed"), id="another claim"),
        pytest.param(replace(PROBLEM, place=replace(PLACE, line=9)), id="the same again on another line"),
    ],
)
def test_a_hash_is_another_for(other: Problem) -> None:
    first, second = _hashes(PROBLEM, other)
    assert first == _hashes(PROBLEM)[0]
    assert first != second


def test_a_report_is_the_same_twice_and_ends_its_last_line() -> None:
    assert render([PROBLEM, NUMPY]) == render([PROBLEM, NUMPY])
    assert render([PROBLEM]).endswith("}\n")


def test_a_rule_says_claim_reason_and_way_out() -> None:
    (rule,) = _run(render([NUMPY]))["tool"]["driver"]["rules"]
    assert rule["fullDescription"]["text"].startswith(f"{Code.BOTH_MANAGERS.claim}. pip would overwrite")
    assert rule["help"]["text"] == "Ask only one of the two managers for it."


def _said(capsys: pytest.CaptureFixture[str], words: Sequence[str]) -> tuple[int, list[tuple[str, str]]]:
    """Run a command; return its status and code and file of each result."""
    status = main([*words, "--format", "sarif"])
    results = _run(capsys.readouterr().out)["results"]
    files = [result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in results]
    return status, [(result["ruleId"], file) for result, file in zip(results, files, strict=True)]


def test_check_and_drift_write_it(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    root = ("--root", str(locked.root))
    assert _said(capsys, ["check", *root]) == (0, [])
    assert _said(capsys, ["drift", *root]) == (0, [])
    locked.write("environment.yml", locked.read("environment.yml").replace("==2.31.0", "==2.32.0"))
    locked.write("my envs/environment-ü.yml", "dependencies:\n  - python=3.12\n  - numpy\n  - pip:\n    - -e .\n")
    assert _said(capsys, ["check", *root]) == (1, [("MIX103", "my%20envs/environment-%C3%BC.yml")])
    status, found = _said(capsys, ["drift", *root])
    assert status == 1
    assert ("MIX202", "environment.yml") in found
