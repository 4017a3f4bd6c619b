"""A ``pyproject.toml`` that is configuration and spec at once: locked, compared, and known to every verb."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Repository

MANIFEST = """[project]
name = "own"
dependencies = ["numpy>=1.26,<2", "idna"]
[project.optional-dependencies]
test = ["pandas"]
[dependency-groups]
dev = ["requests==2.31.0", {include-group = "more"}]
more = ["colors"]
[tool.conda-lock.dependencies]
python = "3.12.*"
idna = {source = "pypi"}
requests = {source = "pypi"}
colors = {source = "pypi"}
[tool.mixlock]
"""
PARTS = '\n[tool.mixlock.environments.dev]\nspecs = ["pyproject.toml", "pyproject.toml#test", "pyproject.toml#dev"]\n'


@pytest.fixture
def manifest(repository: Repository) -> Repository:
    """Return a repository whose one file is its specification and its configuration."""
    settings = repository.read("mixlock.toml")
    (repository.root / "mixlock.toml").unlink()
    repository.git("add", "-A")
    repository.write("pyproject.toml", f'{MANIFEST}specs = ["pyproject.toml"]\n{settings}{PARTS}')
    return repository


def test_the_file_and_an_environment_of_its_parts_are_locked_and_fresh(manifest: Repository) -> None:
    checked = manifest.mixlock("check")
    assert (checked.status, "MIX002 warning" in checked.stdout) == (0, False), checked.stdout
    done = manifest.mixlock("lock")
    assert done.status == 0, done.stderr
    drifted = manifest.mixlock("drift", "--verify", "--strict")
    assert drifted.status == 0, drifted.stdout
    listed: dict[str, Any] = json.loads(manifest.mixlock("list", "--format", "json").stdout)
    asked = {each["name"]: (sorted(each["conda"]), sorted(each["pypi"])) for each in listed["environments"]}
    assert asked == {
        "pyproject": (["numpy"], ["idna"]),
        "dev": (["numpy", "pandas"], ["colors", "idna", "requests"]),
    }
    assert manifest.mixlock("check", "pyproject.toml").status == 0


def test_drift_stands_where_the_file_changed(manifest: Repository) -> None:
    assert manifest.mixlock("lock").status == 0
    manifest.git("add", ".")
    manifest.git("commit", "-qm", "lock")
    manifest.write("pyproject.toml", manifest.read("pyproject.toml").replace('"pandas"', '"pandas<2"'))
    for words in (["drift", "dev"], ["drift", "--since", "HEAD"]):
        done = manifest.mixlock(*words)
        assert (done.status, "pyproject.toml:5:9: MIX202" in done.stdout) == (1, True), done.stdout
    assert manifest.mixlock("drift", "pyproject").status == 0


def test_without_being_named_it_is_no_spec(repository: Repository) -> None:
    repository.write("environment.yml", "dependencies: [numpy]\n")
    repository.write("pyproject.toml", "[project]\nname = 'own'\ndependencies = ['a @ file:///a']\n")
    assert repository.mixlock("check").status == 0


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("pyproject.toml#tests", "pyproject.toml:1:1: MIX002 pyproject.toml has no extra and no group `tests`"),
        ("other.toml", "`other.toml` cannot be part of an environment of several files"),
    ],
)
def test_a_part_that_is_not_there_is_told(manifest: Repository, spec: str, told: str) -> None:
    text = manifest.read("pyproject.toml").replace("pyproject.toml#test", spec)
    manifest.write("pyproject.toml", text)
    done = manifest.mixlock("check")
    assert (done.status, told in done.stdout) == (1, True), done.stdout


@pytest.mark.parametrize("words", [("rm", "pyproject"), ("mv", "pyproject", "other.toml")])
def test_the_file_of_the_project_is_neither_removed_nor_moved(manifest: Repository, words: tuple[str, ...]) -> None:
    done = manifest.mixlock(*words)
    assert (done.status, "its spec is the project's own file, which stays" in done.stderr) == (2, True), done.stderr
    assert (manifest.root / "pyproject.toml").is_file()
