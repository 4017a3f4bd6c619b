"""What several environments ask alike is solved once, and each is locked as if it had been asked alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.names import Subdir
from tests.conftest import CONFIGURATION, SPEC, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import TableWorld

OTHER = SPEC.replace("requests==2.31.0", "requests")
MISSING = SPEC.replace("requests==2.31.0", "nothing-has-this")
COMMENTED = f"# the same, said otherwise\nname: other\n{SPEC}"


@pytest.mark.parametrize(
    ("specs", "status", "solved"),
    [
        ({"environment": SPEC, "envs/environment": COMMENTED}, 0, 1),
        ({"environment": SPEC, "envs/environment": OTHER}, 0, 2),
        ({"environment": SPEC, "envs/environment": SPEC + "channels: [other]\n"}, 3, 2),
        ({"environment": SPEC, "envs/environment": SPEC + "platforms: [linux-64]\n"}, 0, 1),
        ({"environment": MISSING, "envs/environment": MISSING}, 3, 2),
    ],
    ids=["alike", "another requirement", "another channel", "fewer platforms", "a failure, told at its own place"],
)
def test_what_is_asked_alike_is_solved_once(
    tmp_path: Path, world: TableWorld, specs: dict[str, str], status: int, solved: int
) -> None:
    repository = new_repository(tmp_path / "repository", world, configuration=CONFIGURATION)
    for name, text in specs.items():
        repository.write(f"{name}.yml", text)
    done = repository.mixlock("lock")
    assert done.status == status, done.stderr
    asked = [request.spec.platform for request in world.engines.requests]
    assert asked.count(Subdir("linux-64")) == solved
    for name in specs:
        assert f"{name}.yml" in done.stderr or repository.mixlock("drift", name).status == 0


def test_each_lock_is_what_it_would_be_alone(tmp_path: Path, world: TableWorld) -> None:
    together, alone = (new_repository(tmp_path / name, world) for name in ("together", "alone"))
    together.write("envs/environment.yml", COMMENTED)
    assert together.mixlock("lock").status == 0
    alone.write("envs/environment.yml", COMMENTED)
    assert [alone.mixlock("lock", name).status for name in ("environment", "envs/environment")] == [0, 0]
    assert together.locks() == alone.locks()
