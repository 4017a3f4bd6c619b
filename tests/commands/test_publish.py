"""``mixlock publish``: locks on top of a branch in a real remote, and nothing of the repository that runs."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.remotes import with_raised_numpy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository

BRANCH = "dependabot/conda/numpy-2.2"
LOCK = "locks/environment/conda-lock.yml"


@pytest.fixture(name="raised")
def _raised(tmp_path: Path, locked: Repository) -> Repository:
    """Return a clone whose branch raised a version in the spec, as a bot does, beside its bare remote."""
    return with_raised_numpy(locked, tmp_path / "remote.git", BRANCH)


def _relock(repository: Repository) -> None:
    done = repository.mixlock("lock", "--no-build", "--since", "origin/main")
    assert done.status == 0, done.stderr


def test_what_was_locked_is_pushed_on_top_of_the_branch(raised: Repository) -> None:
    before = raised.git("rev-parse", "HEAD").strip()
    _relock(raised)
    done = raised.mixlock("publish", "--branch", BRANCH, "--author", "bot <bot@ci.example>", "--message", "Relock")
    assert done.status == 0, done.stderr
    raised.git("fetch", "-q", "origin")
    told = raised.git("show", "--format=%P %an %ae %s", "--name-only", f"origin/{BRANCH}").split("\n")
    assert told[0] == f"{before} bot bot@ci.example Relock"
    assert {path.rpartition("/")[0] for path in told[2:] if path} == {"locks/environment"}
    raised.git("checkout", "-q", "--force", f"origin/{BRANCH}")
    assert raised.mixlock("drift", "--since", "origin/main").status == 0


def test_without_a_changed_lock_nothing_is_pushed(raised: Repository) -> None:
    done = raised.mixlock("publish", "--branch", BRANCH)
    assert (done.status, done.stdout, done.stderr) == (0, "", "no lock changed: nothing to publish\n")


def test_other_changes_the_index_and_the_work_tree_are_left_alone(raised: Repository) -> None:
    _relock(raised)
    raised.write("staged.txt", "staged")
    (raised.root / "untracked.txt").write_text("untracked")
    status = raised.git("status", "--porcelain")
    assert raised.mixlock("publish", "--branch", BRANCH).status == 0
    assert raised.git("status", "--porcelain") == status
    assert raised.git("ls-tree", "-r", "--name-only", f"origin/{BRANCH}", "--", "staged.txt", "untracked.txt") == ""


def test_a_lock_that_went_is_removed(raised: Repository) -> None:
    raised.git("rm", "-q", "environment.yml")
    raised.write("other.yml", raised.read("mixlock.toml"))
    for path in (raised.root / "locks/environment").iterdir():
        path.unlink()
    assert raised.mixlock("publish", "--branch", BRANCH).status == 0
    raised.git("fetch", "-q", "origin")
    assert raised.git("ls-tree", "-r", "--name-only", f"origin/{BRANCH}", "--", "locks") == ""


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        pytest.param(("--branch", "main"), 3, "is not at the commit that was checked out", id="another branch"),
        pytest.param(("--branch", "nothing"), 3, "origin has no branch nothing; --anew makes one", id="no branch"),
        pytest.param(("--branch", "a:refs/heads/main"), 2, "is not a branch", id="a refspec"),
        pytest.param(("--branch=--mirror",), 3, "origin has no branch --mirror", id="an option"),
        pytest.param(("--branch", BRANCH, "--remote=--exec=touch x"), 2, "not a remote", id="an option as remote"),
        pytest.param(("--branch", "main", "--anew"), 2, "replaces branches of mixlock's own", id="anew elsewhere"),
        pytest.param(("--branch", BRANCH, "--author", "nobody"), 2, "of the form `NAME <ADDRESS>`", id="no author"),
    ],
)
def test_what_may_not_be_pushed_is_refused(
    raised: Repository, words: tuple[str, ...], status: int, told: str
) -> None:
    """A fork may call its branch like one of ours: only a branch that is where the checkout is takes a commit."""
    _relock(raised)
    before = raised.git("ls-remote", "origin")
    done = raised.mixlock("publish", *words)
    assert (done.status, told in done.stderr, "Traceback" in done.stderr) == (status, True, False), done.stderr
    assert raised.git("ls-remote", "origin") == before


def test_a_branch_that_moved_meanwhile_is_left_alone(raised: Repository) -> None:
    _relock(raised)
    raised.git("push", "-q", "origin", f"HEAD~1:refs/heads/{BRANCH}", "--force")
    done = raised.mixlock("publish", "--branch", BRANCH)
    assert (done.status, "another run has to lock it" in done.stderr) == (3, True)


def test_a_branch_of_mixlocks_own_is_made_replaced_and_pushed_once(raised: Repository) -> None:
    raised.git("checkout", "-q", "--force", "main")
    assert raised.mixlock("lock", "--upgrade-package", "requests").status == 0
    raised.write("environment.yml", raised.read("environment.yml").replace("numpy=1.26", "numpy=2.2"))
    assert raised.mixlock("lock").status == 0
    refused = raised.mixlock("publish", "--anew", "--branch", "mixlock/upgrade")
    assert (refused.status, "environment.yml: has changes that are not committed" in refused.stderr) == (3, True)
    raised.git("commit", "-qm", "numpy 2.2", "environment.yml")
    published = [raised.mixlock("publish", "--anew", "--branch", "mixlock/upgrade") for _ in range(2)]
    assert [done.status for done in published] == [0, 0]
    assert published[0].stdout == published[1].stdout  # the same commit, so nothing starts again


def test_nothing_of_the_repository_runs(raised: Repository, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    hooks = raised.root / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in (
        "pre-commit",
        "prepare-commit-msg",
        "commit-msg",
        "post-commit",
        "pre-push",
        "reference-transaction",
    ):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{ran}'\n")
        (hooks / name).chmod(0o755)
    (raised.root / ".gitattributes").write_text("locks/** filter=run diff=run merge=run\n")
    raised.git("config", "filter.run.clean", f"touch '{ran}'; cat")
    _relock(raised)
    ran.unlink(missing_ok=True)  # `lock` asks git what changed, which may ask a filter of the machine's own
    assert raised.mixlock("publish", "--branch", BRANCH).status == 0
    assert not ran.exists()


@pytest.mark.parametrize("damage", ["junk", "edited", "gone"])
def test_a_lock_that_is_no_answer_is_not_pushed(raised: Repository, damage: str) -> None:
    _relock(raised)
    lock = raised.root / "locks/environment/conda-lock.yml"
    if damage == "gone":
        shutil.rmtree(lock.parent)
    else:
        lock.write_text("junk" if damage == "junk" else lock.read_text().replace("sha256: ", "sha256: 0", 1))
    before = raised.git("ls-remote", "origin")
    done = raised.mixlock("publish", "--branch", "topic")
    assert (done.status, "nothing was published" in done.stderr) == (3, True), done.stderr
    assert raised.git("ls-remote", "origin") == before
