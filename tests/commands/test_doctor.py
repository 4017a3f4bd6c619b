"""``mixlock doctor`` says what is here to work with, and where each setting comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks import __version__
from mixlock_hooks.shell.build.walls import walls

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository


@pytest.fixture(autouse=True)
def _machine(repository: Repository) -> Path:
    """Give the machine a configuration, which a world of tables has none of."""
    file = repository.root.parent / "machine.toml"
    file.write_text('[credentials]\nhosts = ["ours.example"]\n')
    return file


def test_everything_that_matters_is_told(repository: Repository) -> None:
    done = repository.mixlock("doctor", "--format", "json")
    facts = {(each["section"], each["name"]): each for each in json.loads(done.stdout)["facts"]}
    assert facts["version", "mixlock"]["value"] == __version__
    assert {name for section, name in facts if section == "wall"} == {wall.name for wall in walls()}
    assert facts["configuration", "lock-dir"]["value"] == "locks (default)"
    assert facts["configuration", "channels"]["value"].endswith("(mixlock.toml)")
    assert str(facts["machine", "configuration"]["value"]).startswith(
        repository.world.environment["MIXLOCK_CONFIG_FILE"]
    )
    assert facts["machine", "hosts that variables may be sent to"]["value"] == "ours.example"
    assert done.status == (0 if all(each["present"] for each in facts.values()) else 3)


def test_a_setting_is_told_as_a_user_writes_it(repository: Repository) -> None:
    written = 'python = ">=3.11"\nconstraints = ["idna>=3"]\n[virtual-packages.linux-64]\n__cuda = "12.4"\n'
    repository.write("mixlock.toml", written)
    lines = repository.mixlock("doctor").stdout.splitlines()
    configured = [line.removeprefix("configuration: ") for line in lines if line.startswith("configuration: ")]
    assert 'constraints: ["idna>=3"] (mixlock.toml)' in configured
    assert "python: >=3.11 (mixlock.toml)" in configured
    assert 'virtual-packages: {"linux-64": {"__cuda": "12.4"}} (mixlock.toml)' in configured
    assert "platforms: linux-64, osx-arm64 (default)" in configured


def test_the_text_has_a_line_for_each(repository: Repository) -> None:
    (repository.root / "mixlock.toml").write_text('trusted-hosts = ["a.example"]\n')
    lines = repository.mixlock("doctor").stdout.splitlines()
    assert f"version: mixlock: {__version__}" in lines
    assert any("trusted-hosts" in line and "a.example" in line and "mixlock.toml" in line for line in lines)


def test_the_last_line_says_whether_anything_is_missing(repository: Repository) -> None:
    done = repository.mixlock("doctor")
    missing = [line.split(": ")[1] for line in done.stdout.splitlines() if line.startswith("missing ")]
    told = f"missing of what a lock or a build needs: {', '.join(missing)}\n"
    assert done.stderr == (told if missing else "all of what a lock or a build needs is here\n")
    assert repository.mixlock("doctor", "--quiet").stderr == ""


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_told(repository: Repository, form: str) -> None:
    """MIX301 sends people here to look for their mirrors."""
    machine = repository.root.parent / "machine.toml"
    url = "https://u:hunter2@mirror.example/x?token=hunter2"
    machine.write_text(f'[mirrors]\n"https://u:hunter2@a.example/c" = ["{url}"]\n')
    done = repository.mixlock("doctor", "--format", form)
    assert "mirror.example" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


UNMET = {
    "uv of another version": ('required-uv = ">=99"', "uv", "this repository requires uv>=99"),
    "a solver that is not here": ('solver = "micromamba"', "solver", "solver = 'micromamba' was not found"),
}


@pytest.mark.parametrize(("configured", "name", "told"), UNMET.values(), ids=UNMET)
def test_what_the_configuration_asks_for_and_a_lock_would_miss_is_missing(
    repository: Repository, configured: str, name: str, told: str
) -> None:
    repository.write("mixlock.toml", f"{configured}\n")
    done = repository.mixlock("doctor", PATH="/usr/bin:/bin")
    assert (done.status, name in done.stderr) == (3, True), done.stderr
    assert any(line.startswith(f"missing version: {name}: ") and told in line for line in done.stdout.splitlines())
