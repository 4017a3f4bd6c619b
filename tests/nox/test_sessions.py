"""``nox_plugin.sessions()``: which mixlock commands the sessions run, told to a session that only listens."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pytest

import nox_plugin
from nox_plugin.sessions import SESSIONS, _function

if TYPE_CHECKING:
    import nox


@dataclass
class FakeSession:
    """Takes words after ``--``, and remembers what it was asked to run."""

    posargs: list[str] = field(default_factory=list)
    ran: list[tuple[str, ...]] = field(default_factory=list)

    def run(self, *command: str, external: bool, interrupt_timeout: float) -> None:
        assert external
        assert interrupt_timeout > 5
        self.ran.append(command)


@pytest.mark.parametrize(
    ("name", "environments", "posargs", "words"),
    [
        ("lock", (), [], "lock"),
        ("lock", ("environment",), ["--force"], "lock environment --force"),
        ("lock", (), ["--platform", "linux-64"], "lock --platform linux-64"),
        ("drift", (), [], "drift"),
        ("drift", ("a", "envs/b"), ["--format", "json"], "drift a envs/b --format json"),
        ("wheelhouse", ("a",), ["--all"], "wheelhouse a --all"),
        ("upgrade", (), [], "lock --upgrade"),
        ("upgrade", (), ["numpy"], "lock --upgrade-package numpy"),
        ("upgrade", ("a",), ["numpy", "pandas"], "lock a --upgrade-package numpy --upgrade-package pandas"),
    ],
)
def test_a_session_runs_one_command(name: str, environments: tuple[str, ...], posargs: list[str], words: str) -> None:
    session = FakeSession(posargs=posargs)
    _function(name, environments)(cast("nox.Session", session))
    assert session.ran == [(sys.executable, "-m", "mixlock_hooks", *words.split())]


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_says_what_it_does(name: str) -> None:
    assert _function(name, ()).__doc__


def test_a_session_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^'unlock' is not one of lock, drift, upgrade, wheelhouse$"):
        nox_plugin.sessions("unlock")
