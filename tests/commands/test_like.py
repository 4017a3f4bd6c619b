"""``like``: what two environments hold has the same version, or the requirement that prevents it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.commands.conftest import versions

if TYPE_CHECKING:
    from tests.conftest import Repository

SPEC = "platforms: [linux-64]\ndependencies:\n- python=3.12\n- numpy<2\n- pip: [requests==2.31.0]\n"
DEV = "platforms: [linux-64]\ndependencies:\n- python=3.12\n- pandas\n- pip: [requests, colors]\n"
CONFIGURED = '\n[environments.dev]\nspecs = ["dev.yml"]\nlike = "environment"\n'
CONFIGURED_WITH_ITS_FILE = CONFIGURED.replace('"dev.yml"', '"environment.yml", "dev.yml"')


@pytest.fixture(name="alike")
def _alike(repository: Repository) -> Repository:
    repository.write("environment.yml", SPEC)
    repository.write("dev.yml", DEV)
    repository.write("mixlock.toml", repository.read("mixlock.toml") + CONFIGURED)
    return repository


def lock(repository: Repository, *words: str) -> None:
    done = repository.mixlock("lock", *words)
    assert done.status == 0, done.stderr


@pytest.mark.parametrize("configured", [CONFIGURED, CONFIGURED_WITH_ITS_FILE])
def test_one_run_locks_what_others_are_like_first(alike: Repository, configured: str) -> None:
    alike.write("mixlock.toml", alike.read("mixlock.toml").replace(CONFIGURED, configured))
    lock(alike)
    dev, other = versions(alike, "dev"), versions(alike)
    assert (dev["conda numpy"], dev["pip requests"]) == ("1.26.4", "2.31.0")
    assert (dev["conda pandas"], dev["pip colors"]) == ("2.2.3", "1.0")
    assert "conda pandas" not in other
    done = alike.mixlock("drift", "--verify", "--strict")
    assert (done.status, done.stdout) == (0, "")


def test_what_the_other_has_of_one_manager_binds_the_other_manager(alike: Repository) -> None:
    alike.write("dev.yml", "platforms: [linux-64]\ndependencies:\n- python=3.12\n- pip: [numpy]\n")
    alike.world.add(*(render_wheel(SyntheticProject(name="numpy", version=v)) for v in ("1.26.4", "2.2.6")))
    lock(alike)
    assert versions(alike, "dev")["pip numpy"] == "1.26.4"


def test_drift_says_which_package_went_away_from_it_and_the_command_mends_it(alike: Repository) -> None:
    lock(alike)
    alike.git("add", ".")
    alike.git("commit", "-qm", "lock")
    alike.write("environment.yml", SPEC.replace("<2", "").replace("==2.31.0", ""))
    lock(alike, "environment", "--upgrade")
    for words in (["drift"], ["drift", "--since", "HEAD"], ["drift", "dev"]):
        done = alike.mixlock(*words)
        assert done.status == 1, done.stderr
        assert (
            "mixlock.toml:1:1: MIX202 `numpy` is 1.26.4 here and 2.2.6 in `environment`, "
            "which `dev` must match (`like`)" in done.stdout
        )
        assert "`requests` is 2.31.0 here and 2.32.0 in `environment`" in done.stdout
        assert "run `mixlock lock dev`" in done.stdout
    lock(alike, "dev")
    assert (versions(alike, "dev")["conda numpy"], versions(alike, "dev")["pip requests"]) == ("2.2.6", "2.32.0")
    assert alike.mixlock("drift").status == 0


@pytest.mark.parametrize(
    ("dev", "told"),
    [
        (DEV.replace("pandas", "numpy>=2"), "dev.yml:4:3: MIX301 `numpy>=2` does not accept numpy 1.26.4"),
        (
            DEV.replace("requests", "requests>2.31"),
            "dev.yml:5:9: MIX302 `requests>2.31` does not accept requests 2",
        ),
        (DEV.replace("colors", "frames==2.0"), "frames 2.0 needs numpy>=2"),
    ],
)
def test_the_requirement_that_prevents_it_is_named(alike: Repository, dev: str, told: str) -> None:
    alike.write("dev.yml", dev)
    done = alike.mixlock("lock")
    assert (done.status, told in done.stderr) == (3, True), done.stderr
    assert "conda numpy" in versions(alike), "the other is locked all the same"


def test_what_has_no_lock_yet_can_be_no_model(alike: Repository) -> None:
    done = alike.mixlock("lock", "dev")
    assert (done.status, "MIX201 `environment`, which `dev` must match (`like`), has no lock" in done.stderr) == (
        1,
        True,
    )
    assert "run `mixlock lock environment dev`" in done.stderr
    lock(alike, "environment", "dev")


def test_what_fails_takes_those_along_that_are_like_it(alike: Repository) -> None:
    alike.write("environment.yml", SPEC.replace("numpy<2", "nopkg"))
    done = alike.mixlock("lock")
    assert (done.status, "dev: `environment`, which it must match (`like`), was not locked" in done.stderr) == (
        3,
        True,
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (CONFIGURED.replace('"environment"', '"dev"'), "free of circles: `dev` is like `dev`"),
        (
            CONFIGURED.replace('"environment"', '"b"') + '[environments.b]\nspecs = ["dev.yml"]\nlike = "dev"\n',
            "free of circles: `dev` is like `b` is like `dev`",
        ),
        (CONFIGURED.replace('"environment"', '"enviroment"'), "which is not an environment; did you mean"),
        (CONFIGURED.replace('"environment"', '["a"]'), "MIX003 `environments` must be"),
    ],
)
def test_a_circle_or_nobody_is_an_error_of_the_configuration(alike: Repository, more: str, told: str) -> None:
    alike.write("mixlock.toml", alike.read("mixlock.toml").replace(CONFIGURED, more))
    done = alike.mixlock("check")
    assert (done.status, told in done.stderr) == (2, True), done.stdout + done.stderr
    assert "mixlock.toml" in done.stderr


FLOW = """\
from metaflow import FlowSpec, conda, step

class F(FlowSpec):
    @conda(python="3.12", libraries={"numpy": "<2"})
    @step
    def start(self):
        self.next(self.end)

    @conda(python="3.12", libraries={"pandas": ""})
    @step
    def end(self):
        pass
"""


def test_steps_of_a_flow_are_alike_where_that_is_wanted(repository: Repository) -> None:
    repository.git("rm", "-qf", "environment.yml")
    text = repository.read("mixlock.toml").replace(', "osx-arm64"', "")
    repository.write("mixlock.toml", text)
    repository.write("flow.py", FLOW)
    lock(repository)
    assert versions(repository, "flow/F/end")["conda numpy"] == "2.2.6"
    repository.write("mixlock.toml", text + "metaflow-like = true\n")
    done = repository.mixlock("drift")
    assert (done.status, "`numpy` is 2.2.6 here and 1.26.4 in `flow/F/start`" in done.stdout) == (1, True), (
        done.stdout
    )
    lock(repository)
    assert versions(repository, "flow/F/end")["conda numpy"] == "1.26.4"
    assert repository.mixlock("drift", "--strict").status == 0
