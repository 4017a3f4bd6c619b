"""No program of a repository runs, and none that it names."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository


def _program(file: Path, trace: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\ntouch '{trace}'\n", encoding="utf-8")
    file.chmod(0o755)


@pytest.mark.parametrize("named", ["./bin/solver", "bin/solver", "/bin/sh", "../outside", "solver"])
def test_a_repository_cannot_name_a_program(repository: Repository, tmp_path: Path, named: str) -> None:
    _program(repository.root / "bin/solver", tmp_path / "ran")
    repository.write("mixlock.toml", f'solver = "{named}"\n' + repository.read("mixlock.toml"))
    done = repository.mixlock("lock")
    assert (done.status, "MIX003 `solver` must be one of" in done.stderr) == (2, True)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("folder", ["bin", "."])
def test_a_solver_that_lies_in_the_repository_is_not_run(
    served_repository: Repository, tmp_path: Path, folder: str
) -> None:
    repository = served_repository
    _program(repository.root / "bin/micromamba", tmp_path / "ran")
    _program(repository.root / "micromamba", tmp_path / "ran")
    repository.write("mixlock.toml", 'solver = "micromamba"\n' + repository.read("mixlock.toml"))
    first = str(repository.root / folder) if folder != "." else "."
    done = repository.mixlock("lock", PATH=os.pathsep.join((first, os.environ["PATH"])))
    told = "a program of the repository, which is never run" if folder == "bin" else "was not found"
    assert (done.status, told in done.stderr, (tmp_path / "ran").exists()) == (3, True, False), done.stderr


@pytest.mark.parametrize("command", ["check", "drift", "list", "diff"])
def test_a_folder_that_looks_like_a_bare_repository_names_no_program(
    locked: Repository, tmp_path: Path, command: str
) -> None:
    _program(tmp_path / "program", tmp_path / "ran")
    bare = (
        f"[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tfsmonitor = {tmp_path}/program\n\tworktree = .\n"
    )
    for name, text in {"HEAD": "ref: refs/heads/main\n", "config": bare, "refs/x": "", "objects/x": ""}.items():
        locked.write(f"sub/{name}", text)
    locked.write("sub/mixlock.toml", locked.read("mixlock.toml"))
    locked.write("sub/environment.yml", locked.read("environment.yml"))
    done = locked.mixlock(command, "--root", str(locked.root / "sub"))
    assert done.status != 0
    assert not (tmp_path / "ran").exists()
