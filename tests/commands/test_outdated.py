"""``mixlock outdated``: what an upgrade would bring, told and not done."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel

if TYPE_CHECKING:
    from tests.conftest import Repository, TableWorld


@pytest.fixture
def aged(locked: Repository) -> Repository:
    """Return a locked repository whose index has moved on."""
    locked.write("environment.yml", locked.read("environment.yml").replace("requests==2.31.0", "requests"))
    assert locked.mixlock("lock").status == 0
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


def test_what_is_newer_is_told_and_nothing_is_written(aged: Repository) -> None:
    before = aged.locks()
    done = aged.mixlock("outdated")
    assert done.status == 0, done.stderr
    assert done.stdout == ("environment: 1 outdated\n  ^ pip   requests 2.31.0 -> 2.32.0  [linux-64, osx-arm64]\n")
    assert aged.locks() == before
    assert aged.mixlock("outdated", "--fail").status == 1
    document: dict[str, Any] = json.loads(aged.mixlock("outdated", "--format", "json").stdout)
    (environment,) = document["environments"]
    assert (environment["name"], environment["known"]) == ("environment", True)
    assert [(each["name"], each["newest"]) for each in environment["changes"]] == [("requests", "2.32.0")]


def test_where_nothing_is_newer_that_is_said(aged: Repository) -> None:
    assert aged.mixlock("lock", "--upgrade").status == 0
    done = aged.mixlock("outdated", "--fail")
    assert (done.status, done.stdout) == (0, "environment: nothing newer\n")


def test_what_cannot_be_solved_is_not_known(aged: Repository) -> None:
    aged.write("environment.yml", aged.read("environment.yml").replace("- requests", "- requests>9"))
    done = aged.mixlock("outdated")
    assert (done.status, done.stdout) == (3, "environment: not known\n")
    assert "MIX302" in done.stderr


def test_a_package_that_came_later_is_one_too(aged: Repository, world: TableWorld) -> None:
    aged = replace(aged, world=world)
    aged.world.add(render_wheel(SyntheticProject(name="idna", version="4.0")))
    assert "idna 3.10 -> 4.0" in aged.mixlock("outdated").stdout


def test_where_there_is_no_lock_that_is_said(repository: Repository) -> None:
    done = repository.mixlock("outdated")
    assert (done.status, done.stdout) == (1, "")
    assert "environment: has no lock yet; run `mixlock lock environment`" in done.stderr
