"""Which lock a name means to an installation, and which one it does not install: one that nothing asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.find_lock import read_lock
from mixlock_hooks.pipeline.refuse_unverified import refuse_unverified
from tests.fakes import memory_project
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from mixlock_hooks.pipeline.project import Project
    from tests.conftest import Repository

_LINUX = Subdir("linux-64")


def _project(locked: Repository, *folders: str, spec: str = "environment.yml") -> Project:
    """Return a repository that has one lock in several folders."""
    files = {path.partition("/")[2]: content for path, content in locked.locks().items()}
    locks = {f"locks/{folder}/{name}": content for folder in folders for name, content in files.items()}
    settings = Settings(platforms=(_LINUX, Subdir("osx-arm64")), channels=(CHANNEL,), default_index=INDEX)
    return memory_project({**locks, spec: locked.read("environment.yml").encode()}, settings)


@pytest.mark.parametrize("wanted", ["environment", "environment.yml"])
def test_a_specs_path_means_its_own_lock(locked_once: Repository, wanted: str) -> None:
    project = _project(locked_once, "environment", "environment.yml")
    found = read_lock(project, wanted)
    assert found.name == "environment"
    refuse_unverified(project, found, _LINUX)


@pytest.mark.parametrize(("name", "spec"), [("environment.yml", "environment.yml"), ("environment", "other/a.txt")])
def test_an_orphan_is_not_installed(locked_once: Repository, name: str, spec: str) -> None:
    project = _project(locked_once, name, spec=spec)
    with pytest.raises(CannotDoError) as caught:
        refuse_unverified(project, read_lock(project, name), _LINUX)
    (problem,) = caught.value.problems
    assert problem.code.value == "MIX209"
