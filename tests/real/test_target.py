"""Limits that decide on real channels and the real index: relations, not numbers, because indices move."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import pytest
from packaging.tags import compatible_tags, cpython_tags, mac_platforms
from packaging.utils import parse_wheel_filename

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.pipeline.lock.record import recorded_inputs
from tests.real.conftest import new_repository
from tests.real.specs import CASES, EXAMPLE, Case

if TYPE_CHECKING:
    from pathlib import Path
    from subprocess import CompletedProcess

    from packaging.tags import Tag

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from tests.real.conftest import RealRepository

pytestmark = pytest.mark.real

LOCK = "locks/environment/conda-lock.yml"


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, real_machine: dict[str, str]) -> RealRepository:
    return new_repository(tmp_path / "repository", real_machine)


def _lock(repository: RealRepository, spec: str) -> CompletedProcess[str]:
    repository.write("environment.yml", spec.encode())
    return repository.mixlock("lock")


def _file(repository: RealRepository, name: str) -> str:
    lockfile = conda_lock_yml.parse((repository.root / LOCK).read_bytes())
    return next(each.file for each in lockfile.packages if each.name == name and each.manager is Manager.PIP)


def _spec(platform: str, python: str, pip: str, more: str = "") -> str:
    return (
        f"channels: [conda-forge]\nplatforms: [{platform}]\ndependencies:\n  - {python}\n{more}  - pip: ['{pip}']\n"
    )


def test_a_newer_glibc_would_bring_a_newer_version(repository: RealRepository) -> None:
    done = _lock(repository, _spec("linux-64", "python=3.11", "pyarrow"))
    assert done.returncode == 0, done.stderr
    assert _file(repository, "pyarrow").endswith("x86_64.whl")
    assert re.search(r"pyarrow \S+ is locked; \S+ needs glibc 2\.28, this environment has 2\.27 .*2\.28", done.stderr)


def test_a_pin_whose_wheels_are_for_a_newer_glibc_is_refused(repository: RealRepository) -> None:
    done = _lock(repository, _spec("linux-64", "python=3.12", "torch==2.15.0"))
    assert done.returncode == 3
    assert "MIX305 no file of `torch` 2.15.0 fits linux-64: it needs glibc 2.28" in done.stderr
    assert "full index" not in done.stderr


@pytest.mark.parametrize(("osx", "newest"), [("13.0", 13), ("15.0", 15)])
def test_the_macos_of_the_environment_decides(repository: RealRepository, osx: str, newest: int) -> None:
    more = f'  - sys: {{__osx: "{osx}"}}\n'
    done = _lock(repository, _spec("osx-arm64", "python=3.12", "onnxruntime", more))
    assert done.returncode == 0, done.stderr
    found = re.search(r"macosx_(\d+)_", _file(repository, "onnxruntime"))
    assert found is not None
    assert 13 <= int(found[1]) <= newest


def test_a_wheel_for_a_newer_macos_is_refused(repository: RealRepository) -> None:
    more = '  - sys: {__osx: "11.0"}\n'
    done = _lock(repository, _spec("osx-arm64", "python=3.12", "onnxruntime==1.23.2", more))
    assert done.returncode == 3
    assert re.search(r"MIX305 .*needs macOS 13\.0, this environment has 11\.0 ", done.stderr), done.stderr
    assert '`sys: {__osx: "13.0"}` admits it' in done.stderr


def test_a_free_threaded_python_gets_its_own_wheels(repository: RealRepository) -> None:
    done = _lock(repository, _spec("linux-64", "python-freethreading=3.14", "pyyaml"))
    assert done.returncode == 0, done.stderr
    assert "-cp314-cp314t-" in _file(repository, "pyyaml")


def test_the_cuda_of_the_environment_is_named(repository: RealRepository) -> None:
    spec = "channels: [conda-forge]\nplatforms: [linux-64]\ndependencies: [python=3.12, cuda-version=12.6, pytorch]\n"
    done = _lock(repository, spec)
    assert "this environment has `__cuda` 11.2" in done.stderr
    assert "sys: {__cuda:" in done.stderr


def _accepted(lockfile: Lockfile, platform: str, packages: list[LockedPackage]) -> set[Tag]:
    """Return what ``packaging.tags`` accepts for the recorded target, derived apart from mixlock's own rule."""
    inputs = recorded_inputs(lockfile, packages[0].platform)
    assert inputs is not None
    virtual = {str(name): version for name, version in inputs.virtual_packages.items()}
    python = next(each for each in packages if each.name == "python" and each.manager is Manager.CONDA)
    major, minor = (int(part) for part in python.version.split(".")[:2])
    if platform == "linux-64":
        newest = int(virtual["__glibc"].split(".")[1])
        tags = [*(f"manylinux_2_{each}_x86_64" for each in range(newest, 4, -1)), "linux_x86_64"]
        tags += [f"manylinux{each}_x86_64" for each in ("1", "2010", "2014")]
    else:
        macos = virtual["__osx"].split(".")
        tags = list(mac_platforms((int(macos[0]), int(macos[1])), "arm64" if platform == "osx-arm64" else "x86_64"))
    suffix = "t" if python.build.endswith("t") else "m" if (major, minor) < (3, 8) else ""
    abi = f"cp{major}{minor}{suffix}"
    own = cpython_tags((major, minor), abis=[abi], platforms=tags)
    return {*chain(own, compatible_tags((major, minor), f"cp{major}{minor}", tags))}


@pytest.mark.parametrize("case", [*CASES, EXAMPLE], ids=lambda case: case.name)
def test_the_recorded_target_accepts_every_wheel(case: Case, locked: RealRepository) -> None:
    lockfile = locked.lockfile(case.name)
    for platform in lockfile.platforms:
        packages = [each for each in lockfile.packages if each.platform == platform]
        accepted = _accepted(lockfile, platform, packages)
        wheels = [each.file for each in packages if each.manager is Manager.PIP and not each.is_sdist]
        refused = [file for file in wheels if accepted.isdisjoint(parse_wheel_filename(file)[3])]
        assert refused == []
