"""A repository on disk: its root, what git tracks, and files that cannot be had."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.repository import walk
from mixlock_hooks.shell.repository.worktree import WorkTree, find_root, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def tree(tmp_path: Path) -> WorkTree:
    """Make a repository with ``a.yml`` tracked, ``b.yml`` not, and a folder of the name ``c.yml``."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "deep/c.yml").mkdir(parents=True)
    for name in ("a.yml", "b.yml", "deep/d é.yml"):
        (tmp_path / name).write_bytes(name.encode())
    subprocess.run(["git", "-C", str(tmp_path), "add", "a.yml", "deep"], check=True)
    return WorkTree(tmp_path)


def test_tracked_are_those_that_git_knows(tree: WorkTree) -> None:
    assert tree.tracked() == ("a.yml", "deep/d é.yml")


def test_below_a_folder_of_the_repository_paths_are_relative_to_it(tree: WorkTree) -> None:
    assert WorkTree(tree.root / "deep").tracked() == ("d é.yml",)


def test_outside_of_git_every_file_counts(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/b.yml").touch()
    assert WorkTree(tmp_path).tracked() == ("a/b.yml",)


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "conda-meta/history", ".venv/x", "node_modules/x", ".git/x"])
def test_outside_of_git_no_environment_counts(tmp_path: Path, mark: str) -> None:
    for path in ("a.yml", "work/b.yml", f"work/inside/{mark}", "work/inside/lib/environment.yml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    is_environment = mark.startswith(("pyvenv", "conda-meta"))
    inside = () if is_environment else ("work/inside/lib/environment.yml",)
    assert WorkTree(tmp_path).tracked() == ("a.yml", "work/b.yml", *inside)


def test_outside_of_git_a_whole_disk_is_not_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "MOST_WALKED", 2)
    for name in ("a", "b", "c"):
        (tmp_path / name).touch()
    with pytest.raises(CannotDoError, match="not in a git repository and holds more than 2 files; change to your"):
        WorkTree(tmp_path).tracked()
    (tmp_path / "c").unlink()
    assert WorkTree(tmp_path).tracked() == ("a", "b")


@pytest.mark.parametrize("name", ["venv", ".venv", "node_modules", "x/pyvenv.cfg", "conda-meta"])
def test_below_a_folder_every_file_is_there(tree: WorkTree, name: str) -> None:
    (tree.root / "locks" / name).mkdir(parents=True)
    (tree.root / "locks" / name / "conda-lock.yml").touch()
    assert tree.below("locks") == (f"locks/{name}/conda-lock.yml",)


@pytest.mark.parametrize("path", ["missing.yml", "a.yml/below", "deep/missing/x"])
def test_a_file_that_is_not_there_reads_as_none(tree: WorkTree, path: str) -> None:
    assert tree.read(path) is None
    assert tree.names(path) == ()
    assert tree.below(path) == ()


def test_a_folder_is_no_file(tree: WorkTree) -> None:
    with pytest.raises(UsageError, match="is a folder"):
        tree.read("deep/c.yml")


@pytest.mark.parametrize(
    ("word", "start", "expected"),
    [("a.yml", ".", "a.yml"), ("../a.yml", "deep", "a.yml"), ("./x/../a.yml", ".", "a.yml"), (".", ".", ".")],
)
def test_relative(tree: WorkTree, word: str, start: str, expected: str) -> None:
    assert tree.relative(word, tree.root / start) == expected


def test_a_path_outside_is_a_usage_error(tree: WorkTree) -> None:
    with pytest.raises(UsageError, match="is outside of"):
        tree.relative("../x", tree.root)


def test_the_nearest_configuration_is_the_root_else_gits_top(tree: WorkTree) -> None:
    assert find_root(tree.root / "deep/c.yml") == tree.root
    (tree.root / "deep/pyproject.toml").write_text("[project]\n")
    assert find_root(tree.root / "deep/c.yml") == tree.root
    (tree.root / "deep/pyproject.toml").write_text("[tool.mixlock]\nlock-dir = 'x'\n")
    assert find_root(tree.root / "deep/c.yml") == tree.root / "deep"
    assert read_settings(tree.root / "deep").lock_dir == "x"


def test_a_link_out_of_the_repository_keeps_its_own_name(tree: WorkTree) -> None:
    os.symlink("/", tree.root / "link")  # noqa: PTH211
    assert tree.relative("link/x", tree.root) == "link/x"
