"""A stranger's installation: a fresh virtual environment, pip, the index; first without the extra, then with it."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks import __version__
from tests.conftest import Done
from tests.installing import build, make_venv

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

pytestmark = pytest.mark.real


def _pip(python: Path, *words: str) -> str:
    command = [str(python), "-m", "pip", "--disable-pip-version-check", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=dict(os.environ)).stdout


def _mixlock(python: Path, repository: Repository, *words: str) -> Done:
    command = [str(python.parent / "mixlock"), *words]
    env = dict(repository.world.environment)
    done = subprocess.run(command, cwd=repository.root, env=env, capture_output=True, text=True, check=False)
    return Done(status=done.returncode, stdout=done.stdout, stderr=done.stderr)


def test_first_the_base_then_the_extra(repository: Repository, tmp_path: Path) -> None:
    wheel = build("wheel", tmp_path / "dist")
    python = make_venv(tmp_path / "venv", with_pip=True)

    _pip(python, "install", str(wheel))
    assert "conda_lock" not in _pip(python, "list", "--format", "freeze").replace("-", "_")
    assert _mixlock(python, repository, "--version").stdout == f"mixlock {__version__}\n"
    assert _mixlock(python, repository, "check").status == 0
    assert _mixlock(python, repository, "list").status == 0
    assert _mixlock(python, repository, "drift").status == 1
    refused = _mixlock(python, repository, "lock")
    assert (refused.status, refused.stderr.count("\n")) == (3, 1)
    hint = re.search(r"`pip (.+)` brings it", refused.stderr)
    assert hint, refused.stderr

    _pip(python, *shlex.split(hint[1]))
    _pip(python, "check")
    locked = _mixlock(python, repository, "lock")
    assert locked.status == 0, locked.stderr
    assert _mixlock(python, repository, "drift").status == 0
    assert _mixlock(python, repository, "demo").status == 0


def test_the_extra_nox_brings_the_sessions(repository: Repository, tmp_path: Path) -> None:
    python = make_venv(tmp_path / "venv", with_pip=True)
    _pip(python, "install", f"{build('wheel', tmp_path / 'dist')}[nox]")
    repository.write("noxfile.py", "import nox_plugin as mixlock\n\nmixlock.sessions()\n")
    command = [str(python), "-m", "nox", "-s", "drift"]
    env = dict(repository.world.environment)
    done = subprocess.run(command, cwd=repository.root, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "MIX201" in done.stdout
