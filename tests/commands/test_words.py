"""Words of the command line: one that names nothing is told the nearest, and a folder means all that lies in it."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.conftest import Repository

_ONE = "dependencies:\n- python=3.12\n"


@pytest.fixture(name="several", scope="module")
def _several(tmp_path_factory: pytest.TempPathFactory, locked_once: Repository) -> Repository:
    """Give a repository with environments in folders, of which one is made of several files; nobody changes it."""
    root = tmp_path_factory.mktemp("several") / "repository"
    shutil.copytree(locked_once.root, root)
    made = Repository(root=root, world=locked_once.world)
    for path in ("envs/env.yml", "envs/ml/env-gpu.yml", "other/env.yml"):
        made.write(path, _ONE)
    composed = '[environments."envs/dev"]\nspecs = ["environment.yml", "other/env.yml"]\n'
    made.write("mixlock.toml", f"{made.read('mixlock.toml')}{composed}")
    return made


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("check enviroment.yml", "enviroment.yml: no such file; did you mean `environment.yml`?"),
        ("drift enviroment", "did you mean `environment`?"),
        (
            "diff --environment enviroment HEAD",
            "a lock of that name; did you mean `environment`?",
        ),
        ("export environment --to reqs", "`reqs` is none of its values; did you mean `requirements`?"),
        ("list --format jsn", "`jsn` is none of its values; did you mean `json`?"),
        ("drift --platform linux64", "no environment asks for it; did you mean `linux-64`?"),
        ("lock --platform win32", "no environment asks for it; asked for: linux-64, osx-arm64"),
    ],
)
def test_a_word_that_names_nothing_is_told_what_is_near(several: Repository, words: str, told: str) -> None:
    several.git("commit", "-q", "--allow-empty", "-m", "x")
    done = several.mixlock(*words.split())
    assert (done.status, told in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("folder", "environments"),
    [
        ("envs", {"envs/dev", "envs/env", "envs/ml/env-gpu"}),
        ("envs/", {"envs/dev", "envs/env", "envs/ml/env-gpu"}),
        ("envs/ml", {"envs/ml/env-gpu"}),
        (".", {"envs/dev", "envs/env", "envs/ml/env-gpu", "environment"}),
    ],
)
def test_a_folder_means_the_environments_in_it(several: Repository, folder: str, environments: set[str]) -> None:
    told = several.mixlock("drift", folder, "--format", "json").stdout
    assert set(json.loads(told)["environments"]) == environments
    locked = several.mixlock("lock", folder, "--dry-run")
    assert locked.status == 0, locked.stderr


def test_a_folder_means_the_locks_in_it(locked: Repository) -> None:
    locked.write("envs/env.yml", _ONE)
    locked.write("envs/ml/env-gpu.yml", _ONE)
    assert locked.mixlock("lock", "envs").status == 0
    told = locked.mixlock("wheelhouse", "envs").stdout
    assert [line.partition(":")[0] for line in told.splitlines()] == ["envs/env", "envs/ml/env-gpu"], told


@pytest.mark.parametrize("verb", ["drift", "lock", "check"])
def test_a_folder_without_a_spec_is_told_as_that(several: Repository, verb: str) -> None:
    (several.root / "empty").mkdir(exist_ok=True)
    (several.root / "empty/a.txt").write_text("x")
    done = several.mixlock(verb, "empty")
    assert (done.status, "empty: no spec in this folder" in done.stderr) == (2, True), done.stderr


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("conda-lock.yml", "MIX201"),
        ("stamp.json", "MIX207"),
        ("conda-linux-64.lock", "MIX207"),
        ("pip-osx-arm64.txt", "MIX207"),
    ],
)
def test_a_folder_in_the_place_of_a_locks_file_is_to_be_moved_away(locked: Repository, name: str, code: str) -> None:
    path = locked.root / "locks/environment" / name
    path.unlink()
    path.mkdir()
    told = locked.mixlock("drift").stdout
    assert f"locks/environment/{name}:1:1: {code} locks/environment/{name} is a folder, where a file" in told
    assert "(move it away, then run `mixlock lock environment`)" in told
    path.rmdir()
    assert locked.mixlock("lock", "environment").status == 0
    assert locked.mixlock("drift").status == 0
