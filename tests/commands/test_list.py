"""``mixlock list``: the documented JSON, and a line each for people."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mixlock_hooks.commands import main

if TYPE_CHECKING:
    import pytest

    from tests.conftest import Repository


def test_json_holds_what_is_asked_after_merging(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--root", str(locked.root), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    (found,) = document["environments"]
    virtual = found.pop("virtual_packages")
    assert (document["version"], virtual["linux-64"]["__glibc"], "__cuda" in virtual["osx-arm64"]) == (
        1,
        "2.27",
        False,
    )
    assert found == {
        "name": "environment",
        "source": "environment.yml",
        "line": 1,
        "steps": [],
        "mode": "mixed",
        "lock_dir": "locks/environment",
        "lockfile": "locks/environment/conda-lock.yml",
        "platforms": ["linux-64", "osx-arm64"],
        "state": "fresh",
        "python": "=3.12",
        "conda": {"numpy": "=1.26"},
        "pypi": {"requests": "==2.31.0"},
        "channels": ["https://conda.example/science"],
        "indices": ["https://index.example/simple"],
    }


def test_text_tells_states(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    locked.write("env-a.yml", "dependencies: [python]\n")
    locked.write("env-b.yml", "dependencies: [python, pip: [git+https://a.example/b, x], numpy]\n")
    locked.write("environment.yml", locked.read("environment.yml").replace("1.26", "1.25"))
    assert main(["list", "--root", str(locked.root)]) == 0
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()] == [
        ["ENVIRONMENT", "STATE"],
        ["env-a", "missing"],
        ["env-b", "invalid"],
        ["environment", "drifted"],
    ]


def test_of_a_spec_that_is_no_yaml_nobody_knows_the_mode(
    locked: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    locked.write("environment.yml", "dependencies: [python\n")
    assert main(["list", "--root", str(locked.root)]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[1].split()[:3] == ["environment", "invalid", "-"]
    assert said.err.startswith("environment.yml:1:22: MIX001 not valid YAML")


def test_of_two_environments_with_a_file_in_common_a_broken_one_is_told(locked: Repository) -> None:
    several = '[environments.a]\nspecs = ["environment.yml", "broken.yml"]\n'
    several += '[environments.b]\nspecs = ["environment.yml", "fine.yml"]\n'
    locked.write("mixlock.toml", locked.read("mixlock.toml") + several)
    locked.write("broken.yml", "a: [\n")
    locked.write("fine.yml", "dependencies: [tzdata]\n")
    done = locked.mixlock("list")
    assert (done.status, "broken.yml:1:5: MIX001" in done.stderr) == (1, True), done.stderr
    listed = json.loads(locked.mixlock("list", "--format", "json").stdout)["environments"]
    assert {each["name"]: each["mode"] for each in listed} == {"a": None, "b": "mixed", "environment": "mixed"}


def test_what_may_be_meant_as_a_spec_and_is_not_read_is_said(locked: Repository) -> None:
    (locked.root / "environment-new.yml").write_text("dependencies: [python]\n")
    locked.write("tools/of-us.yml", "channels: [conda-forge]\ndependencies: [python]\n")
    done = locked.mixlock("list")
    assert done.status == 0, done.stderr
    assert "tools/of-us" not in done.stdout
    assert done.stderr.splitlines() == [
        "note: environment-new.yml is not read, because git does not track it; `git add environment-new.yml`",
        "note: tools/of-us.yml asks for conda packages and is not read; `mixlock init` adds what it finds to `specs`",
    ]
    locked.git("add", "environment-new.yml")
    assert locked.mixlock("init").status == 0
    listed = locked.mixlock("list")
    assert (listed.stderr, len(listed.stdout.splitlines())) == ("", 4)
    assert locked.mixlock("list", "-q").stderr == ""


def test_a_secret_is_not_listed(locked: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    locked.write("environment.yml", "channels: ['https://me:hunter2@a.example/c']\ndependencies: [python]\n")
    for form in ("text", "json"):
        assert main(["list", "--root", str(locked.root), "--format", form]) == 0
        assert "hunter2" not in capsys.readouterr().out
