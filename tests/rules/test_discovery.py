"""Which tracked files are specs."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.discovery import discover


@pytest.mark.parametrize(
    "path",
    [
        "environment.yml",
        "environment.yaml",
        "environment-dev.yml",
        "env.yml",
        "env_gpu.yaml",
        "envs/ml/env_gpu.yml",
        "conda.yml",
        "ci/conda.yaml",
    ],
)
def test_a_spec_is_found_by_its_name_in_any_folder(path: str) -> None:
    assert discover([path], Settings()) == (path,)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("my-environment.yml", id="a name that only ends so"),
        pytest.param("environment.toml", id="another suffix"),
        pytest.param("conda-recipe.yml", id="conda and more"),
        pytest.param("envs/ml.yml", id="a folder's name"),
        pytest.param("environment.lock.yml", id="a lockfile by its name"),
        pytest.param("env-lock.yaml", id="another"),
        pytest.param("environment.conda-lock.yml", id="conda-lock's"),
        pytest.param("locks/environment/environment.yml", id="a file of the lock folder"),
    ],
)
def test_what_is_no_spec(path: str) -> None:
    assert discover([path], Settings()) == ()


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        pytest.param("envs/*.yml", "envs/a.yml", id="a star stays in its folder"),
        pytest.param("envs/**/*.yml", "envs/a.yml envs/x/b.yml envs/x/y/c.yml", id="two stars cross folders"),
        pytest.param("**/a.yml", "a.yml envs/a.yml", id="from the top"),
        pytest.param("./envs/?.yml", "envs/a.yml", id="a question mark is one character"),
        pytest.param("envs/x/**", "envs/x/b.yml envs/x/y/c.yml", id="two stars at the end"),
        pytest.param("locks/*.yml", "", id="never in the lock folder"),
        pytest.param("*lock.yml", "", id="never a lockfile"),
    ],
)
def test_globs(glob: str, found: str) -> None:
    tracked = ["envs/x/y/c.yml", "envs/x/b.yml", "envs/a.yml", "a.yml", "locks/a.yml", "conda-lock.yml"]
    assert " ".join(discover(tracked, Settings(specs=(glob,)))) == found


def test_the_lock_folder_is_the_configured_one() -> None:
    settings = Settings(lock_dir="my/locks")
    assert discover(["my/locks/env.yml", "locks/env.yml"], settings) == ("locks/env.yml",)
