"""A cutoff is policy of the next solve: what is locked stays, and moving the cutoff is no drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from tests.conftest import Repository


def _configure(repository: Repository, cutoff: str) -> None:
    repository.write("mixlock.toml", CONFIGURATION + (f'exclude-newer = "{cutoff}"\n' if cutoff else ""))


def _commit(repository: Repository) -> None:
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")


@pytest.mark.parametrize(
    ("before", "now"), [("", "2026-01-31"), ("2026-01-31", ""), ("2026-01-31", "2024-01-31"), ("7 days", "9 days")]
)
def test_moving_the_cutoff_is_no_drift_and_rewrites_nothing(repository: Repository, before: str, now: str) -> None:
    _configure(repository, before)
    assert repository.mixlock("lock").status == 0
    locks = repository.locks()
    for commit in (False, True):
        if commit:
            _commit(repository)
        _configure(repository, now)
        assert repository.mixlock("drift", "--verify").status == 0
        done = repository.mixlock("lock")
        assert (done.status, "fresh" in done.stderr, repository.locks() == locks) == (0, True, True)
