"""The manifest: valid, with ids that stay, commands that exist, and patterns that fire where they must."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixlock_hooks.commands import parsing
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.discovery import discover
from tests.hooks.conftest import MANIFEST, manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

HOOKS = {hook["id"]: hook for hook in manifest()}
SPECS = [
    "environment.yml",
    "environment.yaml",
    "environment-dev.yml",
    "environment_gpu.yaml",
    "environments.yml",
    "env.yml",
    "env_gpu.yaml",
    "envs.yml",
    "conda.yml",
    "envs/ml/env_gpu.yml",
    "a/b/c/environment.yml",
    "conda/conda.yaml",
    "with space/environment.yml",
]
LOCKS = [
    "locks/environment/conda-lock.yml",
    "locks/environment/conda-linux-64.lock",
    "locks/environment/pip-osx-arm64.txt",
    "locks/envs/ml/env_gpu/conda-lock.yml",
    "service/locks/environment/conda-lock.yml",
    "envs/locked/environment/conda-lock.yml",
    "envs/locked/environment/conda-linux-64.lock",
    "envs/locked/environment/pip-linux-64.txt",
]
CONFIGURATION = ["pyproject.toml", "mixlock.toml", "service/pyproject.toml", "service/mixlock.toml"]
NEITHER = [
    "README.md",
    "my-environment.yml",
    "myconda.yml",
    "conda-forge.yml",
    "environment.yml.bak",
    "environment.json",
    "environmentXyml",
    "environments/readme.md",
    "environment.yml/notes.md",
    "envs/data.csv",
    "block/pyproject.toml.orig",
    "notpyproject.toml",
    "clocks/a.pyi",
    "src/locks.pyc",
]
FLOWS = ["flow.py", "flows/deep/train.py"]
REQUIREMENTS = ["requirements.txt", "envs/requirements-gpu.txt"]
"""Not for the check by name: most requirements files have nothing to do with conda."""
SPEC_LIKE_LOCKS = [
    "environment-lock.yml",
    "environment.lock.yml",
    "environment_lock.yaml",
    "env.conda-lock.yml",
    "locks/environment.yml",
]


def fires(hook: dict[str, Any], path: str) -> bool:
    """Return whether pre-commit would hand a path to a hook (``identify`` aside)."""
    excluded = "exclude" in hook and re.search(hook["exclude"], path)
    return bool(re.search(hook["files"], path)) and not excluded


def _rows() -> Iterator[tuple[str, str, bool]]:
    tables = {
        "mixlock-check": (
            [*SPECS, *FLOWS],
            [*LOCKS, *CONFIGURATION, *NEITHER, *SPEC_LIKE_LOCKS, *REQUIREMENTS],
        ),
    }
    for name, (fired, not_fired) in tables.items():
        yield from ((name, path, True) for path in fired)
        yield from ((name, path, False) for path in not_fired)


def test_pre_commit_accepts_the_manifest() -> None:
    subprocess.run([sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)], check=True)


def test_ids_are_for_ever() -> None:
    assert {"mixlock-check", "mixlock-drift", "mixlock-lock"} <= set(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_is_a_command_that_exists(name: str) -> None:
    program, *words = HOOKS[name]["entry"].split()
    assert program == "mixlock"
    assert parsing.parse(words).command == name.removeprefix("mixlock-")


@pytest.mark.parametrize("name", ["mixlock-drift", "mixlock-lock", "mixlock-wheelhouse"])
def test_what_looks_at_the_whole_repository_runs_on_every_commit(name: str) -> None:
    hook = HOOKS[name]
    assert (hook["always_run"], hook["pass_filenames"], "files" in hook) == (True, False, False)


def test_only_a_hook_that_needs_it_installs_an_extra() -> None:
    extras = {name: hook.get("additional_dependencies", []) for name, hook in HOOKS.items()}
    assert extras == {
        "mixlock-check": [],
        "mixlock-drift": [],
        "mixlock-lock": [".[lock]"],
        "mixlock-wheelhouse": [".[wheelhouse]"],
    }


def test_a_hook_never_upgrades_and_never_builds() -> None:
    words = HOOKS["mixlock-lock"]["entry"].split()
    assert "--no-build" in words
    assert not {"--upgrade", "--upgrade-package", "--force"} & set(words)


@pytest.mark.parametrize(("name", "path", "fired"), [*_rows()])
def test_a_hook_fires_on(name: str, path: str, fired: bool) -> None:  # noqa: FBT001
    assert fires(HOOKS[name], path) is fired


_WORDS = st.sampled_from(["environment", "env", "conda", "lock", "conda-lock", "locks", "my", "-", ".", "_", "gpu"])
_SUFFIXES = st.sampled_from([".yml", ".yaml", ".yml.bak", ".json", ""])
_NAMES = st.builds(lambda words, suffix: "".join(words) + suffix, st.lists(_WORDS, min_size=1, max_size=4), _SUFFIXES)


@given(st.lists(_NAMES, min_size=1, max_size=3).map("/".join))
def test_the_check_fires_on_nothing_that_discovery_would_not_find(path: str) -> None:
    found = bool(discover([path], Settings()))
    assert not fires(HOOKS["mixlock-check"], path) or found
