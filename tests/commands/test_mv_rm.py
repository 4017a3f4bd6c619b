"""``mixlock mv`` and ``mixlock rm``: an environment moves or goes as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

SPECS = '# our specs\nspecs = [\n  "environment.yml",  # the main one\n  "other/*.yml",\n]\n'


@pytest.fixture
def committed(locked: Repository) -> Repository:
    """Return a committed, locked repository whose configuration names its specs."""
    locked.write("mixlock.toml", SPECS + locked.read("mixlock.toml"))
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


def test_an_environment_moves_with_its_lock_and_nothing_is_solved(committed: Repository) -> None:
    before = committed.mixlock("show", "environment").stdout
    shown = committed.mixlock("mv", "environment", "envs/web.yml", "--dry-run")
    assert (shown.status, "would move environment.yml to envs/web.yml" in shown.stdout) == (0, True)
    assert committed.git("status", "--short") == ""
    done = committed.mixlock("mv", "environment", "envs/web.yml")
    assert (done.status, "moved environment.yml to envs/web.yml" in done.stdout) == (0, True), done.stderr
    assert "solving" not in done.stderr
    assert {path.rpartition("/")[0] for path in committed.locks()} == {"envs/web"}
    assert committed.mixlock("show", "envs/web").stdout == before
    assert '"envs/web.yml",  # the main one' in committed.read("mixlock.toml")
    committed.git("add", "-A")
    for words in (["drift", "--verify", "--strict", "--tracked"], ["check"]):
        drifted = committed.mixlock(*words)
        assert (drifted.status, drifted.stdout) == (0, "")
    renamed = committed.git("diff", "--cached", "--name-status", "-M", "HEAD")
    assert "R100\tenvironment.yml\tenvs/web.yml" in renamed


def test_an_environment_goes_with_its_lock(committed: Repository) -> None:
    shown = committed.mixlock("rm", "environment", "--dry-run")
    assert (shown.status, "would remove environment.yml" in shown.stdout) == (0, True)
    assert committed.git("status", "--short") == ""
    done = committed.mixlock("rm", "environment")
    assert (done.status, "removed locks/environment/conda-lock.yml" in done.stdout) == (0, True), done.stderr
    assert not (committed.root / "environment.yml").exists()
    assert committed.locks() == {}
    assert "environment.yml" not in committed.read("mixlock.toml")
    assert '"other/*.yml"' in committed.read("mixlock.toml")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mv", "nowhere", "a.yml"], "neither an environment nor a file"),
        (["mv", "environmnet", "a.yml"], "did you mean environment?"),
        (["mv", "environment", "../a.yml"], "leads out of the repository"),
        (["mv", "environment", ".git/a.yml"], "is git's own"),
        (["mv", "environment", "a.txt"], "is another kind of file"),
        (["mv", "environment", "mixlock.yml"], "is there already"),
        (["rm", "nowhere"], "neither an environment nor a file"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(committed: Repository, words: list[str], told: str) -> None:
    committed.write("mixlock.yml", "x: 1\n")
    before = committed.git("status", "--short")
    done = committed.mixlock(*words)
    assert (done.status, told in done.stderr) == (2, True), done.stderr
    assert committed.git("status", "--short") == before


def test_a_changed_file_is_not_removed(committed: Repository) -> None:
    (committed.root / "environment.yml").write_text(committed.read("environment.yml") + "# new\n")
    done = committed.mixlock("rm", "environment")
    assert (done.status, "local modifications" in done.stderr) == (3, True)
    assert (committed.root / "environment.yml").exists()
    assert committed.locks()
    assert "environment.yml" in committed.read("mixlock.toml")


def test_an_environment_that_stands_for_an_alias_stays(committed: Repository) -> None:
    assert committed.mixlock("resolve", "-f", "environment.yml", "--alias", "team/ml:v1").status == 0
    for words in (["rm", "environment"], ["mv", "environment", "a.yml"]):
        done = committed.mixlock(*words)
        assert (done.status, "its lock stands for team/ml:v1" in done.stderr) == (2, True), done.stderr
