"""``mixlock adopt``: what conda-lock locked is taken over, every version kept, nothing solved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import conda_lock_yml

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import Lockfile
    from tests.conftest import Repository


def _of_conda_lock(lockfile: Lockfile, *sources: str) -> str:
    """Render a lock as conda-lock writes it: without facts of ours."""
    text = conda_lock_yml.render(replace(lockfile, facts={}), sources[0])
    return conda_lock_yml.with_sources(text, sources).decode().replace("  custom_metadata: {}\n", "")


@pytest.fixture(name="lockfile")
def _lockfile(locked_once: Repository) -> Lockfile:
    return conda_lock_yml.parse(locked_once.locks()["environment/conda-lock.yml"])


@pytest.fixture(name="foreign")
def _foreign(repository: Repository, lockfile: Lockfile) -> Repository:
    """Return a repository with a committed spec and the lock that conda-lock made of it."""
    repository.write("conda-lock.yml", _of_conda_lock(lockfile, "environment.yml"))
    repository.git("commit", "-qm", "before")
    return repository


def _packages(repository: Repository, path: str) -> set[tuple[str, str, str, str]]:
    lockfile = conda_lock_yml.parse((repository.root / path).read_bytes())
    return {(each.name, each.version, each.platform, each.url) for each in lockfile.packages}


def test_a_lock_that_answers_becomes_ours_without_a_solve(foreign: Repository, lockfile: Lockfile) -> None:
    before = _packages(foreign, "conda-lock.yml")
    done = foreign.mixlock("adopt")
    moved = "environment: moved conda-lock.yml to locks/environment/conda-lock.yml (environment.yml)\n"
    assert (done.status, done.stdout, done.stderr) == (0, moved, "took over 1 lock: 1 fresh\n")
    assert not (foreign.root / "conda-lock.yml").exists()
    assert _packages(foreign, "locks/environment/conda-lock.yml") == before
    assert {"environment/conda-linux-64.lock", "environment/pip-osx-arm64.txt"} <= foreign.locks().keys()
    foreign.git("add", "-A")
    verified = foreign.mixlock("drift", "--verify", "--strict", "--tracked")
    assert (verified.status, verified.stdout) == (0, "")
    assert foreign.mixlock("lock").stderr.startswith("environment: fresh")
    status = foreign.git("status", "--short", "-M")
    assert "R" in status
    assert "locks/environment/conda-lock.yml" in status


def test_a_dry_run_says_the_same_and_changes_nothing(foreign: Repository) -> None:
    done = foreign.mixlock("adopt", "--dry-run")
    assert (done.status, "would move conda-lock.yml" in done.stdout) == (0, True)
    assert foreign.git("status", "--short") == ""


def test_three_environments_with_a_shared_base_are_taken_over_at_once(
    repository: Repository, lockfile: Lockfile
) -> None:
    spec = repository.read("environment.yml")
    repository.git("rm", "-qf", "environment.yml")
    head, _pip, tail = spec.partition("  - pip:")
    repository.write("base/environment.yml", head)
    repository.write("ml/environment.yml", f"dependencies:\n  - pip:{tail}")
    repository.write("web/environment.yml", spec)
    conda = tuple(each for each in lockfile.packages if each.manager.value == "conda" and each.name != "pip")
    repository.write("base/conda-lock.yml", _of_conda_lock(replace(lockfile, packages=conda), "environment.yml"))
    repository.write("ml/conda-lock.yml", _of_conda_lock(lockfile, "../base/environment.yml", "environment.yml"))
    repository.write("web/conda-lock.yml", _of_conda_lock(lockfile, "environment.yml"))
    repository.git("commit", "-qm", "before")
    before = {name: _packages(repository, f"{name}/conda-lock.yml") for name in ("base", "ml", "web")}
    done = repository.mixlock("adopt")
    assert done.status == 0, done.stdout + done.stderr
    assert "wrote mixlock.toml: environments base/environment, ml\n" in done.stdout
    after = {
        "base": _packages(repository, "locks/base/environment/conda-lock.yml"),
        "ml": _packages(repository, "locks/ml/conda-lock.yml"),
        "web": _packages(repository, "locks/web/environment/conda-lock.yml"),
    }
    assert after == before
    repository.git("add", "-A")
    verified = repository.mixlock("drift", "--verify", "--strict", "--tracked")
    assert (verified.status, verified.stdout) == (0, "")
    assert repository.mixlock("list").stdout.count("fresh") == 3


def test_a_lock_that_is_no_answer_moves_as_it_is_and_is_told(foreign: Repository) -> None:
    before = foreign.read("conda-lock.yml")
    foreign.write("environment.yml", foreign.read("environment.yml").replace("numpy=1.26", "numpy>=2"))
    done = foreign.mixlock("adopt")
    assert (done.status, "environment.yml:3:5: MIX202 conda requirement `numpy>=2` is" in done.stdout) == (1, True)
    kept = foreign.read("locks/environment/conda-lock.yml")
    assert kept == before.replace("  - environment.yml", "  - ../../environment.yml")
    assert set(foreign.locks()) == {"environment/conda-lock.yml"}


def test_the_configuration_keeps_its_comments_and_gains_what_discovery_cannot_know(
    repository: Repository, lockfile: Lockfile
) -> None:
    spec = repository.read("environment.yml")
    repository.git("rm", "-qf", "environment.yml")
    repository.write("envs/tools.yml", spec)
    repository.write("envs/tools.lock.yml", _of_conda_lock(lockfile, "tools.yml"))
    repository.write("mixlock.toml", "# ours\n" + repository.read("mixlock.toml"))
    done = repository.mixlock("adopt")
    assert done.status == 0, done.stdout + done.stderr
    assert repository.read("mixlock.toml").startswith("# ours\nplatforms = ")
    assert repository.read("mixlock.toml").endswith('[environments."envs/tools"]\nspecs = ["envs/tools.yml"]\n')
    assert repository.mixlock("drift", "--verify", "--strict").status == 0


def test_platforms_are_those_of_the_lock_where_nobody_names_any(repository: Repository, lockfile: Lockfile) -> None:
    configured = [line for line in repository.read("mixlock.toml").splitlines() if "platforms" not in line]
    repository.git("rm", "-qf", "mixlock.toml")
    text = "\n".join(["[project]", 'name = "x"', "", "[tool.mixlock]  # how we lock", *configured, ""])
    repository.write("pyproject.toml", text)
    alone = tuple(package for package in lockfile.packages if package.platform == "linux-64")
    one = replace(lockfile, packages=alone, platforms=lockfile.platforms[:1])
    repository.write("conda-lock.yml", _of_conda_lock(one, "environment.yml"))
    done = repository.mixlock("adopt")
    assert (done.status, "wrote pyproject.toml: platforms linux-64" in done.stdout) == (0, True), done.stderr
    assert "[tool.mixlock]  # how we lock" in repository.read("pyproject.toml")
    assert 'platforms = ["linux-64"]' in repository.read("pyproject.toml")
    assert repository.mixlock("drift", "--verify", "--strict").status == 0


def test_what_is_not_taken_over_is_told_with_its_way(repository: Repository, lockfile: Lockfile) -> None:
    repository.write("conda-lock.yml", _of_conda_lock(lockfile, "environment.yml"))
    repository.write("old/conda-lock.yml", _of_conda_lock(lockfile, "gone.yml"))
    repository.write("pixi.toml", "[workspace]\n")
    repository.write("conda-linux-64.lock", "# platform: linux-64\n@EXPLICIT\n")
    done = repository.mixlock("adopt")
    told = done.stderr.splitlines()
    assert done.status == 1
    assert "old/conda-lock.yml: not taken over: git does not track old/gone.yml, from which it was made" in told
    assert any(line.startswith("pixi.toml:1:1: MIX002 `default` has no platform") for line in told)
    assert any(line.startswith("conda-linux-64.lock: not taken over: ") for line in told)
    assert (repository.root / "old/conda-lock.yml").exists()


def test_nothing_to_take_over_is_no_success(repository: Repository) -> None:
    done = repository.mixlock("adopt")
    assert (done.status, "nothing to take over" in done.stderr) == (2, True)


@pytest.mark.parametrize("content", ["", "junk\n", "{", "version: 1\n", "\x00", "- a\n"])
def test_a_file_of_conda_locks_name_that_is_no_lock_is_told(repository: Repository, content: str) -> None:
    repository.write("deep/my.conda-lock.yml", content)
    done = repository.mixlock("adopt")
    assert (done.status, "deep/my.conda-lock.yml: not taken over: not " in done.stderr) == (2, True), done.stderr


def test_in_place_a_lock_stays_where_other_tools_read_it(foreign: Repository) -> None:
    before = _packages(foreign, "conda-lock.yml")
    done = foreign.mixlock("adopt", "--in-place")
    assert done.status == 0, done.stderr
    assert done.stdout.startswith("environment: kept conda-lock.yml (environment.yml)\n")
    assert 'lock-at = "conda-lock.yml"' in foreign.read("mixlock.toml")
    assert _packages(foreign, "conda-lock.yml") == before
    assert "environment/conda-lock.yml" not in foreign.locks()
    foreign.git("add", "-A")
    verified = foreign.mixlock("drift", "--verify", "--strict", "--tracked")
    assert (verified.status, verified.stdout) == (0, "")


def test_a_lock_that_stands_where_the_configuration_says_is_taken_over_there(foreign: Repository) -> None:
    table = '\n[environments.work]\nspecs = ["environment.yml"]\nlock-at = "conda-lock.yml"\n'
    foreign.write("mixlock.toml", foreign.read("mixlock.toml") + table)
    done = foreign.mixlock("adopt")
    assert (done.status, done.stdout) == (0, "work: kept conda-lock.yml (environment.yml)\n"), done.stderr
    assert foreign.mixlock("drift", "--verify", "--strict").status == 0


def test_outside_of_git_files_move_as_they_do_by_hand(foreign: Repository) -> None:
    (foreign.root / ".git").rename(foreign.root.parent / "no git")
    done = foreign.mixlock("adopt")
    assert (done.status, done.stderr) == (0, "took over 1 lock: 1 fresh\n")
    assert not (foreign.root / "conda-lock.yml").exists()
    assert foreign.mixlock("mv", "environment", "envs/environment.yml").status == 0
    assert {path.rpartition("/")[0] for path in foreign.locks()} == {"envs/environment"}
    assert foreign.mixlock("drift", "--strict").status == 0
    assert foreign.mixlock("rm", "envs/environment").status == 0
    assert not (foreign.root / "envs").exists()
