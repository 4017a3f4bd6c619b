"""The hooks as a user gets them: pre-commit installs this checkout with pip and the index, and runs it on commits."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from tests.conftest import CONFIGURATION, SPEC
from tests.hooks.conftest import Hooked
from tests.hosts import PYTHON
from tests.installing import ROOT
from tests.tables import CONDA_PACKAGES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.conftest import Repository, ServedWorld

pytestmark = pytest.mark.real

IDS = ("mixlock-check", "mixlock-lock", "mixlock-drift")
GIT_SPEC = SPEC.replace("requests==2.31.0", "tracker @ git+https://git.example/team/tracker.git")


@pytest.fixture(name="checkout", scope="module")
def _checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commit the files of this checkout as they are now to a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@t.example", *words], cwd=folder, check=True)
    return folder


@pytest.fixture(name="home", scope="module")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pre-commit")


def _pre_commit(repository: Repository, env: Mapping[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *words]
    return subprocess.run(command, cwd=repository.root, env=dict(env), capture_output=True, text=True, check=False)


def _configuration(checkout: Path, ids: tuple[str, ...] = IDS) -> str:
    head = ["git", "-C", str(checkout), "rev-parse", "HEAD"]
    rev = subprocess.run(head, check=True, capture_output=True, text=True).stdout.strip()
    return yaml.safe_dump({"repos": [{"repo": str(checkout), "rev": rev, "hooks": [{"id": name} for name in ids]}]})


def _with_conda_lock(home: Path) -> list[bool]:
    """Tell of each environment that pre-commit made whether conda-lock is in it."""
    sites = home.glob("repo*/py_env-*/lib/python*/site-packages")
    return sorted((site / "conda_lock").is_dir() for site in sites)


def test_a_stranger_tries_the_checkout(repository: Repository, checkout: Path, home: Path) -> None:
    env = {**os.environ, "PRE_COMMIT_HOME": str(home)}
    words = ("try-repo", str(checkout), "mixlock-check", "--all-files")
    assert _pre_commit(repository, env, *words).returncode == 0
    repository.write("environment.yml", GIT_SPEC)
    refused = _pre_commit(repository, env, *words)
    assert refused.returncode == 1
    assert "environment.yml:5:7: MIX101" in refused.stdout


def test_from_a_git_dependency_to_a_committed_lock(repository: Repository, checkout: Path, home: Path) -> None:
    repository.write(".pre-commit-config.yaml", _configuration(checkout))
    installed = _pre_commit(repository, {**os.environ, "PRE_COMMIT_HOME": str(home)}, "install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout
    assert True in _with_conda_lock(home)
    assert False in _with_conda_lock(home)

    repository.world.environment = {**repository.world.environment, "PRE_COMMIT_HOME": str(home)}
    hooked = Hooked(repository=repository, known={})
    repository.write("environment.yml", GIT_SPEC)
    assert "environment.yml:5:7: MIX101" in hooked.commit().stdout

    repository.write("environment.yml", SPEC)
    relocked = hooked.commit()
    assert relocked.status == 1
    assert "environment: wrote 6 files: 6 added" in relocked.stdout

    repository.git("add", "locks")
    accepted = hooked.commit()
    assert accepted.status == 0, accepted.stdout
    assert len(repository.git("ls-files", "locks").split()) == 6


def test_the_hook_of_the_wheelhouse_records_what_was_built_and_builds_nothing(
    repository: Repository, served: ServedWorld, checkout: Path, home: Path
) -> None:
    world = served
    world.environment = {**world.environment, "PRE_COMMIT_HOME": str(home)}
    python = SyntheticCondaPackage(name="python", version=PYTHON, subdir=host_platform())
    write_channel(world.folder / "science", (*CONDA_PACKAGES, python))
    repository.write("mixlock.toml", CONFIGURATION.replace('"linux-64", "osx-arm64"', f'"{host_platform()}"'))
    repository.write("environment.yml", f"dependencies:\n  - python={PYTHON}\n  - pip:\n    - old-style\n")
    repository.write(".pre-commit-config.yaml", _configuration(checkout, ("mixlock-wheelhouse",)))
    assert repository.mixlock("lock").status == 0
    repository.git("add", ".")
    words = ("run", "--hook-stage", "manual", "mixlock-wheelhouse", "--all-files")
    refused = _pre_commit(repository, world.environment, *words)
    assert (refused.returncode, "MIX402 `old-style` 0.1" in refused.stdout) == (1, True), refused.stdout

    assert repository.mixlock("wheelhouse").status == 0
    record = repository.root / "locks" / "environment" / "wheelhouse.json"
    record.unlink()
    recorded = _pre_commit(repository, world.environment, *words)
    assert (recorded.returncode, record.is_file()) == (1, True), recorded.stdout
    repository.git("add", "locks")
    assert _pre_commit(repository, world.environment, *words).returncode == 0
