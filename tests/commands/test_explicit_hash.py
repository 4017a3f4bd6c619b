"""``explicit-hash``: which hash of conda packages stands in explicit files, here and in what is exported."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import CONFIGURATION

if TYPE_CHECKING:
    from tests.conftest import Repository

EXPLICIT = "locks/environment/conda-linux-64.lock"


def _hashes(text: str) -> set[str]:
    return {re.sub(r"[0-9a-f]{32,}", "…", line.partition("#")[2]) for line in text.splitlines() if line[:4] == "http"}


def test_a_lock_has_the_configured_hash_and_a_change_is_rendered_without_a_solve(locked: Repository) -> None:
    assert _hashes(locked.read(EXPLICIT)) == {"…"}
    before = locked.read("locks/environment/conda-lock.yml")
    locked.git("add", "locks")
    locked.git("commit", "-qm", "lock")  # a commit vouches for it, and is still drift under another setting
    locked.write("mixlock.toml", f'{CONFIGURATION}explicit-hash = "sha256"\n')
    drifted = locked.mixlock("drift")
    claim = "explicit files are to have `sha256` hashes now (`explicit-hash`), conda-linux-64.lock has others"
    assert (drifted.status, f"MIX205 {claim}" in drifted.stdout, "MIX207" in drifted.stdout) == (1, True, False)
    done = locked.mixlock("lock")
    assert done.status == 0, done.stderr
    assert _hashes(locked.read(EXPLICIT)) == {"sha256:…"}
    assert locked.read("locks/environment/conda-lock.yml") == before
    assert locked.mixlock("drift", "--verify").status == 0
    assert "files that do not say" not in locked.mixlock("diff").stdout


@pytest.mark.parametrize(("configured", "written"), [("md5", "…"), ("sha256", "sha256:…")])
def test_an_export_has_the_configured_hash(locked: Repository, configured: str, written: str) -> None:
    locked.write("mixlock.toml", f'{CONFIGURATION}explicit-hash = "{configured}"\n')
    exported = locked.mixlock("export", "environment", "--to", "explicit", "--platform", "linux-64").stdout
    assert _hashes(exported) == {written}
