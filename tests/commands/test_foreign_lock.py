"""Locks that plain conda-lock wrote: judged by what they hold, and taken over by ``mixlock lock``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from tests.commands.conftest import versions

if TYPE_CHECKING:
    from tests.commands.conftest import Drift
    from tests.conftest import Repository

LOCK = "locks/environment/conda-lock.yml"


@pytest.fixture
def foreign(locked: Repository) -> Repository:
    """Take mixlock's own facts and files from a lock."""
    lockfile = conda_lock_yml.parse(locked.locks()["environment/conda-lock.yml"])
    for name in locked.locks():
        (locked.root / "locks" / name).unlink()
    bare = conda_lock_yml.render(replace(lockfile, facts={}), "../../environment.yml").decode()
    locked.write(LOCK, bare.replace("  custom_metadata: {}\n", ""))
    return locked


def test_a_foreign_lock_that_answers_is_fresh_with_a_note(foreign: Repository, drift: Drift) -> None:
    note = [f"MIX206 {LOCK}:1 conda-lock.yml was not written by mixlock; it is judged by what it holds"]
    assert drift(foreign.root) == (0, note)
    assert drift(foreign.root, "--strict") == (1, note)


ROWS = {
    "a requirement more": (
        "numpy=1.26",
        "numpy=1.26\n  - pandas",
        "MIX202 environment.yml:4 conda requirement `pandas`",
    ),
    "a bound that does not hold": (
        "numpy=1.26",
        "numpy>=2",
        "MIX202 environment.yml:3 conda requirement `numpy>=2` is",
    ),
    "a requirement less": ("  - pip:\n    - requests==2.31.0\n", "", f"MIX202 {LOCK}:"),
    "another channel": (
        "dependencies:",
        "channels: [conda-forge]\ndependencies:",
        "MIX204 environment.yml:1 the channels are `conda-forge`, the lock was solved from",
    ),
    "a platform more": (
        "dependencies:",
        "platforms: [linux-64, osx-arm64, win-64]\ndependencies:",
        "MIX203 environment.yml:1 the lock lacks a platform that is wanted:",
    ),
    "a platform less": (
        "dependencies:",
        "platforms: [linux-64]\ndependencies:",
        "MIX203 environment.yml:1 the lock has a platform that is no longer wanted:",
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), ROWS.values(), ids=ROWS)
def test_a_foreign_lock_that_does_not_answer(
    foreign: Repository, drift: Drift, old: str, new: str, expected: str
) -> None:
    foreign.write("environment.yml", foreign.read("environment.yml").replace(old, new))
    status, found = drift(foreign.root)
    assert status == 1
    assert any(each.startswith(expected) for each in found), found


def test_platforms_that_nobody_names_are_those_of_the_lock(foreign: Repository, drift: Drift) -> None:
    foreign.write("mixlock.toml", re.sub(r"platforms = .*\n", "", foreign.read("mixlock.toml")))
    lockfile = conda_lock_yml.parse(foreign.locks()["environment/conda-lock.yml"])
    one = tuple(package for package in lockfile.packages if package.platform == "linux-64")
    alone = replace(lockfile, packages=one, platforms=lockfile.platforms[:1])
    foreign.write(LOCK, conda_lock_yml.render(alone, "../../environment.yml").decode())
    assert drift(foreign.root)[0] == 0


def test_a_foreign_lock_is_taken_over_and_keeps_its_versions(foreign: Repository, drift: Drift) -> None:
    before = versions(foreign)
    foreign.write("environment.yml", foreign.read("environment.yml").replace("==2.31.0", "").replace("=1.26", ""))
    done = foreign.mixlock("lock")
    assert done.status == 0, done.stderr
    assert versions(foreign) == before
    assert drift(foreign.root, "--strict", "--verify") == (0, [])
