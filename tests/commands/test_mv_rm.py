"""``mixlock mv`` and ``mixlock rm``: an environment moves or goes as a whole."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell import process

if TYPE_CHECKING:
    from tests.conftest import Repository

SPECS = '# our specs\nspecs = [\n  "environment.yml",  # the main one\n  "other/*.yml",\n]\n'

SEVERAL = """
# what developers have
[environments.dev]
specs = ["environment.yml", "dev.txt"]  # joined
"""


@pytest.fixture
def committed(locked: Repository) -> Repository:
    """Return a committed, locked repository whose configuration names its specs."""
    locked.write("mixlock.toml", SPECS + locked.read("mixlock.toml"))
    locked.git("add", ".")
    locked.git("commit", "-qm", "lock")
    return locked


def test_an_earlier_run_that_was_stopped_in_this_process_is_no_obstacle(committed: Repository) -> None:
    process.stop_all()
    assert committed.mixlock("mv", "environment", "envs/web.yml").status == 0


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
    _stage_as_told(committed, done.stdout)
    for words in (["drift", "--verify", "--strict", "--tracked"], ["check"]):
        drifted = committed.mixlock(*words)
        assert (drifted.status, drifted.stdout) == (0, "")
    renamed = committed.git("diff", "--cached", "--name-status", "-M", "HEAD")
    assert "R100\tenvironment.yml\tenvs/web.yml" in renamed


@pytest.mark.parametrize("target", ["envs/web.yml", "locks/environment.yml"])
def test_where_nothing_would_find_a_spec_it_does_not_go(locked: Repository, target: str) -> None:
    before = locked.git("status", "--short")
    done = locked.mixlock("mv", "environment", target)
    assert (done.status, "nothing would find it there" in done.stderr) == (2, True), done.stderr
    assert "or name it in `specs` in mixlock.toml" in done.stderr
    assert locked.git("status", "--short") == before
    locked.write("mixlock.toml", 'specs = ["environment.yml", "envs/*.yml"]\n' + locked.read("mixlock.toml"))
    assert locked.mixlock("mv", "environment", "envs/web.yml").status == 0


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
    _stage_as_told(committed, done.stdout)


def _stage_as_told(repository: Repository, told: str) -> None:
    """Do what the last line says; the lock is staged already, so it is the configuration alone."""
    (paths,) = re.findall(r"^`git add (.*)` stages the rest$", told, re.MULTILINE)
    assert paths == "mixlock.toml"
    repository.git("add", *shlex.split(paths))
    assert [line for line in repository.git("status", "--short").splitlines() if line[1] != " "] == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mv", "nowhere", "a.yml"], "neither an environment nor a file"),
        (["mv", "environmnet", "a.yml"], "did you mean `environment`?"),
        (["mv", "environment", "../a.yml"], "../a.yml: is outside of "),
        (["mv", "environment", ".git/a.yml"], "is git's own"),
        (["mv", "environment", "a.txt"], "name the new path of the spec, such as `a.yml`"),
        (["mv", "environment", "mixlock.yml"], "already exists"),
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
    assert (done.status, "has changes that are in no commit" in done.stderr) == (3, True)
    assert (committed.root / "environment.yml").exists()
    assert committed.locks()
    assert "environment.yml" in committed.read("mixlock.toml")


def test_aliases_go_with_their_environment_and_immutable_ones_keep_their_lock(committed: Repository) -> None:
    named = ("--alias", "team/ml:v1", "--alias", "team/ml:stable")
    assert committed.mixlock("resolve", "-f", "environment.yml", *named).status == 0
    committed.git("add", ".")
    committed.git("commit", "-qm", "aliases")
    kept = committed.read("locks/environment/conda-lock.yml")
    done = committed.mixlock("mv", "environment", "web.yml")
    assert done.status == 0, done.stderr
    told = ["team/ml:v1: keeps this lock, as environment@v1", "moved team/ml:stable"]
    assert [line for line in done.stdout.splitlines() if "team/ml" in line] == told
    _stage_as_told(committed, done.stdout)
    assert committed.read("locks/environment@v1/conda-lock.yml") == kept
    assert '["team/ml:stable"]\nenvironment = "web"' in committed.read("locks/aliases.toml")
    committed.git("add", "-A")
    assert committed.mixlock("drift", "--verify", "--strict", "--tracked").status == 0
    assert committed.mixlock("check", "--base", "HEAD").status == 0
    gone = committed.mixlock("rm", "web", "--dry-run")
    assert "would remove team/ml:stable" in gone.stdout
    committed.git("commit", "-qm", "moved")
    assert committed.mixlock("rm", "web").status == 0
    assert "stable" not in committed.read("locks/aliases.toml")
    assert committed.read("locks/environment@v1/conda-lock.yml") == kept


def test_aliases_that_cannot_be_read_are_no_reason_to_forget_them(committed: Repository) -> None:
    committed.write("locks/aliases.toml", "team = [")
    done = committed.mixlock("rm", "environment")
    assert (done.status, "locks/aliases.toml: cannot be read" in done.stderr) == (2, True)
    assert (committed.root / "environment.yml").exists()


def test_an_environment_of_several_files_gets_another_name_and_goes_without_its_files(committed: Repository) -> None:
    committed.write("mixlock.toml", committed.read("mixlock.toml") + SEVERAL)
    committed.write("dev.txt", "colors\n")
    assert committed.mixlock("lock", "dev").status == 0
    committed.git("add", ".")
    committed.git("commit", "-qm", "dev")
    before = committed.mixlock("show", "dev").stdout
    done = committed.mixlock("mv", "dev", "team/dev")
    assert (done.status, "moved dev to team/dev" in done.stdout) == (0, True), done.stderr
    assert committed.mixlock("show", "team/dev").stdout == before
    committed.git("add", "-A")
    assert committed.mixlock("drift", "--verify", "--strict", "--tracked").status == 0
    committed.git("commit", "-qm", "moved")
    gone = committed.mixlock("rm", "team/dev")
    assert (gone.status, "its files stay" in gone.stdout) == (0, True), gone.stderr
    assert (committed.root / "dev.txt").exists()
    assert "team/dev" not in committed.read("mixlock.toml")
    assert not (committed.root / "locks/team").exists()
