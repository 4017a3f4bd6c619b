"""``lock-at``: the ``conda-lock.yml`` of an environment stands where other tools read it, and is the same lock."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml

if TYPE_CHECKING:
    from tests.conftest import Repository

TABLE = '\n[environments.dev]\nspecs = ["environment.yml"]\n'
AT = 'lock-at = "conda-lock.yml"\n'
SPEC = "dependencies:\n- python=3.12\n- numpy=1.26\n- pip: [requests==2.31.0]\n"


@pytest.fixture
def inside(repository: Repository) -> Repository:
    """Return a committed repository with an environment whose lock lies in its folder."""
    repository.write("environment.yml", SPEC)
    repository.write("mixlock.toml", repository.read("mixlock.toml") + TABLE)
    assert repository.mixlock("lock").status == 0
    return _committed(repository)


@pytest.fixture
def away(inside: Repository) -> Repository:
    """Return it committed with the lock at the root."""
    inside.write("mixlock.toml", inside.read("mixlock.toml") + AT)
    done = inside.mixlock("lock")
    assert done.status == 0, done.stderr
    return _committed(inside)


def _committed(repository: Repository) -> Repository:
    repository.git("add", "-A")
    repository.git("commit", "-qm", "lock")
    return repository


def _fresh(repository: Repository, *words: str) -> None:
    drifted = repository.mixlock("drift", "--strict", *words)
    assert (drifted.status, drifted.stdout) == (0, ""), drifted.stdout


def _left(repository: Repository, folder: str) -> list[str]:
    return sorted(path.name for path in (repository.root / folder).glob("*"))


def test_a_lock_moves_to_its_place_without_a_solve(inside: Repository) -> None:
    before = conda_lock_yml.parse((inside.root / "locks/dev/conda-lock.yml").read_bytes()).packages
    inside.write("mixlock.toml", inside.read("mixlock.toml") + AT)
    drifted = inside.mixlock("drift")
    assert (drifted.status, drifted.stdout.partition(" (")[0]) == (
        1,
        (
            "locks/dev/conda-lock.yml:1:1: MIX201 "
            "`lock-at` says that the conda-lock.yml of `dev` belongs at conda-lock.yml"
        ),
    )
    done = inside.mixlock("lock")
    assert (done.status, "solving" in done.stderr) == (0, False), done.stderr
    content = (inside.root / "conda-lock.yml").read_bytes()
    assert conda_lock_yml.parse(content).packages == before
    assert list(conda_lock_yml.sources_of(content)) == ["environment.yml"]
    assert "conda-lock.yml" not in _left(inside, "locks/dev")
    assert "stamp.json" in _left(inside, "locks/dev")
    _fresh(inside, "--verify")


def test_every_verb_knows_its_place(away: Repository) -> None:
    _fresh(away, "--tracked")
    assert away.mixlock("lock").stderr.startswith("dev: fresh")
    assert "requests" in away.mixlock("show", "dev").stdout
    assert "environment.yml:4" in away.mixlock("why", "dev", "requests").stdout
    (listed,) = json.loads(away.mixlock("list", "--format", "json").stdout)["environments"]
    assert (listed["lock_dir"], listed["lockfile"], listed["state"]) == ("locks/dev", "conda-lock.yml", "fresh")
    away.write("environment.yml", SPEC.replace("1.26", "2.2"))
    assert away.mixlock("drift").stdout.startswith("environment.yml:3:3: MIX202")
    assert away.mixlock("lock").status == 0
    assert away.mixlock("diff", "HEAD", "--format", "text").stdout.startswith("dev")
    away.git("add", "-A")
    _fresh(away, "--since", "HEAD")
    assert away.git("status", "--short", "--", "conda-lock.yml") == "M  conda-lock.yml\n"


def test_the_move_is_no_change_of_packages(inside: Repository) -> None:
    inside.write("mixlock.toml", inside.read("mixlock.toml") + AT)
    assert inside.mixlock("lock").status == 0
    done = inside.mixlock("diff", "HEAD", "--format", "json")
    assert done.status == 0, done.stderr
    assert not any(each["changes"] for each in json.loads(done.stdout)["environments"])


@pytest.mark.parametrize("words", [(), ("--since", "HEAD")])
def test_an_edit_there_is_found(away: Repository, words: tuple[str, ...]) -> None:
    away.write("conda-lock.yml", away.read("conda-lock.yml").replace("version: 1.26.4", "version: 1.26.3", 1))
    done = away.mixlock("drift", *words)
    assert (done.status, done.stdout.startswith("conda-lock.yml:1:1: MIX2")) == (1, True), done.stdout
    assert "git restore --staged --worktree locks/dev conda-lock.yml" in done.stdout or words


def test_a_lock_that_is_gone_is_told_and_its_versions_are_kept(away: Repository) -> None:
    (away.root / "conda-lock.yml").unlink()
    assert "MIX201 conda-lock.yml is missing beside" in away.mixlock("drift").stdout
    assert away.mixlock("lock").status == 0
    assert away.git("status", "--short") == ""


def test_what_stands_in_both_places_is_told_and_mended(away: Repository) -> None:
    away.write("locks/dev/conda-lock.yml", away.read("conda-lock.yml"))
    assert away.mixlock("drift").stdout.startswith("locks/dev/conda-lock.yml:1:1: MIX201")
    assert away.mixlock("lock").status == 0
    away.git("add", "-A")
    assert away.git("status", "--short") == ""


def test_an_environment_that_is_no_more_leaves_files_that_are_told(away: Repository) -> None:
    away.write("mixlock.toml", away.read("mixlock.toml").partition("[environments")[0])
    done = away.mixlock("drift")
    assert done.status == 1
    assert "locks/dev holds files of a lock without conda-lock.yml, and no spec asks for `dev`" in done.stdout


def test_it_is_renamed_and_removed_as_a_whole(away: Repository) -> None:
    done = away.mixlock("mv", "dev", "work")
    assert done.status == 0, done.stderr
    assert ("solving" in done.stderr, _left(away, "locks/dev")) == (False, [])
    assert "stamp.json" in _left(away, "locks/work")
    _committed(away)
    _fresh(away, "--tracked")
    assert away.mixlock("rm", "work").status == 0
    assert not (away.root / "conda-lock.yml").exists()


def test_init_makes_no_environment_of_a_part(away: Repository) -> None:
    away.write("deps.yml", SPEC)
    assert away.mixlock("init").status == 0
    listed = json.loads(away.mixlock("list", "--format", "json").stdout)["environments"]
    assert [each["name"] for each in listed] == ["deps", "dev"]


def test_init_lets_git_merge_it(away: Repository) -> None:
    assert away.mixlock("init").status == 0
    assert "/conda-lock.yml merge=mixlock\n" in away.read(".gitattributes")
    driven = away.git("check-attr", "merge", "--", "conda-lock.yml")
    assert driven == "conda-lock.yml: merge: mixlock\n"


def test_a_lock_of_two_branches_is_merged_there(away: Repository) -> None:
    away.git("config", "merge.mixlock.driver", f"{sys.executable} -m mixlock_hooks merge-driver %O %A %B %P")
    assert away.mixlock("init").status == 0
    base = _committed(away).git("rev-parse", "HEAD").strip()
    for branch, name in (("ours", "colors"), ("theirs", "idna")):
        away.git("checkout", "-qb", branch, base)
        away.write("environment.yml", SPEC.replace("requests", f"{name}, requests"))
        assert away.mixlock("lock").status == 0
        _committed(away)
    done = away.run(["git", "merge", "ours"])
    assert "CONFLICT (content): Merge conflict in locks/dev/stamp.json" in done.stdout
    assert "conda-lock.yml" not in away.git("diff", "--name-only", "--diff-filter=U").split()
    away.write("environment.yml", SPEC.replace("requests", "colors, idna, requests"))
    done = away.mixlock("lock")
    assert (done.status, "solving" in done.stderr) == (0, False), done.stderr
    _committed(away)
    _fresh(away, "--verify")


def test_published_are_the_lock_and_what_lies_beside_it(away: Repository) -> None:
    away.git("init", "-q", "--bare", "../remote.git")
    away.write("environment.yml", SPEC.replace("1.26", "2.2"))
    away.git("commit", "-qm", "numpy 2.2", "environment.yml")
    assert away.mixlock("lock").status == 0
    done = away.mixlock("publish", "--anew", "--branch", "mixlock/next", "--remote", "../remote.git")
    assert done.status == 0, done.stderr
    changed = away.git("diff", "--name-only", "HEAD", done.stdout.split()[0]).split()
    assert "conda-lock.yml" in changed
    assert {path.rpartition("/")[0] for path in changed} == {"", "locks/dev"}


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ('"../conda-lock.yml"', "is the path of a YAML file of the repository"),
        ('"/tmp/conda-lock.yml"', "is the path of a YAML file of the repository"),
        ('"locks.toml"', "is the path of a YAML file of the repository"),
        ('"environment.yml"', "names a file that is something else, too"),
        ("1", "must be text"),
        ('"conda-lock.yml"\n[environments.b]\nspecs = ["b.yml"]\nlock-at = "conda-lock.yml"', "something else, too"),
    ],
)
def test_a_place_that_cannot_be_is_refused(repository: Repository, at: str, told: str) -> None:
    repository.write("environment.yml", SPEC)
    repository.write("mixlock.toml", repository.read("mixlock.toml") + TABLE + f"lock-at = {at}\n")
    done = repository.mixlock("check")
    assert done.status == 2
    assert told in done.stderr
