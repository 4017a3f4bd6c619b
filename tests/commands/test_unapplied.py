"""An option that did not apply is said, never ignored, and is no error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

SAID = {
    "drift --jobs 2": "--jobs does not apply: it is for --verify",
    "drift --jobs 2 --verify": "",
    "cache dir --dry-run": "--dry-run does not apply: `dir` removes nothing",
    "cache clean --dry-run": "",
    "wheelhouse --digests-only --dir x": "--dir does not apply: --digests-only puts no wheel anywhere",
    "wheelhouse --all --digests-only --dir x": "--all, --dir do not apply: --digests-only puts no wheel anywhere",
    "wheelhouse --allow-network --no-build": "--allow-network does not apply: nothing is built with --no-build",
    "wheelhouse --digests-only": "",
    "lock --timeout 4": "--timeout does not apply: nothing had to be solved",
    "lock --no-build": "--no-build does not apply: nothing had to be solved",
    "lock --no-build --jobs 2": "--no-build, --jobs do not apply: nothing had to be solved",
    "lock --memory 4 --no-build": "--memory does not apply: nothing is built with --no-build",
    "lock --jobs 2 --force --dry-run": "",
    "lock": "",
    "resolve -f environment.yml --jobs 2": "--jobs does not apply: nothing had to be solved",
}


@pytest.mark.parametrize(("line", "said"), SAID.items())
def test_an_option_that_does_not_apply_is_noted(locked: Repository, line: str, said: str) -> None:
    done = locked.mixlock(*line.split())
    notes = [note for note in done.stderr.splitlines() if "apply: " in note]
    assert (done.status, bool(notes), said in "\n".join(notes)) == (0, bool(said), True), done.stderr
    assert "apply: " not in locked.mixlock(*line.split(), "--quiet").stderr
