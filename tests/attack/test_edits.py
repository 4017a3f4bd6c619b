"""No edit of a lock that changes what is installed goes unseen, resealed or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.drift.run import DriftOptions, run
from tests.attack.edits import FOLDER, edits
from tests.fakes import MemoryRepository, memory_project
from tests.tables import CHANNEL, INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.pipeline.project import Project
    from tests.conftest import Repository

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
    """Also once it is committed: ``drift --verify`` believes no commit.

    A lock that was committed as another tool's is another tool's, whose hosts are told in a note.
    """
    few = [edit for edit in edits(files) if "another tool's and alone" not in edit.what][::7]
    unseen = [e.what for e in few if run(project(e.files, e.files), DriftOptions(verify=True)).status == 0]
    assert unseen == []


def test_a_commit_vouches_for_its_locks(files: dict[str, bytes]) -> None:
    """A lock of the commit under comparison is not parsed: its record is enough."""
    made = project(files, files)
    assert made.repository.unlike_head((FOLDER,)) == frozenset()
    assert run(made, DriftOptions()).problems == ()
