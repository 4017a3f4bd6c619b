"""What a person who commits sees: refused with place, fixed, locked, staged, committed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.conftest import SPEC
from tests.hooks.conftest import AUTHOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.hooks.conftest import Hooked

GIT_SPEC = SPEC.replace("requests==2.31.0", "tracker @ git+https://git.example/team/tracker.git")
EDITED = SPEC.replace("requests==2.31.0", "requests==2.32.0")
LOCKS = [
    "locks/environment/conda-linux-64.lock",
    "locks/environment/conda-lock.yml",
    "locks/environment/pip-linux-64.txt",
    "locks/environment/stamp.json",
]


def _commits(hooked: Hooked) -> int:
    done = hooked.run("git", "rev-list", "--count", "HEAD")
    return int(done.stdout) if done.status == 0 else 0


def _locked(hooked: Hooked) -> None:
    """Lock, stage and commit, so that a test begins with a repository in order."""
    hooked.lock()
    assert hooked.commit().status == 0


def test_from_a_git_dependency_to_a_committed_lock(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-lock", "mixlock-drift")
    made.repository.write("environment.yml", GIT_SPEC)
    refused = made.commit()
    assert refused.status == 1
    assert "environment.yml:5:7: MIX101" in refused.stdout

    made.repository.write("environment.yml", SPEC)
    relocked = made.commit()
    assert relocked.status == 1
    assert "environment: wrote 4 files: 6 added" in relocked.stdout
    assert "git add locks/environment" in relocked.stdout
    assert made.repository.git("ls-files", "--others").split() == LOCKS
    assert _commits(made) == 0

    made.repository.git("add", "locks")
    accepted = made.commit()
    assert accepted.status == 0, accepted.stdout
    assert made.repository.git("ls-files", "locks").split() == LOCKS
    assert _commits(made) == 1


def test_a_created_lock_that_nobody_staged_is_refused_again(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-lock")
    assert made.commit().status == 1
    again = made.commit()
    assert again.status == 1
    assert "wrote" not in again.stdout
    assert "MIX201 the lock of `environment` is not in git: conda-linux-64.lock and 3 more" in again.stdout


def test_drift_refuses_a_lock_that_git_does_not_know(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-drift")
    made.lock()
    made.repository.git("rm", "-rq", "--cached", "locks")
    assert made.repository.mixlock("drift").status == 0
    refused = made.commit()
    assert refused.status == 1
    assert "git add locks/environment" in refused.stdout


def test_an_edit_without_a_new_lock_is_refused_with_its_line(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-drift")
    _locked(made)
    made.repository.write("environment.yml", EDITED)
    refused = made.commit()
    assert refused.status == 1
    assert "environment.yml:5:7: MIX202" in refused.stdout
    assert "(run `mixlock lock environment`, then `git add environment.yml locks/environment`)" in refused.stdout
    assert _commits(made) == 1


def test_an_edit_that_the_lock_satisfies_passes(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-drift")
    _locked(made)
    made.repository.write("environment.yml", made.repository.read("environment.yml").replace("==2.31.0", ">=2.31"))
    passed = made.commit()
    assert passed.status == 0, passed.stdout
    assert _commits(made) == 2


def test_a_new_lock_that_is_not_staged_does_not_count(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-drift")
    _locked(made)
    made.repository.write("environment.yml", EDITED)
    made.lock()
    made.repository.git("reset", "-q", "locks")
    assert "MIX202" in made.commit().stdout
    made.repository.git("add", "locks")
    assert made.commit().status == 0


def test_the_lock_hook_relocks_an_edit_and_fails_until_the_lock_is_staged(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-lock")
    _locked(made)
    made.repository.write("environment.yml", EDITED)
    refused = made.commit()
    assert refused.status == 1
    assert "^ pip   requests 2.31.0 -> 2.32.0" in refused.stdout
    made.repository.git("add", "locks")
    assert made.commit().status == 0


def test_an_edit_that_is_not_staged_does_not_count(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-drift", "mixlock-lock")
    made.lock()
    (made.repository.root / "environment.yml").write_text(GIT_SPEC, encoding="utf-8")
    accepted = made.commit()
    assert accepted.status == 0, accepted.stdout
    assert made.repository.read("environment.yml") == GIT_SPEC
    assert made.repository.git("show", "HEAD:environment.yml") == SPEC


def test_a_commit_that_touches_no_spec_and_no_lock_finds_nothing_to_do(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-drift", "mixlock-lock")
    _locked(made)
    made.repository.write("README.md", "words\n")
    accepted = made.commit()
    assert accepted.status == 0
    said = dict(re.findall(r"^mixlock (\w+)\.+(?:\(.*\))?(\w+)$", accepted.stdout, re.MULTILINE))
    assert said == {"check": "Skipped", "drift": "Passed", "lock": "Passed"}


def test_two_branches_that_both_relocked_are_merged_by_locking_again(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-check", "mixlock-drift")
    _locked(made)
    made.repository.git("checkout", "-qb", "theirs")
    _relocked(made, EDITED)
    made.repository.git("checkout", "-q", "main")
    _relocked(made, SPEC.replace("  - python=3.12\n", "  - python=3.12\n  - pandas\n"))

    merged = made.run("git", *AUTHOR, "merge", "theirs")
    assert merged.status == 1
    assert "locks/environment/conda-lock.yml" in merged.stdout
    assert "in environment.yml" not in merged.stdout
    made.repository.git("add", "--all")
    refused = made.commit()
    assert refused.status == 1
    assert "MIX210 stamp.json holds the markers of a merge conflict" in refused.stdout

    assert made.repository.mixlock("lock").status == 0
    made.repository.git("add", "--all")
    accepted = made.commit()
    assert accepted.status == 0, accepted.stdout
    lock = made.repository.read("locks/environment/conda-lock.yml")
    assert "requests-2.32.0" in lock
    assert "pandas" in lock
    assert len(made.repository.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


def _relocked(hooked: Hooked, spec: str) -> None:
    hooked.repository.write("environment.yml", spec)
    hooked.lock()
    assert hooked.commit().status == 0


def test_the_hooks_work_below_the_top_of_a_linked_work_tree(hooked: Callable[..., Hooked]) -> None:
    made = hooked("mixlock-drift", args=("--root", "service"))
    (made.repository.root / "service").mkdir()
    made.repository.git("mv", "mixlock.toml", "environment.yml", "service")
    made.repository.git("commit", "-qnm", "below the top")
    made.repository.git("worktree", "add", "-q", "../linked")
    linked = made.repository.root.parent / "linked"
    (linked / "service/environment.yml").write_text(EDITED, encoding="utf-8")
    refused = made.run("git", "-C", str(linked), *AUTHOR, "commit", "-am", "an edit")
    assert refused.status == 1
    assert "environment.yml:1:1: MIX201 `environment` has no lock" in refused.stdout
