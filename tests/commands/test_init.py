"""``mixlock init``: what is missing is written, what is there stays, a second run changes nothing."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.commands import main
from mixlock_hooks.formats import git_attributes, pre_commit_yaml
from mixlock_hooks.formats.likely_environment import asks_for_conda
from mixlock_hooks.model.first_steps import CiExample, FirstSteps
from mixlock_hooks.model.installation import InstalledFrom
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.init_ci import PATHS, with_ci
from mixlock_hooks.shell.ci_example import SERVICES, ci_example
from tests.fakes import memory_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

HOOKS = pre_commit_yaml.Hooks(repo="https://git.example/mixlock", rev="v1", ids=("mixlock-check", "mixlock-drift"))
ADDED = "- repo: https://git.example/mixlock\n  rev: v1\n  hooks:\n    - id: mixlock-check\n    - id: mixlock-drift\n"
OTHER = "- repo: https://git.example/other\n  rev: v2\n  hooks:\n  - id: other\n"


def _indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "repos:\n" + _indented(ADDED, 2)),
        (f"repos:\n{OTHER}", f"repos:\n{OTHER}{ADDED}"),
        (
            f"# ours\nrepos:\n{_indented(OTHER, 2)}  # the end\nci:\n  skip: [other]\n",
            f"# ours\nrepos:\n{_indented(OTHER, 2)}{_indented(ADDED, 2)}  # the end\nci:\n  skip: [other]\n",
        ),
        (
            f"repos:\n{OTHER}    args: [--x,\n      --y]  # both\n",
            f"repos:\n{OTHER}    args: [--x,\n      --y]  # both\n{ADDED}",
        ),
        (f"repos:\n{OTHER.rstrip()}", f"repos:\n{OTHER}{ADDED}"),
        (
            f"repos:\n{OTHER}    name: |\n      two\n      lines\n",
            f"repos:\n{OTHER}    name: |\n      two\n      lines\n{ADDED}",
        ),
    ],
    ids=["no file", "not indented", "comments and keys behind", "a list over two lines", "no line end", "a block"],
)
def test_hooks_are_added_and_all_else_stays_byte_for_byte(before: str, after: str) -> None:
    assert pre_commit_yaml.with_hooks(before, HOOKS) == after
    assert pre_commit_yaml.ids_of(after) == {*HOOKS.ids}
    assert not pre_commit_yaml.ids_of(before)


@pytest.mark.parametrize(
    "text", ["repos: []\n", "repos: [{repo: local, hooks: []}]\n", "- a\n", "repos: {\n", "x: 1\n"]
)
def test_a_file_that_leaves_no_line_is_not_touched(text: str) -> None:
    with pytest.raises(pre_commit_yaml.NotEditableError):
        pre_commit_yaml.with_hooks(text, HOOKS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dependencies: [python, pip: [x]]\n", True),
        ("name: x\ndependencies:\n- numpy\n", True),
        ("dependencies:\n- name: redis\n  version: 1\n", False),
        ("dependencies: {a: b}\n", False),
        ("dependencies: []\n", False),
        ("dependencies: {{ x }}\n- [", False),
        ("a: 1\n", False),
        ("", False),
    ],
)
def test_what_looks_like_an_environment(text: str, *, expected: bool) -> None:
    assert asks_for_conda(text.encode()) is expected


def test_lines_of_attributes_are_added_once() -> None:
    assert git_attributes.with_lines("*.png binary", ["a", "b"]) == "*.png binary\na\nb\n"
    assert git_attributes.with_lines("a\n*.png binary\n", ["a", "b"]) == "a\n*.png binary\nb\n"


def test_from_nothing_to_what_a_repository_needs_and_twice_changes_nothing(repository: Repository) -> None:
    repository.write("envs/ml.yml", "dependencies: [python=3.12]\n")
    repository.write(".pre-commit-config.yaml", f"# checks\nrepos:\n{OTHER}")
    repository.git("commit", "-qm", "before")
    shown = repository.mixlock("init", "--dry-run")
    assert (shown.status, "would write .pre-commit-config.yaml" in shown.stdout) == (0, True)
    assert repository.git("status", "--short") == ""
    done = repository.mixlock("init")
    assert (done.status, "wrote .pre-commit-config.yaml" in done.stdout) == (0, True), done.stderr
    assert "found envs/ml.yml, whatever its name" in done.stdout
    assert 'specs = ["environment.yml", "envs/ml.yml"]' in repository.read("mixlock.toml")
    hooks = yaml.safe_load(repository.read(".pre-commit-config.yaml"))["repos"]
    assert [hook["id"] for hook in hooks[1]["hooks"]] == ["mixlock-check", "mixlock-drift"]
    assert repository.read(".pre-commit-config.yaml").startswith(f"# checks\nrepos:\n{OTHER}")
    assert "locks/**/conda-lock.yml merge=mixlock" in repository.read(".gitattributes")
    assert "git config merge.mixlock.driver" in done.stderr
    listed = json.loads(repository.mixlock("list", "--format", "json").stdout)["environments"]
    assert [each["name"] for each in listed] == ["environment", "envs/ml"]
    repository.git("add", "-A")
    repository.git("commit", "-qm", "init")
    again = repository.mixlock("init")
    assert (again.status, "nothing to write" in again.stderr) == (0, True)
    assert repository.git("status", "--short") == ""


def test_the_hook_sees_specs_of_odd_names(repository: Repository) -> None:
    repository.write("deps/a+b++(c).yaml", "dependencies: [python=3.12]\n")
    assert repository.mixlock("init").status == 0
    assert r"|^deps/a\+b\+\+\(c\)\.yaml$" in repository.read(".pre-commit-config.yaml")
    repository.git("add", "-A")
    told = repository.mixlock("check").stderr
    assert "does not see" not in told
    repository.write("deps/later.yml", "dependencies: [python=3.12]\n")
    repository.write("mixlock.toml", repository.read("mixlock.toml").replace("deps/a+b++(c).yaml", "deps/*.y*ml"))
    assert "does not see deps/later.yml" in repository.mixlock("check").stderr


def test_a_repository_with_nothing_to_lock_is_told_so(repository: Repository) -> None:
    repository.git("rm", "-qf", "environment.yml")
    done = repository.mixlock("init")
    assert (done.status, "add one first" in done.stderr) == (2, True)
    (repository.root / "environment.yml").write_text("dependencies: [python]\n")
    untracked = repository.mixlock("init")
    assert untracked.stderr.endswith("git does not track environment.yml; run `git add environment.yml`\n")
    assert not (repository.root / ".pre-commit-config.yaml").exists()


def test_configured_globs_are_the_readers_to_change(repository: Repository) -> None:
    repository.write("mixlock.toml", 'specs = ["environment.yml"]\n' + repository.read("mixlock.toml"))
    repository.write("envs/ml.yml", "dependencies: [python=3.12]\n")
    before = repository.read("mixlock.toml")
    done = repository.mixlock("init")
    assert (done.status, "envs/ml.yml asks for conda packages, and `specs` does not name it" in done.stderr) == (
        0,
        True,
    )
    assert repository.read("mixlock.toml") == before


@pytest.mark.parametrize(("service", "path"), PATHS.items())
def test_the_workflow_of_a_service_is_written_once_and_none_is_replaced(
    repository: Repository, service: str, path: str
) -> None:
    done = repository.mixlock("init", "--ci", service)
    assert (done.status, f"wrote {path}" in done.stdout) == (0, True), done.stderr
    written = repository.read(path)
    assert yaml.safe_load(written)
    repository.git("add", "-A")
    repository.git("commit", "-qm", "init")
    assert "nothing to write" in repository.mixlock("init", "--ci", service).stderr
    repository.write(path, f"{written}# ours\n")
    again = repository.mixlock("init", "--ci", service)
    assert (again.status, f"{path} is there and stays" in again.stderr) == (0, True)
    assert repository.read(path) == f"{written}# ours\n"


@pytest.mark.parametrize("service", SERVICES)
def test_a_workflow_installs_the_mixlock_that_is_installed(repository: Repository, service: str) -> None:
    project = memory_project({"environment.yml": b"dependencies: [a]\n"}, Settings())
    installed = InstalledFrom(url="https://git.example/mixlock", revision="v9")
    example = CiExample(service=service, text=ci_example(service))
    (text,) = with_ci(FirstSteps(files={}), project, installed, example).files.values()
    assert "  MIXLOCK: git+https://git.example/mixlock@v9\n" in text
    for nothing in (None, InstalledFrom(url="/home/me/mixlock", revision="v9", is_shared=False)):
        unknown = with_ci(FirstSteps(files={}), project, nothing, example)
        assert "write the repository of mixlock that CI can reach" in unknown.notes[0]
        assert "/home/me" not in "".join(unknown.files.values())
    assert repository.mixlock("init", "--ci", "jenkins").status == 2


def test_outside_of_git_it_says_what_is_needed_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "environment.yml").write_text("dependencies: [python]\n")
    assert main(["init", "--root", str(tmp_path), "--dry-run"]) == 0
    assert "this is not in a git repository, which hooks and merges of locks need" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "told"),
    [("a: [\n", True), ("dependencies: [{pip: ['git+https://a.example/b', x]}, numpy]\n", True), (None, False)],
)
def test_specs_that_cannot_be_locked_are_told(repository: Repository, text: str | None, *, told: bool) -> None:
    if text:
        repository.write("environment.yml", text)
    done = repository.mixlock("init", "--dry-run")
    assert (done.status, "the specs have problems" in done.stderr) == (0, told), done.stderr
    assert repository.mixlock("check").status == int(told)


@pytest.mark.parametrize(
    ("ids", "absent"),
    [
        (("mixlock-lock",), ("mixlock-check", "mixlock-drift")),
        (("mixlock-check",), ("mixlock-drift",)),
        (("mixlock-drift", "mixlock-lock"), ("mixlock-check",)),
        (("mixlock-drift", "mixlock-check"), ()),
    ],
)
def test_hooks_that_somebody_left_out_are_named(
    repository: Repository, ids: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    assert repository.mixlock("init").status == 0
    hooks = "".join(f"  - id: {name}\n" for name in ids)
    before = f"repos:\n- repo: https://git.example/mixlock\n  rev: v1\n  hooks:\n{hooks}"
    repository.write(".pre-commit-config.yaml", before)
    done = repository.mixlock("init")
    assert (done.status, repository.read(".pre-commit-config.yaml")) == (0, before)
    assert [name for name in ("mixlock-check", "mixlock-drift") if f"    - id: {name}" in done.stderr] == [*absent]
    assert ("all of it is in place" in done.stderr) == (not absent)


BROKEN = [
    pytest.param(b"repos:\n- repo: [\n", 3, 1, "it is not YAML", id="no YAML"),
    pytest.param(b"- repo: local\n", 1, 1, "it is not a mapping", id="no mapping"),
    pytest.param(b"repos: [a]\n", 1, 1, "`repos` is not a list of mappings", id="no list of mappings"),
    pytest.param(b"repos:\n# \xff\n", 2, 1, "it is not UTF-8", id="no text"),
]


@pytest.mark.parametrize(("content", "line", "column", "told"), BROKEN)
def test_hooks_that_cannot_be_added_to_a_broken_file_are_a_problem(
    repository: Repository, content: bytes, line: int, column: int, told: str
) -> None:
    (repository.root / ".pre-commit-config.yaml").write_bytes(content)
    done = repository.mixlock("init")
    assert done.status == 1
    assert f".pre-commit-config.yaml:{line}:{column}: MIX001 no hooks were added: {told}" in done.stderr
    assert (repository.root / ".pre-commit-config.yaml").read_bytes() == content
    assert "all of it is in place" not in done.stderr


def test_each_clone_is_told_what_git_does_not_carry(repository: Repository, tmp_path: Path) -> None:
    assert repository.mixlock("init").status == 0
    repository.git("add", ".")
    repository.git("commit", "-qm", "begin")
    clone = replace(repository, root=tmp_path / "clone")
    repository.git("clone", "-q", ".", str(clone.root))
    told = clone.mixlock("init").stderr
    assert "nothing to write" in told
    assert "next: `pre-commit install` once in each clone" in told
    (setting,) = re.findall(r"^  (git config merge\.mixlock\.driver .*)$", told, re.MULTILINE)
    clone.git(*shlex.split(setting)[1:])
    (clone.root / ".git/hooks/pre-commit").write_text("#!/bin/sh\n")
    assert clone.mixlock("init").stderr == "nothing to write: all of it is in place\n"
