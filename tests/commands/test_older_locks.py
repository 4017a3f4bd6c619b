"""Locks in the form of mixlock 0.2 and older: read, told, and written anew without a solve."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.lock_paths import STAMP
from mixlock_hooks.pipeline.lock import record
from mixlock_hooks.pipeline.locks import parse_lock
from mixlock_hooks.rules.fingerprint import fingerprint
from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from tests.conftest import Repository

_FOLDER = "locks/environment"
_LOCK = f"{_FOLDER}/conda-lock.yml"


def _aged(repository: Repository, cutoff: str = "") -> None:
    """Make the lock one of an older mixlock: all facts in one file, headers in the explicit ones, no stamp."""
    lockfile = parse_lock(repository.read(_LOCK).encode(), _LOCK)
    facts = {"mixlock.schema": "1", "mixlock.engine": "conda-lock 4", "mixlock.body": "sha256:" + "0" * 64}
    for platform in lockfile.platforms:
        asked = record.recorded_inputs(lockfile, platform)
        assert asked
        inputs = replace(asked, exclude_newer=cutoff)
        facts[f"mixlock.{platform}.inputs"] = json.dumps(inputs.as_table(), sort_keys=True, separators=(",", ":"))
        facts[f"mixlock.{platform}.fingerprint"] = fingerprint(inputs)
        facts |= {f"mixlock.{platform}.cutoff": f"{cutoff}T23:59:59Z"} if cutoff else {}
        explicit = f"{_FOLDER}/conda-{platform}.lock"
        repository.write(explicit, "# mixlock: schema 1\n" + repository.read(explicit))
    repository.write(_LOCK, conda_lock_yml.render(replace(lockfile, facts=facts), "../../environment.yml").decode())
    (repository.root / _FOLDER / STAMP).unlink()


def _commit(repository: Repository) -> None:
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")


@pytest.mark.parametrize("cutoff", ["", "2026-01-31"])
def test_a_committed_one_is_stale_and_written_anew_without_a_solve(locked: Repository, cutoff: str) -> None:
    before = locked.read(_LOCK)
    locked.write("mixlock.toml", CONFIGURATION + (f'exclude-newer = "{cutoff}"\n' if cutoff else ""))
    _aged(locked, cutoff)
    _commit(locked)
    told = locked.mixlock("drift")
    assert (told.status, "older mixlock" in told.stdout) == (0, True)
    assert locked.mixlock("drift", "--strict").status == 1
    assert "solving" not in locked.mixlock("lock").stderr
    assert locked.read(_LOCK) == before
    assert cutoff in locked.read(f"{_FOLDER}/{STAMP}")
    assert locked.mixlock("drift", "--strict").status == 0


def test_one_that_no_commit_has_is_drift(locked: Repository) -> None:
    _commit(locked)
    _aged(locked)
    told = locked.mixlock("drift")
    assert (told.status, "older mixlock" in told.stdout) == (1, True)
    assert locked.mixlock("lock").status == 0
    assert locked.mixlock("drift").status == 0


def test_one_that_an_immutable_tag_keeps_stays_as_it_is(locked: Repository) -> None:
    assert locked.mixlock("resolve", "-f", "environment.yml", "--alias", "team/base:v1").status == 0
    before = digest(locked.read(_LOCK).encode())
    _aged(locked)
    aliases = locked.read("locks/aliases.toml").replace(before, digest(locked.read(_LOCK).encode()))
    locked.write("locks/aliases.toml", aliases)
    _commit(locked)
    locks = locked.locks()
    assert locked.mixlock("lock").status == 0
    assert locked.locks() == locks
    assert locked.mixlock("drift", "--strict").status == 0
    assert locked.mixlock("check").status == 0
