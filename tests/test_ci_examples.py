"""The examples for CI: valid by the services' schemas, careful with others' names, true to the options there are."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from mixlock_hooks.commands.parsing import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
GITHUB = ROOT / "examples" / "github" / "mixlock.yml"
GITLAB = ROOT / "examples" / "gitlab" / ".gitlab-ci.yml"
HOW_TO = ROOT / "docs" / "how-to" / "ci.md"

WORKFLOW: dict[Any, Any] = yaml.safe_load(GITHUB.read_text(encoding="utf-8"))
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]
PIPELINE: dict[str, Any] = yaml.safe_load(GITLAB.read_text(encoding="utf-8"))
OPERATORS = {"|", "||", "&&", ";", "(", "{", "then", "else", "do", "!"}
"""What a command of a shell may follow."""
REDIRECTIONS = {">", ">>", "<", "2>"}


def _steps() -> list[tuple[str, dict[str, Any]]]:
    return [(name, step) for name, job in JOBS.items() for step in job["steps"]]


def _scripts() -> Iterator[str]:
    """Yield every script of both examples, and the shell blocks and code spans of the page about them."""
    yield from (step["run"] for _, step in _steps() if "run" in step)
    for job in PIPELINE.values():
        if isinstance(job, dict):
            yield from (*job.get("before_script", ()), *job.get("script", ()))
    page = HOW_TO.read_text(encoding="utf-8")
    yield from re.findall(r"^```sh\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    yield from re.findall(r"(?<!`)`(mixlock [^`]+)`", page)


def _commands(script: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each ``mixlock`` command, without the program and what is redirected."""
    for line in script.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words = list(lexer)
        starts = [
            at for at, word in enumerate(words) if word == "mixlock" and (at == 0 or words[at - 1] in OPERATORS)
        ]
        for start in starts:
            yield tuple(_until_operator(words[start + 1 :]))


def _until_operator(words: list[str]) -> Iterator[str]:
    for word in words:
        if word in OPERATORS | REDIRECTIONS | {")"}:
            return
        yield word


COMMANDS = sorted({command for script in _scripts() for command in _commands(script)})


def _check(kind: str, file: Path) -> subprocess.CompletedProcess[str]:
    """Check a file against a schema that check-jsonschema brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("kind", "file"), [("github-workflows", GITHUB), ("gitlab-ci", GITLAB)])
def test_an_example_is_valid_by_its_services_schema(kind: str, file: Path) -> None:
    done = _check(kind, file)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        pytest.param("github-workflows", "on: push\njobs: {a: {runs_on: b, steps: [{run: c}]}}\n", id="github"),
        pytest.param("gitlab-ci", "a: {script: b, artifacts: {report: c}}\n", id="gitlab"),
    ],
)
def test_the_schemas_refuse_keys_that_the_services_do_not_have(tmp_path: Path, kind: str, text: str) -> None:
    (tmp_path / "a.yml").write_text(text, encoding="utf-8")
    assert _check(kind, tmp_path / "a.yml").returncode == 1


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_is_one_that_mixlock_understands(command: tuple[str, ...]) -> None:
    assert parse(command).command == command[0]


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("check", "--format", "github"), id="check"),
        pytest.param(("drift", "--since", "$BASE", "--format", "github"), id="what a pull request touched"),
        pytest.param(("diff", "$BASE", "--merge-base", "--format", "markdown"), id="what changed"),
        pytest.param(("drift", "--format", "sarif"), id="code scanning"),
        pytest.param(("drift", "--format", "gitlab"), id="code quality"),
        pytest.param(("list", "--format", "json"), id="the matrix"),
        pytest.param(("drift", "--verify", "$ENVIRONMENT", "--format", "github"), id="one of the matrix"),
        pytest.param(("lock", "--upgrade"), id="an upgrade"),
    ],
)
def test_a_command_is_found_in_the_examples(command: tuple[str, ...]) -> None:
    assert command in COMMANDS


@pytest.mark.parametrize("job", JOBS)
def test_a_job_is_given_permissions_and_a_timeout_of_its_own(job: str) -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOBS[job]["permissions"]
    assert JOBS[job]["timeout-minutes"] <= 60


@pytest.mark.parametrize(
    ("permission", "jobs"),
    [
        ("contents", ["propose"]),
        ("pull-requests", ["diff", "propose"]),
        ("security-events", ["code-scanning"]),
    ],
)
def test_only_who_must_may_write(permission: str, jobs: list[str]) -> None:
    assert [name for name, job in JOBS.items() if job["permissions"].get(permission) == "write"] == jobs


def test_who_may_write_does_not_solve() -> None:
    writers = [name for name, job in JOBS.items() if "write" in job["permissions"].values()]
    commands = [words for name, step in _steps() if name in writers for words in _commands(step.get("run", ""))]
    assert {words[0] for words in commands} == {"diff", "drift"}


def test_a_script_holds_no_expression_that_others_may_fill() -> None:
    assert not [step["run"] for _, step in _steps() if "${{" in step.get("run", "")]


def test_an_action_is_pinned_by_its_major_version() -> None:
    used = {step["uses"] for _, step in _steps() if "uses" in step}
    assert not {name for name in used if not re.fullmatch(r"[\w-]+/[\w/-]+@v[0-9]+", name)}


def test_a_checkout_leaves_no_credentials_behind() -> None:
    checkouts = [step for _, step in _steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert len(checkouts) == len(JOBS)
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@pytest.mark.parametrize("job", [name for name, step in _steps() if "$BASE" in step.get("run", "")])
def test_who_looks_back_has_the_history(job: str) -> None:
    assert JOBS[job]["steps"][0]["with"]["fetch-depth"] == 0


def test_a_pull_request_cancels_its_own_predecessor_and_nobody_elses() -> None:
    concurrency = WORKFLOW["concurrency"]
    assert "github.event.pull_request.number" in concurrency["group"]
    assert concurrency["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


@pytest.mark.parametrize("job", ["drift", "verify"])
def test_gitlab_reads_the_report_that_is_written(job: str) -> None:
    report = PIPELINE[".report"]["artifacts"]["reports"]["codequality"]
    assert PIPELINE[job]["extends"] == ".report"
    assert f"mixlock drift --format gitlab > {report} || test -s {report}" in PIPELINE[job]["script"]


def test_both_install_the_version_that_the_readme_tells() -> None:
    told = set(
        re.findall(r"git\+https://github\.com/mixlock/mixlock@\S+?(?=['\s])", (ROOT / "README.md").read_text("utf-8"))
    )
    assert {WORKFLOW["env"]["MIXLOCK"], PIPELINE["variables"]["MIXLOCK"]} == told
