"""A half year of one environment on the real index and real channels: the cutoff steps through 2025."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from tests.real.conftest import RealRepository
from tests.real.shared_channels import machine
from tests.team.two_branches import lowered

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.real

_SPEC = "channels: [conda-forge]\ndependencies:\n  - python=3.12\n  - numpy\n  - openssl\n  - pip:\n    - starlette\n"
_LOCK = "locks/environment/conda-lock.yml"


@pytest.fixture(name="team")
def _team(tmp_path: Path) -> Iterator[RealRepository]:
    with machine(tmp_path) as environment:
        root = tmp_path / "repository"
        root.mkdir()
        made = RealRepository(root=root, environment=environment)
        made.run("git", "init", "-q", "-b", "main").check_returncode()
        made.write("environment.yml", _SPEC.encode())
        _cutoff(made, "2025-01-15")
        yield made


def _cutoff(team: RealRepository, moment: str) -> None:
    team.write("mixlock.toml", f'platforms = ["linux-64"]\nexclude-newer = "{moment}"\n'.encode())


def _commit(team: RealRepository, message: str) -> None:
    team.run("git", "add", "-A").check_returncode()
    command = ("git", "-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "-q", "-m", message)
    team.run(*command).check_returncode()


def _lock(team: RealRepository, *words: str) -> subprocess.CompletedProcess[str]:
    done = team.mixlock("lock", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def _versions(team: RealRepository) -> dict[str, str]:
    packages = conda_lock_yml.parse((team.root / _LOCK).read_bytes()).packages
    return {f"{package.manager.value} {package.name}": package.version for package in packages}


def test_a_half_year(team: RealRepository) -> None:
    """Upgrades arrive and stay, whatever is added, merged or cut off later."""
    _lock(team)
    _commit(team, "January")
    january = _versions(team)
    _cutoff(team, "2025-04-15")
    assert team.mixlock("drift", "--strict").returncode == 0
    _lock(team, "--upgrade-package", "openssl")
    april = _versions(team)
    assert lowered(january, april) == []
    assert lowered(april, january) == ["conda openssl"]
    _commit(team, "April: openssl")
    team.run("git", "branch", "topic").check_returncode()
    team.write("environment.yml", f"{_SPEC}    - rich\n".encode())
    _lock(team)
    assert lowered(april, _versions(team)) == []
    _commit(team, "rich")
    _cutoff(team, "2025-10-15")
    _lock(team, "--upgrade")
    october = _versions(team)
    assert lowered(april, october) == []
    assert len(lowered(october, april)) > 5
    _commit(team, "October: everything")
    team.run("git", "checkout", "-q", "topic").check_returncode()
    team.write("environment.yml", _SPEC.replace("- numpy\n", "- numpy\n  - scipy\n").encode())
    _lock(team)
    _commit(team, "scipy")
    words = ("git", "-c", "user.name=t", "-c", "user.email=t@t.example", "-c", "core.editor=true")
    assert team.run(*words, "rebase", "-q", "main").returncode == 1
    _lock(team)
    team.run("git", "add", "-A").check_returncode()
    team.run(*words, "rebase", "--continue").check_returncode()
    merged = _versions(team)
    assert {"conda scipy", "pip rich"} <= merged.keys()
    assert lowered(october, merged) == []
    assert team.mixlock("drift", "--strict", "--verify").returncode == 0
    verified = team.mixlock("lock", "--verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
