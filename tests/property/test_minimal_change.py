"""A relock changes only what it must: whatever is edited, no package moved that could have stayed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from mixlock_hooks.commands import main
from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import ServedWorld, looked_up_world, new_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.conftest import Done, LookedUpWorld, Repository

_VERSIONS = ("1.0", "2.0", "3.0")
_LAYERS = 5
"""Each package of a layer needs some of the layer below; from 3.0 on it needs 2.0 of the first of them."""
_PYPI = [f"pip{layer}{letter}" for layer in range(_LAYERS) for letter in "ab"]
_CONDA = [f"con{layer}{letter}" for layer in range(_LAYERS) for letter in "ab"]


def _needs(name: str) -> list[str]:
    kind, layer, letter = name[:3], int(name[3]), name[4]
    below = [f"{kind}{layer - 1}{other}" for other in ("a", "b" if letter == "b" else "a")] if layer else []
    return list(dict.fromkeys(below))


def _bounds(name: str, version: str) -> list[tuple[str, str]]:
    return [(need, ">=2.0" if place == 0 and version == "3.0" else "") for place, need in enumerate(_needs(name))]


def _project(name: str, version: str) -> SyntheticProject:
    return SyntheticProject(name=name, version=version, requires=tuple(f"{n}{b}" for n, b in _bounds(name, version)))


def _package(name: str, version: str) -> SyntheticCondaPackage:
    return SyntheticCondaPackage(
        name=name, version=version, depends=tuple(f"{n} {b}".strip() for n, b in _bounds(name, version))
    )


@dataclass(frozen=True, kw_only=True)
class Universe:
    """A repository whose lock holds the first version of some packages, in a world that has moved on."""

    repository: Repository
    world: LookedUpWorld
    old: Mapping[str, bytes]


@pytest.fixture(scope="module")
def universe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Universe]:
    """Lock while there is only the first version of everything, then publish the others; locks are looked up."""
    home = tmp_path_factory.mktemp("universe")
    with looked_up_world(home) as world:
        world.add_conda(*(_package(name, "1.0") for name in _CONDA))
        world.add(*(render_wheel(_project(name, "1.0")) for name in _PYPI))
        repository = new_repository(home / "repository", world)
        repository.write("mixlock.toml", repository.read("mixlock.toml").replace(', "osx-arm64"', ""))
        repository.write("environment.yml", _spec(_START))
        done = repository.mixlock("lock", "--platform", "linux-64")
        assert done.status == 0, done.stderr
        world.add_conda(*(_package(name, version) for name in _CONDA for version in _VERSIONS))
        world.add(*(render_wheel(_project(name, version)) for name in _PYPI for version in _VERSIONS))
        yield Universe(repository=repository, world=world, old=repository.locks())


def _lock(repository: Repository) -> bytes:
    return (repository.root / "locks/environment/conda-lock.yml").read_bytes()


_START = {"pip2a": "", "pip3b": "", "con2b": "", "con3a": ""}


def _spec(asked: Mapping[str, str]) -> str:
    conda = "".join(f"  - {name}{bound}\n" for name, bound in asked.items() if name in _CONDA)
    pypi = "".join(f"    - {name}{bound}\n" for name, bound in asked.items() if name in _PYPI)
    return f"dependencies:\n  - python=3.12\n{conda}" + (f"  - pip:\n{pypi}" if pypi else "")


_EDITS = st.dictionaries(
    st.sampled_from([*_PYPI, *_CONDA]), st.sampled_from(["", "<2", ">=2", ">=3", None]), min_size=1, max_size=3
)


_QUIETLY = settings(
    max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_QUIETLY
@given(edits=_EDITS)
def test_no_package_changed_that_could_have_stayed(universe: Universe, edits: dict[str, str | None]) -> None:
    _edit_and_relock(universe, universe.world.mixlock, edits)


@pytest.mark.parametrize(
    "edits",
    [{"pip4a": ">=3", "con2b": None}, {"con4b": "", "pip2a": ">=2", "con3a": ">=3"}],
    ids=["some move, some go", "what is new moves what it needs"],
)
def test_the_real_engines_change_no_package_that_could_have_stayed(
    universe: Universe, edits: dict[str, str | None]
) -> None:
    _edit_and_relock(universe, partial(ServedWorld.mixlock, universe.world), edits)


@pytest.mark.real
@settings(parent=_QUIETLY, max_examples=10)
@given(edits=_EDITS)
def test_the_real_engines_change_no_package_that_could_have_stayed_whatever_is_edited(
    universe: Universe, edits: dict[str, str | None]
) -> None:
    _edit_and_relock(universe, partial(ServedWorld.mixlock, universe.world), edits)


def _edit_and_relock(
    universe: Universe,
    mixlock: Callable[[Path, Sequence[str], Mapping[str, str]], Done],
    edits: Mapping[str, str | None],
) -> None:
    asked = {name: bound for name, bound in {**_START, **edits}.items() if bound is not None}
    repository = universe.repository
    for name, content in universe.old.items():
        (repository.root / "locks" / name).write_bytes(content)
    repository.write("environment.yml", _spec(asked))
    done = mixlock(repository.root, ("lock", "--platform", "linux-64"), {})
    if done.status == 3:
        assert "MIX30" in done.stderr, done.stderr  # 3.0 of one and <2 of what it needs exclude each other
        return
    assert done.status == 0, done.stderr
    assert main(["drift", "--verify", "--strict", "--root", str(repository.root)]) == 0
    old, new = _packages(universe.old["environment/conda-lock.yml"]), _packages(_lock(repository))
    bounds = _demands(asked, new)
    for key, package in new.items():
        if key in old and old[key].version != package.version:
            assert any(old[key].version not in SpecifierSet(bound) for bound in bounds.get(key, ())), key
    assert set(new) - {(Manager.CONDA, "python"), (Manager.CONDA, "pip")} == _needed(asked)


def _packages(lock: bytes) -> dict[tuple[Manager, str], LockedPackage]:
    return {(found.manager, canonicalize_name(found.name)): found for found in conda_lock_yml.parse(lock).packages}


def _demands(
    asked: Mapping[str, str], new: Mapping[tuple[Manager, str], LockedPackage]
) -> dict[tuple[Manager, str], list[str]]:
    """Return every bound that a request or a locked package lays on each package."""
    found = {_key(name): [bound] for name, bound in asked.items()}
    for (manager, name), package in new.items():
        for need, bound in _bounds(name, package.version) if name in {*_PYPI, *_CONDA} else ():
            found.setdefault((manager, need), []).append(bound)
    return found


def _needed(asked: Mapping[str, str]) -> set[tuple[Manager, str]]:
    todo, found = list(asked), set()
    while todo:
        name = todo.pop()
        found.add(_key(name))
        todo += _needs(name)
    return found


def _key(name: str) -> tuple[Manager, str]:
    return (Manager.CONDA if name in _CONDA else Manager.PIP, name)
