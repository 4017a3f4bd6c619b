"""``mixlock check``: every problem of every file in one run, in every form, and the exit status."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.commands import main

if TYPE_CHECKING:
    from tests.conftest import Repository

BAD = """\
dependencies:
  - python=3.12
  - numpy
  - pip:
    - -e .
    - git+https://a.example/b
    - numpy
"""


def test_every_problem_is_told_at_its_place(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    locked.write("envs/environment-bad.yml", BAD)
    assert main(["check", "--root", str(locked.root)]) == 1
    said = capsys.readouterr()
    assert [line.split(" ")[:2] for line in said.out.splitlines()] == [
        ["envs/environment-bad.yml:5:7:", "MIX103"],
        ["envs/environment-bad.yml:6:7:", "MIX101"],
        ["envs/environment-bad.yml:7:7:", "MIX106"],
    ]
    assert said.err == "checked 2 specs: 3 errors\n"


@pytest.mark.parametrize("words", [["environment.yml"], ["."], ["environment.yml", "./environment.yml"], []])
def test_a_clean_spec(
    locked: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(locked.root)
    assert main(["check", *words]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "checked 1 spec: no problems\n")


def test_json_and_github(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    locked.write("environment.yml", BAD)
    assert main(["check", "--root", str(locked.root), "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["version"], [problem["code"] for problem in document["problems"]]) == (
        1,
        ["MIX103", "MIX101", "MIX106"],
    )
    assert main(["check", "--root", str(locked.root), "--format", "github"]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("::error file=environment.yml,line=5,col=7,title=MIX103::`-e .` is editable")


def test_a_secret_is_not_repeated(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    locked.write("environment.yml", "channels: ['https://me:hunter2@a.example/c']\ndependencies: [python]\n")
    for form in ("text", "json", "github"):
        assert main(["check", "--root", str(locked.root), "--format", form]) == 1
        said = capsys.readouterr()
        assert ("MIX107" in said.out, "hunter2" in said.out + said.err) == (True, False)


def test_a_notebook_is_told_in_one_sentence(repository: Repository) -> None:
    repository.write("a.ipynb", '{"cells": []}')
    done = repository.mixlock("check", "a.ipynb")
    assert (done.status, done.stdout.splitlines()[0]) == (
        1,
        "a.ipynb:1:1: MIX001 notebooks are not read (name an environment.yml, a requirements.txt or a flow (.py))",
    )
