"""The shipped name map against the whole maps it was made from, and all verbs against each other over all names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.utils import canonicalize_name

from benchmarks.name_map import TARGET, compact, read_dependencies, read_maps, without_python
from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import CondaName, PypiName, Subdir
from mixlock_hooks.model.problem import Severity
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.both_managers import same_package_twice
from mixlock_hooks.rules.conflicts import conflicts
from mixlock_hooks.rules.lock_graph import PYTHON, LockGraph
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.verify import gaps
from mixlock_hooks.shell.name_map_file import shipped
from tests.real.shared_channels import SHARED, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from benchmarks.name_map import FullMap
    from mixlock_hooks.model.environment import EnvironmentSpec

pytestmark = pytest.mark.real


@pytest.fixture(name="full", scope="module")
def _full() -> Mapping[str, FullMap]:
    return read_maps(SHARED / "data" / "name-maps")


def test_the_shipped_map_is_the_full_ones_made_compact(full: Mapping[str, FullMap]) -> None:
    assert compact(full, without_python(full, read_dependencies(unpacked()))) == TARGET.read_text(encoding="utf-8")


def test_every_name_is_answered_as_the_full_maps_answer_it(full: Mapping[str, FullMap]) -> None:
    for channel, names in full.items():
        for name, projects in names.items():
            found = shipped().provision(name, [channel])
            assert sorted((*found.projects, *found.carried)) == sorted(projects or ()), (channel, name)


def test_every_build_of_the_channels_is_answered_as_its_name_is(full: Mapping[str, FullMap]) -> None:
    for channel, packages in read_dependencies(unpacked()).items():
        for name in packages.keys() & full[channel].keys():
            by_name = shipped().provision(name, [channel])
            assert {shipped().provision(name, [channel], dependencies=needs) for needs in packages[name]} == {by_name}


def test_whoever_asks_conda_for_a_project_gets_it(full: Mapping[str, FullMap]) -> None:
    for channel, names in full.items():
        provided = {project for name in names for project in shipped().projects(name, [channel])}
        for project in provided:
            conda = shipped().conda_name(project, [channel])
            assert project in (names[conda or ""] or ()), (channel, project, conda)


def test_the_licence_is_that_of_the_source() -> None:
    licence = (SHARED / "data" / "name-maps" / "LICENSE").read_text(encoding="utf-8")
    assert TARGET.with_name("name_map.LICENSE").read_text(encoding="utf-8") == licence


def _pairs(names: FullMap) -> Iterator[tuple[str, str]]:
    """Yield every conda name with each of its projects, and with that of the same name."""
    for name, projects in names.items():
        if name != PYTHON:
            yield from ((name, project) for project in {*(projects or ()), canonicalize_name(name)})


_LINUX = Subdir("linux-64")


def _packages(channel: str, conda: str, project: str) -> tuple[LockedPackage, ...]:
    url = f"https://conda.anaconda.org/{channel}/linux-64/{conda}-1-0.conda"
    need = {"python": ""}
    return (
        LockedPackage(
            name=conda, version="1", manager=Manager.CONDA, platform=_LINUX, dependencies=need, url=url, md5="0"
        ),
        LockedPackage(
            name=project, version="1", manager=Manager.PIP, platform=_LINUX, dependencies={}, url="u", sha256="0"
        ),
    )


def _is_refused_by_check(spec: EnvironmentSpec, channel: str, conda: str, project: str) -> bool:
    asked = replace(
        spec.platforms[0],
        channels=(channel,),
        conda=(CondaRequirement(name=CondaName(conda), place=spec.place),),
        pypi=(PypiRequirement(name=PypiName(project), place=spec.place),),
    )
    found = same_package_twice(replace(spec, platforms=(asked,)), shipped())
    return any(problem.severity is Severity.ERROR for problem in found)


def test_check_lock_and_verify_agree_on_every_name_and_project(full: Mapping[str, FullMap]) -> None:
    spec = merge(environment_yml.parse("dependencies: [python]\nplatforms: [linux-64]\n", "e.yml"), Settings())
    seen = set()
    for channel, names in full.items():
        for conda, project in _pairs(names):
            packages = _packages(channel, conda, project)
            by_check = _is_refused_by_check(spec, channel, conda, project)
            by_lock = bool(conflicts(packages, shipped()))
            by_verify = any("from conda" in found.claim for found in gaps(LockGraph(packages, shipped())))
            assert (by_check, by_lock) == (by_verify, by_verify), (channel, conda, project)
            seen.add(by_check)
    assert seen == {True, False}
