"""Results are told in one order, whichever environment is solved first."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.conftest import new_repository
from tests.tables import CHANNEL

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.solving import SolveRequest
    from tests.conftest import Repository, TableWorld

SPEC = f"channels: ['{CHANNEL}']\nplatforms: [linux-64]\ndependencies:\n- python=3.12\n"
SECONDS = 60


@pytest.fixture
def two(tmp_path: Path, world: TableWorld) -> Repository:
    made = new_repository(tmp_path / "two", world)
    made.git("rm", "-qf", "environment.yml")
    for folder, more in (("a", ""), ("b", "- numpy\n")):  # equal questions would be solved once
        made.write(f"{folder}/environment.yml", SPEC + more)
    return made


def test_the_first_environment_is_told_first(two: Repository, world: TableWorld) -> None:
    other_is_solved = threading.Event()

    def answer(request: SolveRequest) -> Exception | None:
        if request.environment.name.startswith("a"):
            assert other_is_solved.wait(SECONDS)
        else:
            other_is_solved.set()
        return None

    world.engines.failing = answer
    done = two.mixlock("lock", "--jobs", "2")
    assert done.status == 0, done.stderr
    told = [line.partition(":")[0] for line in done.stdout.splitlines() if ": wrote" in line]
    assert told == sorted(told)
    assert len(told) == 2


def test_what_was_locked_is_told_though_another_stops_the_run(two: Repository, world: TableWorld) -> None:
    other_is_solved = threading.Event()

    def answer(request: SolveRequest) -> Exception | None:
        if not request.environment.name.startswith("a"):
            other_is_solved.set()
            return None
        assert other_is_solved.wait(SECONDS)
        while not list((two.root / "locks" / "b").rglob("conda-lock.yml")):
            time.sleep(0.01)
        return KeyboardInterrupt()  # type: ignore[return-value]

    world.engines.failing = answer
    done = two.mixlock("lock", "--jobs", "2")
    assert done.status == 130, done.stderr
    assert ": wrote" in done.stdout
