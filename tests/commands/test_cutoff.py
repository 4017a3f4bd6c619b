"""A cutoff is policy of the next solve: what is locked stays, and moving the cutoff is no drift."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.lock import record
from mixlock_hooks.pipeline.locks import parse_lock
from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from mixlock_hooks.model.inputs import Inputs
    from tests.conftest import Repository

_LOCK = "locks/environment/conda-lock.yml"


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


def _aged(repository: Repository, cutoff: str) -> None:
    """Make the lock one of an older mixlock, whose inputs and fingerprint hold the cutoff."""
    lockfile = parse_lock(repository.read(_LOCK).encode(), _LOCK)
    inputs = {
        platform: replace(found, exclude_newer=cutoff)
        for platform in lockfile.platforms
        if (found := record.recorded_inputs(lockfile, platform))
    }
    facts = {name: lockfile.facts[name] for name in ("mixlock.engine", "mixlock.name-map")}
    fingerprints = {platform: _older_fingerprint(found) for platform, found in inputs.items()}
    body = replace(lockfile, content_hash={name: text.partition(":")[2] for name, text in fingerprints.items()})
    older = record.with_facts(body, inputs, facts, dict.fromkeys(inputs, f"{cutoff}T23:59:59Z"))
    told = {f"mixlock.{platform}.fingerprint": text for platform, text in fingerprints.items()}
    older = replace(older, facts={**older.facts, **told})
    for name, content in record.render(EnvironmentName("environment"), "environment.yml", Settings(), older).items():
        (repository.root / "locks/environment" / name).write_bytes(content)


def _older_fingerprint(inputs: Inputs) -> str:
    text = json.dumps(
        {**inputs.deciding(), "exclude_newer": inputs.exclude_newer}, sort_keys=True, separators=(",", ":")
    )
    return f"sha256:{sha256(text.encode()).hexdigest()}"


@pytest.mark.parametrize("committed", [True, False])
@pytest.mark.parametrize("now", ["2026-01-31", "2026-02-28", ""])
def test_a_lock_that_holds_its_cutoff_among_its_inputs_stays_as_it_is(
    locked: Repository, now: str, *, committed: bool
) -> None:
    _aged(locked, "2026-01-31")
    _configure(locked, now)
    if committed:
        _commit(locked)
    locks = locked.locks()
    assert locked.mixlock("drift", "--verify").status == 0
    assert (locked.mixlock("lock").status, locked.locks() == locks) == (0, True)
