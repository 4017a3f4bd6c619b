"""A file of a commit that is larger than any lock is not read into memory, whoever asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import RefusedFileError
from mixlock_hooks.shell.repository import git

if TYPE_CHECKING:
    from tests.conftest import Repository


@pytest.mark.parametrize("revision", ["HEAD", ""])
def test_a_large_blob_is_refused(locked: Repository, revision: str, monkeypatch: pytest.MonkeyPatch) -> None:
    locked.write("large", "x" * 5_000)
    locked.git("add", ".")
    locked.git("commit", "-qm", "large")
    assert git.blob(locked.root, revision, "large") == b"x" * 5_000
    monkeypatch.setattr(git, "LARGEST", 4_999)
    with pytest.raises(RefusedFileError, match="has more than 0 MiB"):
        git.blob(locked.root, revision, "large")
    assert git.blob(locked.root, revision, "nowhere") is None
