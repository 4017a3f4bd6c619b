"""Run commands in this process, where a process of its own would only cost time."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.formats import conda_lock_yml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.shell.index.loopback import Fault
    from tests.conftest import Repository, ServedWorld, TableWorld


class Drift(Protocol):
    """Runs ``mixlock drift``; gives its status and what it found as ``CODE path:line claim``."""

    def __call__(self, root: Path, *words: str) -> tuple[int, list[str]]:
        """Run in a repository."""


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Drift:
    """Run ``mixlock drift`` in this process."""

    def run(root: Path, *words: str) -> tuple[int, list[str]]:
        status = main(["drift", "--root", str(root), "--format", "json", *words])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["problems"]
        assert all("mixlock lock" in problem["hint"] or problem["hint"] for problem in found)
        return status, [f"{each['code']} {each['path']}:{each['line']} {each['message']}" for each in found]

    return run


LOOSE = "dependencies:\n  - python=3.12\n  - numpy\n  - pip:\n    - requests\n"


@pytest.fixture(scope="session")
def loosened_once(tmp_path_factory: pytest.TempPathFactory, locked_once: Repository) -> Repository:
    """Loosen the locked spec's pins and lock again; nobody may change this repository."""
    root = tmp_path_factory.mktemp("loosened") / "repository"
    shutil.copytree(locked_once.root, root)
    made = replace(locked_once, root=root)
    made.write("environment.yml", LOOSE)
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture
def loosened(tmp_path: Path, loosened_once: Repository) -> Repository:
    """Copy the loosened repository, for a test to change."""
    shutil.copytree(loosened_once.root, tmp_path / "loosened")
    return replace(loosened_once, root=tmp_path / "loosened")


@pytest.fixture
def faults(shared_served: ServedWorld) -> Iterator[dict[str, Fault]]:
    """Give the faults of the shared served world, for as long as a test lasts."""
    shared_served.faults.clear()
    yield shared_served.faults
    shared_served.faults.clear()


@pytest.fixture
def asked(shared_world: TableWorld) -> list[SolveRequest]:
    """Return what the engines of the shared world are asked from now on."""
    shared_world.engines.requests.clear()
    return shared_world.engines.requests


def versions(repository: Repository, environment: str = "environment") -> dict[str, str]:
    """Return what the lock holds: ``conda numpy`` and ``pip requests``, each with its version."""
    lock = conda_lock_yml.parse((repository.root / "locks" / environment / "conda-lock.yml").read_bytes())
    return {f"{package.manager.value} {package.name}": package.version for package in lock.packages}
