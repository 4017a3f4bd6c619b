"""One repository with every spec that plain conda-lock solves, locked once for all tests of the session."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from tests.real.shared_channels import machine
from tests.real.specs import CASES, EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mixlock_hooks.model.locked import Lockfile
    from tests.conftest import Repository


@dataclass(frozen=True, kw_only=True)
class RealRepository:
    """A git repository on a machine that mirrors the real channels."""

    root: Path
    environment: dict[str, str]

    def write(self, path: str, content: bytes) -> None:
        """Write a file and add it to git."""
        (self.root / path).write_bytes(content)
        self.run("git", "add", path).check_returncode()

    def mixlock(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run mixlock as a process."""
        return self.python("-m", "mixlock_hooks", *words)

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run this interpreter."""
        return self.run(sys.executable, *words)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a program in the repository."""
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False
        )

    def lock_folder(self, environment: str) -> Path:
        """Return the folder of one environment's lock."""
        return self.root / "locks" / environment

    def lockfile(self, environment: str) -> Lockfile:
        """Read one environment's lock."""
        return conda_lock_yml.parse((self.lock_folder(environment) / "conda-lock.yml").read_bytes())


def new_repository(root: Path, environment: dict[str, str]) -> RealRepository:
    """Make an empty git repository."""
    root.mkdir()
    made = RealRepository(root=root, environment=environment)
    made.run("git", "init", "-q").check_returncode()
    return made


@pytest.fixture
def repository(served_repository: Repository) -> Repository:
    """Have the real engines wherever a test here has a repository."""
    return served_repository


@pytest.fixture(name="real_machine", scope="session")
def _real_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with machine(tmp_path_factory.mktemp("machine")) as environment:
        yield environment


@pytest.fixture(name="locked", scope="session")
def _locked(tmp_path_factory: pytest.TempPathFactory, real_machine: dict[str, str]) -> RealRepository:
    """Lock every case in one run; what fails is each test's to tell, so the run's status is not looked at."""
    made = new_repository(tmp_path_factory.mktemp("real") / "repository", real_machine)
    made.write("mixlock.toml", b'specs = ["*.yml"]\n')
    for case in (*CASES, EXAMPLE):
        made.write(case.path, case.spec())
    done = made.mixlock("lock", "--jobs", str((os.cpu_count() or 1) + 2))
    sys.stderr.write(done.stderr)
    return made
