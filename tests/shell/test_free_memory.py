"""Memory bounds how many solves run at a time, and this is told only where it decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.free_memory import OF_A_SOLVE, free_memory, jobs_within

if TYPE_CHECKING:
    from pathlib import Path

GIB = 1024**3


@pytest.mark.parametrize(
    ("free", "asked", "solves", "jobs", "told"),
    [
        pytest.param(None, 8, 60, 8, "", id="nobody knows what is free"),
        pytest.param(64 * GIB, 8, 60, 8, "", id="enough for all that are asked for"),
        pytest.param(3 * OF_A_SOLVE, 8, 60, 3, "3 solves at a time: 750 MiB", id="memory decides"),
        pytest.param(3 * OF_A_SOLVE, 8, 3, 8, "", id="no more to do than fits"),
        pytest.param(0, 2, 60, 1, "one solve at a time: 0 MiB", id="one is always tried"),
        pytest.param(0, 1, 60, 1, "", id="one is asked for"),
    ],
)
def test_memory_decides_how_many_solves_run(free: int | None, asked: int, solves: int, jobs: int, told: str) -> None:
    found, why = jobs_within(free, asked, solves)
    assert found == jobs
    assert why.startswith(told)
    assert bool(why) == bool(told)


@pytest.mark.parametrize(
    ("groups", "free"),
    [
        pytest.param({}, 4 * GIB, id="no container"),
        pytest.param({"memory.max": "max", "memory.current": "5"}, 4 * GIB, id="one without a limit"),
        pytest.param({"memory.max": f"{2 * GIB}", "memory.current": f"{GIB}"}, GIB, id="version 2"),
        pytest.param({"memory.max": "5", "memory.current": "9"}, 0, id="more than it may have"),
        pytest.param(
            {"memory/memory.limit_in_bytes": f"{2 * GIB}", "memory/memory.usage_in_bytes": f"{GIB}"},
            GIB,
            id="version 1",
        ),
        pytest.param(
            {"memory/memory.limit_in_bytes": "9223372036854771712"}, 4 * GIB, id="version 1 without a limit"
        ),
    ],
)
def test_a_container_has_no_more_than_its_limit(tmp_path: Path, groups: dict[str, str], free: int) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable:    {4 * GIB // 1024} kB\n")
    for name, value in groups.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{value}\n")
    assert free_memory(tmp_path / "meminfo", tmp_path) == free


def test_here_it_is_some_or_unknown() -> None:
    assert free_memory() != 0
