"""What a dry run found, the lock that follows writes without a solve, and says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.index.loopback import Fault
from tests.conftest import SPEC, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository, ServedWorld

KEPT = "note: `outdated` or a dry run found this answer"
DOWN = {"/": Fault(status=503)}


@pytest.fixture(name="repository")
def _repository(tmp_path: Path, served: ServedWorld) -> Repository:
    return new_repository(tmp_path / "repository", served)


def test_a_dry_run_and_then_a_lock_solve_once(repository: Repository, served: ServedWorld) -> None:
    shown = repository.mixlock("lock", "--dry-run")
    assert (shown.status, repository.locks()) == (0, {}), shown.stderr
    served.faults.update(DOWN)
    done = repository.mixlock("lock")
    assert (done.status, KEPT in done.stderr) == (0, True), done.stderr
    assert done.stdout == shown.stdout.replace("would write", "wrote")
    kept = repository.locks()
    served.faults.clear()
    again = repository.mixlock("lock", "--force")
    assert (again.status, KEPT in again.stderr, repository.locks() == kept) == (0, False, True)


def test_what_changed_meanwhile_is_solved(repository: Repository, served: ServedWorld) -> None:
    assert repository.mixlock("lock", "--dry-run").status == 0
    served.faults.update(DOWN)
    repository.write("environment.yml", f"{SPEC}    - colors\n")
    assert repository.mixlock("lock").status == 3
    repository.write("environment.yml", SPEC)
    assert repository.mixlock("lock", "--force").status == 3
    assert repository.mixlock("lock", "--exclude-newer", "7 days").status == 3
    assert repository.mixlock("lock", "--dry-run").status == 3
    assert repository.mixlock("lock").status == 0
