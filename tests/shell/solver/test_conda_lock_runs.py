"""conda-lock is imported once and run many times; who asks sees no difference to the executable."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.solver.conda_lock_runs import CondaLockRuns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

VERSION = f"version {tools.conda_lock_version()}"


def refuse_without_fork() -> None:
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")


@pytest.fixture(params=[True, False], ids=["forked", "each its own"])
def runs(request: pytest.FixtureRequest) -> Iterator[CondaLockRuns]:
    if request.param:
        refuse_without_fork()
    process.begin()
    with closing(CondaLockRuns(forks=request.param)) as made:
        yield made


def ask(runs: CondaLockRuns, folder: Path, *words: str) -> process.Completed:
    folder.mkdir(exist_ok=True)
    return runs.run(words, env=os.environ, cwd=folder)


@pytest.mark.parametrize("ahead", [0, 1, 2])
def test_each_run_has_its_own_answer(runs: CondaLockRuns, tmp_path: Path, ahead: int) -> None:
    for _time in range(ahead):
        runs.begin()
    asked: Sequence[str] = ("--version", "nonsense", "--version")
    version, nonsense, again = (ask(runs, tmp_path / str(number), words) for number, words in enumerate(asked))
    assert [done.status for done in (version, nonsense, again)] == [0, 2, 0]
    assert version.stdout.endswith(f"{VERSION}\n")
    assert again.stdout.endswith(f"{VERSION}\n")
    assert "nonsense" in nonsense.stderr


def test_a_run_is_of_its_environment_and_folder(runs: CondaLockRuns, tmp_path: Path) -> None:
    runs.begin()
    (tmp_path / "environment.yml").write_text("dependencies: [a]\n")
    conda = tmp_path / "conda"
    conda.write_text('#!/bin/sh\necho "$WORD from $PWD" >&2\nexit 1\n')
    conda.chmod(0o755)
    words = ("lock", "--conda", str(conda), "--platform", "linux-64", "-f", "environment.yml")
    done = runs.run(words, env={**os.environ, "WORD": "asked"}, cwd=tmp_path)
    assert done.status == 1
    assert f"asked from {tmp_path}" in done.stdout + done.stderr


@pytest.fixture
def forked() -> Iterator[CondaLockRuns]:
    refuse_without_fork()
    process.begin()
    with closing(CondaLockRuns(forks=True)) as made:
        made.begin()
        yield made


def test_a_run_that_nobody_takes_is_the_executables(forked: CondaLockRuns, tmp_path: Path) -> None:
    process.stop_all()
    process.begin()
    assert ask(forked, tmp_path, "--version").stdout.endswith(f"{VERSION}\n")


def test_what_ends_a_run_is_told(forked: CondaLockRuns, tmp_path: Path) -> None:
    conda = tmp_path / "conda"
    conda.write_text("#!/bin/sh\nkill -9 $PPID\n")
    conda.chmod(0o755)
    (tmp_path / "environment.yml").write_text("dependencies: [a]\n")
    done = ask(forked, tmp_path, "lock", "--conda", str(conda), "--platform", "linux-64", "-f", "environment.yml")
    assert done.status == -signal.SIGKILL
    assert ask(forked, tmp_path / "next", "--version").status == 0


def test_nothing_is_run_in_a_run_that_is_being_ended(runs: CondaLockRuns, tmp_path: Path) -> None:
    runs.begin()
    process.stop_all()
    with pytest.raises(process.StoppedError):
        ask(runs, tmp_path, "--version")
    process.begin()
