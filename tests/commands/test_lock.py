"""``mixlock lock``, as a process, against the world on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Repository


def test_a_mixed_spec_is_locked_for_every_platform_and_is_fresh_afterwards(repository: Repository) -> None:
    assert repository.mixlock("lock").status == 0
    assert sorted(repository.locks()) == [
        "environment/conda-linux-64.lock",
        "environment/conda-lock.yml",
        "environment/conda-osx-arm64.lock",
        "environment/pip-linux-64.txt",
        "environment/pip-osx-arm64.txt",
    ]
    assert repository.mixlock("drift").status == 0
