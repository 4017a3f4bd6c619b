"""The example of each code is what happens: sessions are typed, and print what the page says."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.target import make_target
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.rules import build_problem
from tests.conftest import Repository, new_repository
from tests.shell.build.sdists import plan_for, tar_of
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import World

_SPEC = "dependencies:\n- python=3.12\n- numpy=1.26\n- pip:\n  - requests==2.31.0\n"
_SPECS = {Code.BUILD_NEEDED: "dependencies:\n- python=3.12\n- pip:\n  - old-style\n"}
"""What is locked before a session, where that is another spec."""
_CONFIGURATION = f'platforms = ["linux-64"]\nchannels = ["{CHANNEL}"]\ndefault-index = "{INDEX}"\n'
_BUILT = {Code.BUILD_FAILED, Code.WHEEL_MISFIT}
"""Codes whose example would run a build, so that what a build's problem says is compared."""


def test_every_code_has_an_example() -> None:
    assert [code for code in Code if not (EXPLANATIONS[code].before or EXPLANATIONS[code].session)] == []


def _steps(session: str) -> Iterator[tuple[str, str]]:
    """Yield each command of a session with what it prints."""
    for step in session.removeprefix("$ ").split("\n$ "):
        command, _newline, printed = step.partition("\n")
        yield command, printed


@pytest.mark.parametrize(
    "code", [code for code, found in EXPLANATIONS.items() if found.session and code not in _BUILT]
)
def test_a_session_prints_what_its_page_says(tmp_path: Path, shared_world: World, code: Code) -> None:
    repository = new_repository(tmp_path / "r", shared_world, _SPECS.get(code, _SPEC), _CONFIGURATION)
    assert repository.mixlock("lock").status == 0
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")
    for command, printed in _steps(EXPLANATIONS[code].session):
        _typed(repository, command, printed)


def _typed(repository: Repository, command: str, printed: str) -> None:
    program, *words = shlex.split(command)
    if program == "cat":
        repository.write(words[0], f"{printed}\n")
    elif program == "mixlock":
        done = repository.mixlock(*words)
        assert done.status != 0
        assert printed.strip() in done.stdout + done.stderr
    else:
        repository.run(["sh", "-c", command], check=True)


def test_what_is_said_of_a_build_is_what_its_page_says() -> None:
    target = make_target(Subdir("linux-64"), [("__glibc", "2.27")], {"python": "3.12.11"}, {})
    place = at("locks/environment/conda-lock.yml", 59)
    plan = plan_for(tar_of({}), INDEX, targets=(target,), place=place)
    built = BuiltWheel(
        name=pypi_name("odd"),
        version="1.0",
        sdist_sha256="",
        file="odd-1.0-cp312-cp312-linux_x86_64.whl",
        sha256="",
        tags=(),
        platforms=(),
        python="3.12",
        glibc="",
        requires=(),
        epoch=0,
        builder="",
    )
    told = {
        Code.BUILD_FAILED: build_problem.failed(plan, "ModuleNotFoundError: No module named 'numpy'"),
        Code.WHEEL_MISFIT: build_problem.unfit(plan, ["win-64"], built),
    }
    assert told.keys() == _BUILT
    for code, problem in told.items():
        ((command, printed),) = _steps(EXPLANATIONS[code].session)
        assert command == "mixlock wheelhouse"
        assert printed == problem_report.text([problem])
