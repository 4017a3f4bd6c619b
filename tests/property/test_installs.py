"""Every lock that is written installs, and answers every request, extras included; drift finds nothing in it.

The judge is not mixlock: uv installs the wheels by their hashes, without looking for anything else, and
``importlib.metadata`` tells what is there and what it needs.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import partial
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.shell.tools import find_uv
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.uv_engine import UvEngine
from tests.conftest import ServedWorld, looked_up_world, new_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.conftest import Done, LookedUpWorld, Repository

_PYTHON = "python >=3.12,<3.13.0a0"
_ENVIRONMENT = {
    "os_name": "posix",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "implementation_name": "cpython",
    "implementation_version": "3.12.11",
    "python_full_version": "3.12.11",
    "python_version": "3.12",
    "platform_release": "",
    "platform_version": "",
}


def _project(name: str, version: str, *requires: str, **extras: tuple[str, ...]) -> SyntheticProject:
    return SyntheticProject(name=name, version=version, requires=requires, extras=tuple(extras.items()))


def _held(version: str) -> SyntheticProject:
    """Return a project that conda has too, with extras: one names the other, one has a marker, one is elsewhere."""
    return _project(
        "held",
        version,
        fast=("speedups>=1",),
        all=("held[fast]", "plugin; python_version>='3.10'", "for-windows; sys_platform=='win32'"),
    )


_PROJECTS = (
    _held("1.0"),
    _held("2.0"),
    _project("speedups", "0.9"),
    _project("speedups", "1.0", "leaf>=1"),
    _project("speedups", "2.0", "leaf>=2"),
    _project("plugin", "1.0", "held>=1"),
    _project("for-windows", "1.0"),
    _project("leaf", "1.0"),
    _project("leaf", "2.0"),
    _project("leaf", "3.0rc1"),
    _project("own", "1.0", "leaf", small=("leaf>=1",), big=("own[small]", "Epoch_ed")),
    _project("own", "2.0", "leaf<2", small=("leaf>=1",), big=("own[small]", "Epoch_ed", "plugin")),
    _project("epoch-ed", "5.0"),
    _project("epoch-ed", "1!1.0", "labelled==1.0"),
    _project("labelled", "1.0+cpu", "posted>=1.0"),
    _project("posted", "1.0", "held[fast]"),
    _project("posted", "1.0.post2", "leaf!=2.0"),
    _project("posted", "1.1.dev3"),
    _project("asks-old", "1.0", "held[all]<2"),
    _project("asks-new", "1.0", "held[fast]>=2"),
    _project("asks-twin", "1.0", "twin_of_conda>=1", "for-windows; sys_platform=='win32'"),
    _project("twin-of-conda", "1.5"),
    _project("twin-of-conda", "2.5"),
    _project("circle-a", "1.0", "circle-b[more]"),
    _project("circle-b", "1.0", more=("circle-a", "leaf>=2")),
)
_CONDA = (
    SyntheticCondaPackage(name="held", version="1.0", depends=(_PYTHON, "for-conda-alone")),
    SyntheticCondaPackage(name="held", version="2.0", depends=(_PYTHON, "for-conda-alone")),
    SyntheticCondaPackage(name="for-conda-alone", version="1.0"),
    SyntheticCondaPackage(name="twin-of-conda", version="1.5", depends=(_PYTHON,)),
    SyntheticCondaPackage(name="leaf", version="1.0", depends=(_PYTHON,)),
)
_OF_CONDA = st.sampled_from(["held", "held=1", "held>=2", "twin-of-conda", "leaf", ""])
_OF_PYPI = st.sampled_from(
    [
        *("own", "own[small]<2", "own[big]", "own[big]==1.0", "asks-old", "asks-new", "asks-twin", "posted"),
        *("posted==1.0", "labelled", "labelled==1.0", "epoch-ed", "epoch-ed<2", "leaf", "leaf<2", "leaf==3.0rc1"),
        *("speedups", "speedups<1", "plugin", "held[all]", "held[fast]==2.0", "held", "circle-a", "circle_b[more]"),
        *("for-windows; sys_platform == 'win32'", "posted; python_version < '3.12'"),
    ]
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Universe:
    """A repository, and what its channel and its index have."""

    repository: Repository
    world: LookedUpWorld


@pytest.fixture(scope="module")
def universe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Universe]:
    """Serve a world in which both sides have much to say of each other."""
    home = tmp_path_factory.mktemp("installs")
    with looked_up_world(home) as world:
        world.add_conda(*_CONDA)
        world.add(*map(render_wheel, _PROJECTS))
        world.engines.engine = UvEngine
        repository = new_repository(home / "repository", world)
        repository.write("mixlock.toml", repository.read("mixlock.toml").replace(', "osx-arm64"', ""))
        yield Universe(repository=repository, world=world)


_QUIETLY = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_SPECS = (st.lists(_OF_CONDA, max_size=2, unique=True), st.lists(_OF_PYPI, min_size=1, max_size=3, unique=True))


@_QUIETLY
@given(conda=_SPECS[0], pypi=_SPECS[1])
def test_what_uv_proposes_beside_conda_installs_and_answers(
    universe: Universe, conda: list[str], pypi: list[str]
) -> None:
    _lock_and_install(universe, universe.world.mixlock, conda, pypi)


@pytest.mark.parametrize(
    ("conda", "pypi"),
    [
        pytest.param(["held=1"], ["posted==1.0", "own[big]==1.0"], id="extras of conda's, and of itself"),
        pytest.param(
            ["twin-of-conda", "leaf"], ["asks-twin", "labelled"], id="twins, a local version, a post-release"
        ),
        pytest.param(
            [], ["epoch-ed", "circle-a", "for-windows; sys_platform == 'win32'"], id="an epoch and a circle"
        ),
    ],
)
def test_what_the_real_engines_lock_installs_and_answers(
    universe: Universe, conda: list[str], pypi: list[str]
) -> None:
    assert _lock_and_install(universe, partial(ServedWorld.mixlock, universe.world), conda, pypi)


@pytest.mark.real
@settings(parent=_QUIETLY, max_examples=12)
@given(conda=_SPECS[0], pypi=_SPECS[1])
def test_what_the_real_engines_lock_installs_and_answers_whatever_is_asked(
    universe: Universe, conda: list[str], pypi: list[str]
) -> None:
    _lock_and_install(universe, partial(ServedWorld.mixlock, universe.world), conda, pypi)


def _lock_and_install(
    universe: Universe,
    mixlock: Callable[[Path, Sequence[str], Mapping[str, str]], Done],
    conda: Sequence[str],
    pypi: Sequence[str],
) -> bool:
    """Lock a spec from nothing; where there is an answer, install and judge it."""
    repository = universe.repository
    shutil.rmtree(repository.root / "locks", ignore_errors=True)
    of_conda = "".join(f"- {each}\n" for words in conda for each in words.split())
    repository.write(
        "environment.yml",
        f"dependencies:\n- python=3.12\n{of_conda}- pip:\n" + "".join(f'  - "{each}"\n' for each in pypi),
    )
    done = mixlock(repository.root, ("lock",), {})
    assert done.status in {0, 1, 3}, done.stderr
    assert "a fault of mixlock" not in done.stderr
    if done.status:
        assert "MIX" in done.stderr
        assert repository.locks() == {}
        return False
    drifted = mixlock(repository.root, ("drift", "--verify"), {})
    assert drifted.status == 0, drifted.stdout
    _judge(universe, pypi)
    return True


def _judge(universe: Universe, asked: Sequence[str]) -> None:
    """Install PyPI's part beside what conda has, and follow every need from what was asked for."""
    folder = universe.repository.root / "locks/environment"
    lockfile = conda_lock_yml.parse((folder / "conda-lock.yml").read_bytes())
    there = {
        str(canonicalize_name(package.name)): package.version
        for package in lockfile.packages
        if package.manager is Manager.CONDA
    }
    needs: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name:
        _install(universe, folder / "pip-linux-64.txt", Path(name))
        for found in distributions(path=[name]):
            project = str(canonicalize_name(found.metadata["Name"]))
            assert project not in there, f"{project} is from both managers"
            there[project], needs[project] = found.version, list(found.requires or ())
    held = {f"{project.name} {project.version}": project for project in _PROJECTS}
    waiting = [(Requirement(each), "the spec") for each in asked]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, by = waiting.pop()
        name = str(canonicalize_name(requirement.name))
        if requirement.marker and not requirement.marker.evaluate({**_ENVIRONMENT, "extra": ""}):
            continue
        assert name in there, f"{by} needs {requirement}, which is not there"
        assert requirement.specifier.contains(there[name], prereleases=True), f"{by} needs {requirement}"
        own = needs.get(name)
        metadata = _of_extras(held[f"{name} {there[name]}"]) if own is None and requirement.extras else own or []
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += [(each, f"{name}[{extra}]") for each in _of_extra(metadata, extra)]


def _of_extras(project: SyntheticProject) -> list[str]:
    """Return what a project of conda's needs by its extras alone: the rest is conda's to say."""
    found = []
    for extra, requires in project.extras:
        for each in requires:
            text, _semicolon, marker = each.partition(";")
            found.append(f"{text}; extra == '{extra}'" + (f" and ({marker})" if marker else ""))
    return found


def _of_extra(requires: Sequence[str], extra: str) -> Iterator[Requirement]:
    """Yield what holds of some needs for one extra; what holds without any is taken once, for the empty one."""
    for text in requires:
        requirement = Requirement(text)
        marker = requirement.marker
        holds = marker is None or marker.evaluate({**_ENVIRONMENT, "extra": extra})
        without = marker is None or marker.evaluate({**_ENVIRONMENT, "extra": ""})
        if holds and (not extra or not without):
            requirement.marker = None
            yield requirement


def _install(universe: Universe, file: Path, target: Path) -> None:
    """Install hash-checked requirements as their own head says, from the index that is served."""
    text = "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("--"))
    plain = target.with_suffix(".txt")
    plain.write_text(text)
    if "==" not in text:
        return
    command = [
        find_uv() or "uv",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--require-hashes",
        "--target",
        str(target),
        "-r",
        str(plain),
    ]
    index = ["--default-index", f"{universe.world.base}/index/simple", "--no-config", "--no-cache"]
    done = subprocess.run(
        [*command, *index, "--python-version", "3.12", "--python-platform", "linux"],
        capture_output=True,
        text=True,
        check=False,
    )
    plain.unlink()
    assert done.returncode == 0, done.stderr
