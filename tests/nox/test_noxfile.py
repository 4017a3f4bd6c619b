"""The real nox on a project whose noxfile registers mixlock's sessions."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SPEC, Done

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Repository


@pytest.fixture
def repository(served_repository: Repository) -> Repository:
    """Have the real engines: the sessions run programs."""
    return served_repository


@pytest.fixture
def nox(repository: Repository) -> Callable[..., Done]:
    """Return what writes a noxfile with these arguments for ``sessions``, and runs nox on it."""
    repository.write("mixlock.toml", repository.read("mixlock.toml").replace(', "osx-arm64"', ""))

    def run(*words: str, arguments: str = "") -> Done:
        repository.write("noxfile.py", f"import nox_plugin as mixlock\n\nmixlock.sessions({arguments})\n")
        done = subprocess.run(
            [sys.executable, "-m", "nox", "--no-color", *words],
            cwd=repository.root,
            env=dict(repository.world.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)

    return run


def test_nox_lists_the_sessions_with_what_they_do_and_runs_none_by_default(nox: Callable[..., Done]) -> None:
    listed = nox("-l").stdout
    told = dict(re.findall(r"^- (\w+)[^>]* -> (.*)$", listed, re.MULTILINE))
    assert told == {
        "lock": "Solve the environments that drifted, and write their locks.",
        "drift": "Check whether each lock still says what its spec says.",
        "upgrade": "Take the newest versions that fit: of the packages named after --, or of everything.",
        "wheelhouse": "Build every locked sdist into a wheel, once, and record its digest.",
    }


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", ["lock", "drift", "upgrade", "wheelhouse"]),
        ('"drift"', ["drift"]),
        ('"drift", "lock"', ["drift", "lock"]),
        ('prefix="env-"', ["env-lock", "env-drift", "env-upgrade", "env-wheelhouse"]),
        ('"lock", prefix="env-"', ["env-lock"]),
    ],
)
def test_arguments_choose_and_name_the_sessions(nox: Callable[..., Done], arguments: str, names: list[str]) -> None:
    listed = nox("-l", arguments=arguments).stdout
    assert [line.split()[1] for line in listed.splitlines() if line.startswith("- ")] == names


def test_sessions_are_found_by_tag(nox: Callable[..., Done]) -> None:
    assert nox("-l", "-t", "mixlock").stdout.count("\n* ") == 4
    assert nox("-l", "-t", "ci", arguments='"drift", tags=["ci"]').stdout.count("\n* ") == 1


def test_a_wrong_name_stops_nox_with_the_names_there_are(nox: Callable[..., Done]) -> None:
    done = nox("-l", arguments='"unlock"')
    assert done.status != 0
    assert "ValueError: 'unlock' is not one of lock, drift, upgrade, wheelhouse" in done.stderr + done.stdout


def test_from_no_lock_to_an_upgrade_of_one_package(nox: Callable[..., Done], repository: Repository) -> None:
    missing = nox("-s", "drift")
    assert missing.status == 1
    assert "MIX201" in missing.stdout
    assert nox("-s", "lock").status == 0
    assert nox("-s", "drift").status == 0

    repository.write("environment.yml", SPEC.replace("numpy=1.26", "numpy").replace("==2.31.0", ""))
    assert nox("-s", "drift").status == 0  # the lock answers what is asked now, too
    assert nox("-s", "lock").status == 0
    assert _locked(repository) == {"numpy-1.26.4", "requests-2.31.0"}

    assert nox("-s", "upgrade", "--", "numpy").status == 0
    assert _locked(repository) == {"numpy-2.2.6", "requests-2.31.0"}


def test_environments_are_what_the_sessions_are_about(nox: Callable[..., Done], repository: Repository) -> None:
    repository.write("envs/env_small.yml", "dependencies:\n  - tzdata\n")
    assert nox("-s", "lock", arguments='environments=["envs/env_small"]').status == 0
    assert {path.rpartition("/")[0] for path in repository.locks()} == {"envs/env_small"}
    assert nox("-s", "drift", arguments='environments=["envs/env_small"]').status == 0
    assert nox("-s", "drift").status == 1


def _locked(repository: Repository) -> set[str]:
    lock = repository.read("locks/environment/conda-lock.yml")
    files = ("numpy-1.26.4", "numpy-2.2.6", "requests-2.31.0", "requests-2.32.0")
    return {file for file in files if file in lock}
