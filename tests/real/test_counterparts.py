"""Conda's uv beside PyPI's, and the pip that nobody wrote, with real channels and the real index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.real.conftest import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.locked import Lockfile

pytestmark = pytest.mark.real

_HEAD = "channels: [conda-forge]\nplatforms: [linux-64]\ndependencies:\n  - python=3.12\n"
_SPECS = {
    "programs": f"{_HEAD}  - uv\n  - pip:\n    - hatch\n",
    "project": f"{_HEAD}  - brotli-python\n  - brotli\n  - pip:\n    - httpx[brotli]\n",
    "pip": f"{_HEAD}  - numpy\n  - pip:\n    - requests\n",
    "no-python": "channels: [conda-forge]\nplatforms: [linux-64]\ndependencies: [pip, {pip: [cowsay]}]\n",
}


def _names(lockfile: Lockfile) -> set[str]:
    return {f"{package.manager.value} {package.name}" for package in lockfile.packages}


def test_a_project_comes_from_one_manager_and_pip_is_there(tmp_path: Path, real_machine: dict[str, str]) -> None:
    made = new_repository(tmp_path / "repository", real_machine)
    made.write("mixlock.toml", b'specs = ["*.yml"]\n')
    for name, spec in _SPECS.items():
        made.write(f"{name}.yml", spec.encode())
    done = made.mixlock("lock")
    assert done.returncode == 0, done.stderr
    names = {name: _names(made.lockfile(name)) for name in _SPECS}
    assert {"conda uv", "pip uv", "pip hatch"} <= names["programs"]
    assert "note: conda's uv" in done.stderr
    assert {"conda brotli", "conda brotli-python"} <= names["project"]
    assert "pip brotli" not in names["project"]
    assert all("conda pip" in found for found in names.values())
    assert {"conda python", "pip cowsay"} <= names["no-python"]
    verified = made.mixlock("drift", "--verify")
    assert verified.returncode == 0, verified.stdout
