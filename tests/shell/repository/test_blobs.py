"""Files of commits are read by one process of git's, whatever their names and contents are."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import RefusedFileError
from mixlock_hooks.shell.repository import git as git_module
from mixlock_hooks.shell.repository.git import Blobs, blob

if TYPE_CHECKING:
    from pathlib import Path

FILES = {
    "plain.txt": b"text\n",
    "empty.txt": b"",
    "no newline.txt": b"a missing",
    "inner/ü b.txt": b"\0\xff\n\n",
    "inner/tree/file": b"x",
    "line\nbreak": b"of names",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for words in (
        ("init", "-q"),
        ("add", "-A"),
        ("-c", "user.name=t", "-c", "user.email=t@t.example", "commit", "-qm", "t"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("path", [*FILES, "gone.txt", "inner", "inner/tree", "HEAD", ""])
def test_what_one_process_reads_is_what_git_shows(root: Path, path: str) -> None:
    blobs = Blobs(root)
    assert [blobs.read("HEAD", path), blobs.read("HEAD", "plain.txt")] == [blob(root, "HEAD", path), b"text\n"]


def test_paths_are_relative_to_the_folder(root: Path) -> None:
    assert Blobs(root / "inner").read("HEAD", "tree/file") == b"x"


@pytest.mark.parametrize("revision", ["nothing", "HEAD~1", "0" * 40])
def test_a_revision_that_is_none_has_no_files(root: Path, revision: str) -> None:
    blobs = Blobs(root)
    assert blobs.read(revision, "plain.txt") is None
    assert blobs.read("HEAD", "plain.txt") == b"text\n"


def test_a_file_that_is_too_large_is_refused_and_the_next_is_read(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(git_module, "LARGEST", 4)
    blobs = Blobs(root)
    with pytest.raises(RefusedFileError):
        blobs.read("HEAD", "plain.txt")
    assert blobs.read("HEAD", "empty.txt") == b""


def test_a_forked_process_reads_by_a_process_of_its_own(root: Path) -> None:
    blobs = Blobs(root)
    assert blobs.read("HEAD", "plain.txt") == b"text\n"
    child = os.fork()
    if not child:
        os._exit(0 if blobs.read("HEAD", "inner/tree/file") == b"x" else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert blobs.read("HEAD", "plain.txt") == b"text\n"
