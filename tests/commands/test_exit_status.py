"""Exit statuses and streams: 0, 1, 2, 3, and never a traceback, whatever stands behind stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Done, Repository


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["list"], 0),
        (["drift"], 0),
        (["check"], 0),
        (["lock"], 0),
        (["--version"], 0),
        (["--help"], 0),
        (["lock", "--help"], 0),
        ([], 2),
        (["nonsense"], 2),
        (["lock", "--nonsense"], 2),
        (["lock", "--jobs", "0"], 2),
        (["lock", "--jobs", "many"], 2),
        (["lock", "--platform", "linux-65"], 2),
        (["drift", "--platform", "win-64"], 2),
        (["drift", "nowhere"], 2),
        (["drift", "--root", "nowhere"], 2),
        (["list", "--format", "xml"], 2),
    ],
    ids=lambda value: " ".join(value) or "nothing" if isinstance(value, list) else str(value),
)
def test_exit_status(locked_once: Repository, words: list[str], status: int) -> None:
    assert locked_once.mixlock(*words).status == status


@pytest.mark.parametrize(("words", "status"), [(["lock"], 0), (["drift", "nowhere"], 2), (["--nonsense"], 2)])
def test_a_process_exits_with_it(locked_once: Repository, words: list[str], status: int) -> None:
    done = locked_once.process(*words)
    assert (done.status, "Traceback" in done.stderr) == (status, False)


@pytest.mark.parametrize("command", ["check", "drift", "list", "lock"])
def test_a_bad_configuration_is_a_usage_error_with_its_place(locked: Repository, command: str) -> None:
    locked.write("mixlock.toml", 'platfroms = ["linux-64"]\n')
    done = locked.mixlock(command)
    assert (done.status, done.stdout) == (2, "")
    assert done.stderr.startswith("mixlock.toml:1:1: MIX002 unknown key `platfroms` (did you mean `platforms`?)\n")


def test_a_lock_whose_spec_was_the_last_is_an_orphan(locked: Repository) -> None:
    locked.git("rm", "-q", "-f", "environment.yml")
    done = locked.mixlock("drift")
    assert (done.status, "MIX209 no spec asks for `environment`" in done.stdout) == (1, True)


def test_drift_without_spec_and_lock_is_a_usage_error(repository: Repository) -> None:
    repository.git("rm", "-q", "-f", "environment.yml")
    assert repository.mixlock("drift").status == 2


@pytest.mark.parametrize("command", ["check", "list", "lock"])
def test_a_repository_without_a_spec_is_a_usage_error(repository: Repository, command: str) -> None:
    repository.git("rm", "-q", "--cached", "environment.yml")
    done = repository.mixlock(command)
    assert (done.status, "no spec found among the tracked files" in done.stderr) == (2, True)


def test_two_specs_of_one_name_are_refused(locked: Repository) -> None:
    locked.write("environment.yaml", "dependencies: [python]\n")
    done = locked.mixlock("lock")
    assert (done.status, "Traceback" in done.stderr) in {(1, False), (2, False)}
    assert "environment.yaml" in done.stderr


def _shell(repository: Repository, line: str, **variables: str) -> Done:
    command = line.replace("mixlock", f"{sys.executable} -m mixlock_hooks")
    return repository.run(["bash", "-c", command], variables)


def test_a_reader_that_leaves_is_no_traceback(locked_once: Repository) -> None:
    done = _shell(locked_once, "mixlock list | true; exit ${PIPESTATUS[0]}")
    assert done.stderr == ""
    assert done.status in {0, 3}


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_told(locked_once: Repository) -> None:
    done = _shell(locked_once, "mixlock list >/dev/full")
    assert (done.status, done.stderr) == (3, "mixlock: stdout: cannot be written: No space left on device\n")


@pytest.mark.parametrize(
    "line", ["list >&-", "export environment --to pylock >&-", "--help >&-", "completion bash >&-"]
)
def test_a_result_that_a_closed_stdout_does_not_take_is_told(locked_once: Repository, line: str) -> None:
    done = _shell(locked_once, f"mixlock {line}")
    told = "mixlock: stdout: cannot be written: Bad file descriptor\n"
    assert (done.status, done.stderr.endswith(told)) == (3, True), done.stderr


@pytest.mark.parametrize("line", ["mixlock list 2>&-", "mixlock drift >&- 2>&-", "mixlock drift >&-"])
def test_a_closed_stream_that_takes_no_result_is_no_matter(locked_once: Repository, line: str) -> None:
    assert _shell(locked_once, line).status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
@pytest.mark.parametrize("line", ["drift", "check", "check --quiet", "drift nowhere", "nonsense", "lock -v"])
def test_a_full_disk_behind_stderr_is_never_drift_nor_a_traceback(locked_once: Repository, line: str) -> None:
    done = _shell(locked_once, f"mixlock {line} 2>/dev/full")
    right = locked_once.mixlock(*line.split())
    assert (done.status in {right.status, 3}, done.status == 1, done.stderr) == (True, False, "")


@pytest.mark.parametrize("line", ["drift", "check", "list", "lock --help"])
def test_python_may_drop_docstrings(locked_once: Repository, line: str) -> None:
    done = _shell(locked_once, f"mixlock {line}", PYTHONOPTIMIZE="2")
    assert (done.status, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_stream_that_cannot_spell_a_path_is_no_traceback(locked: Repository, encoding: str) -> None:
    locked.write("environment-日本.yml", "dependencies: [é]\n")
    done = locked.process("check", PYTHONIOENCODING=encoding)
    assert (done.status, "Traceback" in done.stderr) == (1, False)


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems refuse such a name")
@pytest.mark.parametrize("command", ["check", "drift", "list"])
def test_a_path_that_is_not_utf_8_is_no_traceback(locked: Repository, command: str) -> None:
    (locked.root / os.fsdecode(b"environment-\xff.yml")).write_text("dependencies: [python, '= =']\n")
    locked.git("add", "-A")
    done = subprocess.run(
        [sys.executable, "-m", "mixlock_hooks", command],
        cwd=locked.root,
        env=dict(locked.world.environment),
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr
    told = done.stderr if command == "list" else done.stdout
    assert (done.returncode, rb"environment-\udcff.yml:1:1: MIX001 the file's name is not" in told) == (1, True)


def test_outside_of_git_every_file_counts(locked: Repository) -> None:
    locked.git("rm", "-rq", "--cached", ".")
    (locked.root / ".git").rename(locked.root / "no-git")
    assert locked.mixlock("drift").status == 0


@pytest.mark.parametrize(
    ("specs", "told"),
    [
        ('["nope.yml"]', "mixlock.toml: git tracks no file that `specs` names (nope.yml)"),
        ('["pyproject.toml#dev"]', "mixlock.toml: `pyproject.toml#dev` belongs in `specs` of an environment"),
        ("[]", "mixlock.toml: git tracks no file that `specs` names (it is empty)"),
    ],
)
def test_where_specs_name_nothing_that_is_said(repository: Repository, specs: str, told: str) -> None:
    repository.write("mixlock.toml", f"specs = {specs}\n{repository.read('mixlock.toml')}")
    for command in ("check", "list", "lock", "drift"):
        done = repository.mixlock(command)
        assert (done.status, told in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize("verb", ["check", "drift"])
@pytest.mark.parametrize(
    ("form", "path"),
    [
        pytest.param("json", lambda told: told["problems"][0]["path"], id="json"),
        pytest.param("gitlab", lambda told: told[0]["location"]["path"], id="gitlab"),
        pytest.param(
            "sarif",
            lambda told: told["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            id="sarif",
        ),
    ],
)
def test_a_configuration_that_is_not_valid_is_told_in_the_form_that_was_asked_for(
    locked: Repository, verb: str, form: str, path: Callable[[Any], str]
) -> None:
    locked.write("mixlock.toml", "chanels = []\n")
    done = locked.mixlock(verb, "--format", form)
    assert (done.status, path(json.loads(done.stdout))) == (2, "mixlock.toml")
    assert done.stderr == "mixlock: the configuration is not valid\n"
    annotation = locked.mixlock(verb, "--format", "github").stdout
    assert annotation.startswith("::error file=mixlock.toml,line=1,col=1,title=MIX002::")


def test_what_drift_says_of_a_spec_names_its_environment(locked: Repository) -> None:
    locked.write("environment.yml", locked.read("environment.yml").replace("- numpy", "- numpy>=\n  - numpy"))
    locked.write("envs/env.yml", "dependencies: [python, {pip: [numpy, -e .]}, numpy]\n")
    found = json.loads(locked.mixlock("drift", "--format", "json").stdout)["problems"]
    assert {each["path"]: each["environment"] for each in found} == {
        "environment.yml": "environment",
        "envs/env.yml": "envs/env",
    }
