"""A check of everything says which specs the hook ``mixlock-check`` never gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from mixlock_hooks.pipeline.unseen_specs import EXCLUDE, FILES, HOOK
from tests.conftest import CONFIGURATION
from tests.installing import ROOT

if TYPE_CHECKING:
    from tests.conftest import Repository

_CHECK = "  - id: mixlock-check\n"
_HOOKS = "repos:\n- repo: https://git.example/mixlock\n  rev: v1\n  hooks:\n  - id: mixlock-drift\n"


def test_the_patterns_are_those_of_the_manifest() -> None:
    manifest = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    hook = next(found for found in manifest if found["id"] == HOOK)
    assert (hook["files"], hook["exclude"]) == (FILES, EXCLUDE)


@pytest.mark.parametrize(
    ("hooks", "told"),
    [
        pytest.param("", "", id="no hooks"),
        pytest.param(_HOOKS, "", id="without mixlock-check"),
        pytest.param(f"{_HOOKS}{_CHECK}", "does not see deps/gpu.yml: give the hook", id="the manifest's patterns"),
        pytest.param(f"{_HOOKS}{_CHECK}    files: ^deps/\n", "does not see environment.yml", id="one's own"),
        pytest.param(f"{_HOOKS}{_CHECK}    files: \\.yml$\n", "", id="all"),
        pytest.param(
            f"{_HOOKS}{_CHECK}    files: \\.yml$\n    exclude: ^deps/\n",
            "see deps/gpu.yml",
            id="left out",
        ),
        pytest.param(f"{_HOOKS}{_CHECK}    files: (a+)+$\n", "was not looked at", id="what may never end"),
        pytest.param(f"{_HOOKS}{_CHECK}    files: '['\n", "is not a regular expression", id="no pattern"),
        pytest.param("repos: {", "it is not YAML", id="no YAML"),
    ],
)
def test_what_the_hook_does_not_see_is_told(repository: Repository, hooks: str, told: str) -> None:
    repository.write("mixlock.toml", f'{CONFIGURATION}specs = ["environment.yml", "deps/*.yml"]\n')
    repository.write("deps/gpu.yml", "dependencies: [python=3.12]\n")
    repository.write(".pre-commit-config.yaml", hooks)
    done = repository.mixlock("check")
    assert (done.status, told in done.stderr, "note:" in done.stderr) == (0, True, bool(told)), done.stderr
    assert "note:" not in repository.mixlock("check", "deps/gpu.yml").stderr


def test_the_pattern_that_is_told_lets_the_hook_see_every_spec(repository: Repository) -> None:
    repository.write(
        "mixlock.toml", 'specs = ["environment.yml", "requirements.txt"]\n' + repository.read("mixlock.toml")
    )
    repository.write("requirements.txt", "python==3.12.*\nrequests\n")
    repository.write(".pre-commit-config.yaml", f"{_HOOKS}{_CHECK}")
    told = repository.mixlock("check").stderr
    (pattern,) = re.findall(r"give the hook `(files: '.*')`", told)
    repository.write(".pre-commit-config.yaml", f"{_HOOKS}{_CHECK}    {pattern}\n")
    assert "does not see" not in repository.mixlock("check").stderr


@pytest.mark.parametrize("pattern", ["nope.yml", "envs/*.yml", "../other.yml", "!environment.yml", "["])
def test_a_pattern_of_specs_that_names_nothing_is_told(repository: Repository, pattern: str) -> None:
    specs = f'specs = ["environment.yml", "{pattern}"]\n'
    repository.write("mixlock.toml", specs + repository.read("mixlock.toml"))
    done = repository.mixlock("check")
    told = f"note: mixlock.toml: `specs` has `{pattern}`, which is none of the files that git tracks"
    assert (done.status, done.stderr.count("`specs` has"), told in done.stderr) == (0, 1, True), done.stderr


def test_a_pattern_of_flows_to_import_that_names_nothing_is_told(repository: Repository) -> None:
    repository.write("mixlock.toml", 'metaflow-import = ["flows/*.py"]\n' + repository.read("mixlock.toml"))
    done = repository.mixlock("check")
    assert "note: mixlock.toml: `metaflow-import` has `flows/*.py`, which is none of the files" in done.stderr


def test_a_configuration_that_nobody_else_has_is_told(repository: Repository) -> None:
    repository.git("rm", "--cached", "-q", "mixlock.toml")
    told = "note: mixlock.toml holds here alone, because git does not track it; `git add mixlock.toml`\n"
    assert told in repository.mixlock("check").stderr
    repository.git("add", "mixlock.toml")
    assert "holds here alone" not in repository.mixlock("check").stderr
