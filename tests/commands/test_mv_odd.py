"""``mixlock mv`` and ``rm`` where something is odd: locks alike, damage, files of others, names, aliases, edits."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository


@pytest.fixture
def committed(locked: Repository) -> Repository:
    """Commit a lock."""
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


def _unmoved(repository: Repository, words: tuple[str, ...], told: str, status: int) -> None:
    before = repository.git("status", "--short")
    done = repository.mixlock(*words)
    assert (done.status, told in done.stderr) == (status, True), done.stderr
    assert repository.git("status", "--short") == before


def test_of_locks_that_are_alike_that_of_the_environment_moves(committed: Repository) -> None:
    shutil.copytree(committed.root / "locks/environment", committed.root / "locks/a-old")
    done = committed.mixlock("mv", "environment", "env-new.yml")
    assert done.status == 0, done.stderr
    assert {path.partition("/")[0] for path in committed.locks()} == {"a-old", "env-new"}


def test_specs_that_git_moved_each_get_the_lock_of_their_name(committed: Repository) -> None:
    """Both ask for the same, and their locks hold other versions."""
    committed.write("env-b.yml", committed.read("environment.yml").replace("==2.31.0", ""))
    committed.write("environment.yml", committed.read("environment.yml").replace("==2.31.0", ""))
    assert committed.mixlock("lock").status == 0
    assert committed.mixlock("lock", "env-b", "--upgrade").status == 0
    before = [committed.mixlock("show", name).stdout for name in ("environment", "env-b")]
    assert before[0] != before[1]
    (committed.root / "n").mkdir()
    committed.git("add", ".")
    committed.git("mv", "environment.yml", "env-b.yml", "n/")
    assert committed.mixlock("lock").status == 0
    assert [committed.mixlock("show", f"n/{name}").stdout for name in ("environment", "env-b")] == before
    assert {path.rpartition("/")[0] for path in committed.locks()} == {"n/environment", "n/env-b"}


DAMAGES = {
    "markers of a conflict": ("locks/environment/conda-lock.yml", "<<<<<<< HEAD\n", "MIX210"),
    "no stamp that is one": ("locks/environment/stamp.json", "{}", "MIX206"),
    "a spec that drifted": ("environment.yml", "dependencies: [python=3.12, numpy]\n", "MIX202"),
    "a spec that is no YAML": ("environment.yml", "a: [\n", "MIX001"),
    "a spec that cannot be locked": (
        "environment.yml",
        "dependencies: [python=3.12, numpy, {pip: ['git+https://a.example/b']}]\n",
        "MIX101",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_lock_that_does_not_hold_does_not_move(committed: Repository, damage: tuple[str, str, str]) -> None:
    """It would have to be solved again in its new place."""
    path, text, code = damage
    (committed.root / path).write_text(text)
    for more in ((), ("--dry-run",)):
        _unmoved(committed, ("mv", "environment", "env-new.yml", *more), code, 3)


def test_files_of_others_in_a_locks_folder_stay(committed: Repository) -> None:
    notes = committed.root / "locks/environment/notes.txt"
    notes.write_text("precious")
    assert "notes.txt" not in committed.mixlock("mv", "environment", "env-new.yml", "--dry-run").stdout
    assert committed.mixlock("mv", "environment", "env-new.yml").status == 0
    assert notes.read_text() == "precious"
    other = committed.root / "locks/env-new/notes.txt"
    other.write_text("precious")
    committed.git("add", ".")
    committed.git("commit", "-qm", "moved")
    assert committed.mixlock("rm", "env-new").status == 0
    assert other.read_text() == "precious"


@pytest.mark.parametrize("target", ["env\nnew.yml", "env\x1b.yml", "env\udcff.yml"])
def test_a_name_that_cannot_be_shown_is_refused(committed: Repository, target: str) -> None:
    _unmoved(committed, ("mv", "environment", target), "is not printable", 2)


@pytest.mark.parametrize("target", ["envs//env-new.yml", "envs/./env-new.yml", "./envs/env-new.yml"])
def test_a_path_is_moved_to_as_it_is_meant(committed: Repository, target: str) -> None:
    assert committed.mixlock("mv", "environment", target).status == 0
    assert {path.rpartition("/")[0] for path in committed.locks()} == {"envs/env-new"}
    committed.git("add", ".")
    assert committed.mixlock("drift", "--verify", "--strict").status == 0


@pytest.mark.parametrize("words", [("rm", "team/ml:v1"), ("mv", "team/ml:v1", "env-new.yml")])
def test_an_alias_is_not_the_environment(committed: Repository, words: tuple[str, ...]) -> None:
    assert committed.mixlock("resolve", "-f", "environment.yml", "--alias", "team/ml:v1").status == 0
    _unmoved(committed, words, "is an alias of environment; name the environment", 2)


@pytest.mark.parametrize("staged", [True, False])
def test_what_no_commit_has_is_not_removed(committed: Repository, *, staged: bool) -> None:
    committed.write("environment.yml", committed.read("environment.yml") + "# mine\n")
    if not staged:
        committed.git("reset", "-q")
    _unmoved(committed, ("rm", "environment"), "environment.yml: has changes that are in no commit", 3)


def test_a_lock_without_a_spec_leads_out(committed: Repository) -> None:
    committed.git("rm", "-q", "environment.yml")
    committed.write("env-other.yml", "dependencies: [tzdata]\n")
    for words in (("why", "numpy"), ("rm", "environment"), ("lock", "environment")):
        done = committed.mixlock(*words)
        told = "environment: no spec asks for its lock any more; restore the spec, or delete locks/environment"
        assert (done.status, told in done.stderr) == (2, True), done.stderr
