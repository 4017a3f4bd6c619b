"""``mixlock merge-driver`` in real merges of git: locks that grew apart become one, or a person is told."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.commands.conftest import versions
from tests.conftest import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Drift
    from tests.conftest import Repository, World

LOCK = "locks/environment/conda-lock.yml"
SPEC = "dependencies:\n  - python=3.12\n  # one\n  # two\n  - pip:\n    # three\n    - colors\n    # four\n"
ATTRIBUTES = """\
locks/**/conda-lock.yml merge=mixlock
locks/**/conda-*.lock merge=union
locks/**/pip-*.txt merge=union
"""


@pytest.fixture
def base(tmp_path: Path, shared_world: World) -> Repository:
    """Lock and commit a spec in a repository that knows the driver."""
    made = new_repository(tmp_path / "repository", shared_world, SPEC)
    made.write("mixlock.toml", made.read("mixlock.toml").replace(', "osx-arm64"', ""))
    made.write(".gitattributes", ATTRIBUTES)
    driver = f"{sys.executable} -m mixlock_hooks merge-driver %O %A %B %P"
    made.git("config", "merge.mixlock.driver", driver)
    lock(made)
    return made


def lock(repository: Repository) -> None:
    """Lock and commit."""
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    repository.git("add", ".")
    repository.git("commit", "-qm", "lock")


def edited(repository: Repository, *edits: tuple[str, str]) -> None:
    """Edit the spec, lock and commit."""
    text = repository.read("environment.yml")
    for old, new in edits:
        text = text.replace(old, new)
    repository.write("environment.yml", text)
    lock(repository)


def merge(repository: Repository, ours: tuple[str, str], theirs: tuple[str, str]) -> str:
    """Edit the spec on two branches, merge one into the other, and return what git and the driver said."""
    repository.git("checkout", "-qb", "topic")
    edited(repository, theirs)
    repository.git("checkout", "-q", "main")
    edited(repository, ours)
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "merge", "topic"]
    done = repository.run(command)
    return done.stdout + done.stderr


def finish(repository: Repository) -> None:
    """Do what the message says, without a network."""
    done = repository.mixlock("lock", XDG_CACHE_HOME="/nonexistent", PIP_DEFAULT_TIMEOUT="1")
    assert done.status == 0, done.stderr
    repository.git("add", ".")
    repository.git("commit", "-qm", "merge")


def test_requirements_of_both_sides_are_merged_without_a_solve(base: Repository, drift: Drift) -> None:
    said = merge(base, ("# one", "- numpy=1.26"), ("# four", "- requests==2.31.0"))
    assert f"{LOCK}: " not in said
    assert [line for line in said.splitlines() if "CONFLICT" in line] == [
        "CONFLICT (content): Merge conflict in locks/environment/stamp.json"
    ]
    found = versions(base)
    assert {"conda numpy": "1.26.4", "pip requests": "2.31.0", "pip colors": "1.0"}.items() <= found.items()
    finish(base)
    assert drift(base.root, "--strict", "--verify") == (0, [])


def test_a_requirement_that_both_changed_is_left_to_a_person(base: Repository, drift: Drift) -> None:
    edited(base, ("# four", "- requests==2.31.0"))
    said = merge(base, ("requests==2.31.0", "requests"), ("requests==2.31.0", "requests==2.32.0"))
    assert f"{LOCK}: both sides changed the request of pip requests; once" in said
    assert "<<<<<<< ours" in base.read(LOCK)
    base.write("environment.yml", SPEC.replace("# four", "- requests"))
    assert {each.split(" ")[0] for each in drift(base.root)[1]} == {"MIX210"}
    done = base.mixlock("lock")
    assert (done.status, versions(base)["pip colors"]) == (0, "1.0"), done.stderr
    assert drift(base.root, "--strict", "--verify") == (0, [])


def test_packages_that_do_not_fit_together_are_no_lock(base: Repository) -> None:
    """One side asks for an old numpy, the other for what needs a new one."""
    edited(base, ("# one", "- numpy"))
    said = merge(base, ("- numpy", "- numpy<2"), ("# four", "- frames==2.0"))
    assert (
        f"{LOCK}: together they are no answer on linux-64: `frames` 2.0 needs `numpy` >=2, the lock holds 1.26.4"
        in said
    )
    assert "<<<<<<< " in base.read("locks/environment/stamp.json")


def test_edits_by_hand_are_joined_to_no_answer(base: Repository) -> None:
    base.git("checkout", "-qb", "topic")
    base.write(LOCK, base.read(LOCK).replace("optional: false", "optional: true", 1))
    base.git("commit", "-qm", "theirs")
    base.git("checkout", "-q", "main")
    before, _, after = base.read(LOCK).rpartition("category: main")
    base.write(LOCK, f"{before}category: dev{after}")
    base.git("commit", "-qm", "ours")
    done = base.run(["git", "-c", "user.name=t", "-c", "user.email=t@t.example", "merge", "topic"])
    said = done.stderr + done.stdout
    assert f"{LOCK}: together they are no answer on linux-64: `pip` 25.2 is optional" in said
    assert done.status == 1
