"""No edit of a lock that changes what is installed goes unseen, resealed or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.drift.run import Changes, DriftOptions, run
from tests.attack.edits import FOLDER, LOCK, edits
from tests.fakes import MemoryFiles, MemoryRepository, memory_project
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.pipeline.project import Project
    from tests.conftest import Repository

_NOTED = tuple(
    f"{what}, as another tool's and alone"
    for what in (
        "another category",
        "one hash less",
        "no strong hash",
        "optional",
        "an entry twice",
        "a package for another platform",
        "another platform twice",
        "another channel",
        "no channel",
        "another content hash",
        "a content hash more",
    )
)
"""What a lock that was committed as another tool's may have: other tools write such locks."""
_SETTINGS = Settings(platforms=(Subdir("linux-64"), Subdir("osx-arm64")), channels=(CHANNEL,), default_index=INDEX)


@pytest.fixture(name="files", scope="module")
def _files(locked_once: Repository) -> dict[str, bytes]:
    locks = {f"locks/{path}": content for path, content in locked_once.locks().items()}
    return {**locks, "environment.yml": locked_once.read("environment.yml").encode()}


def project(now: Mapping[str, bytes], committed: Mapping[str, bytes]) -> Project:
    """Return a repository whose work tree differs from its last commit."""
    made = memory_project(now, _SETTINGS)
    assert isinstance(made.repository, MemoryRepository)
    made.repository.base.update(committed)
    return made


def test_the_lock_itself_is_no_drift(files: dict[str, bytes]) -> None:
    for committed in (files, {}):
        assert run(project(files, committed), DriftOptions(strict=True)).problems == ()


def test_no_edit_of_a_changed_lock_goes_unseen(files: dict[str, bytes]) -> None:
    found = list(edits(files))
    assert len(found) >= 500
    unseen = [edit.what for edit in found if run(project(edit.files, files), DriftOptions()).status == 0]
    assert unseen == []


def test_no_edit_goes_unseen_where_everything_is_verified(files: dict[str, bytes]) -> None:
    """Also once it is committed: ``drift --verify`` believes no commit."""
    few = [edit for edit in edits(files) if not edit.what.endswith(_NOTED)][::7]
    unseen = [e.what for e in few if run(project(e.files, e.files), DriftOptions(verify=True)).status == 0]
    assert unseen == []


MOVES = {
    "the environment": ("locks/other", {"environment.yml": "other.yml"}, replace(_SETTINGS, specs=("*.yml",))),
    "the folder of locks": ("elsewhere/environment", {}, replace(_SETTINGS, lock_dir="elsewhere")),
}


@pytest.mark.parametrize(("folder", "renamed", "settings"), MOVES.values(), ids=MOVES)
@pytest.mark.parametrize("verify", [False, True])
def test_no_move_makes_a_lock_another_tools(
    files: dict[str, bytes], folder: str, renamed: dict[str, str], settings: Settings, *, verify: bool
) -> None:
    """A lock of mixlock's that a branch moves, without its record, has lost it: nobody vouches for what it holds."""
    bare = conda_lock_yml.render(replace(conda_lock_yml.parse(files[LOCK]), facts={}), "../../environment.yml")
    specs = {renamed.get(path, path): content for path, content in files.items() if not path.startswith("locks/")}
    now = {**specs, f"{folder}/{LOCKFILE}": bare}
    paths = frozenset(path for path in {*now, *files} if now.get(path) != files.get(path))
    changes = Changes(before=MemoryFiles(content=files), paths=paths)
    there = memory_project(now, settings)
    assert run(there, DriftOptions(changes=changes, verify=verify)).status == 1
    assert run(there, DriftOptions(changes=replace(changes, before=MemoryFiles()), verify=verify)).status == 0


def test_a_commit_vouches_for_its_locks(files: dict[str, bytes]) -> None:
    """A lock of the commit under comparison is not parsed: its record is enough."""
    made = project(files, files)
    assert made.repository.unlike_head((FOLDER,)) == frozenset()
    assert run(made, DriftOptions()).problems == ()
