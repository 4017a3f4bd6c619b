"""A flow is checked, listed, locked and compared as any other spec; what one step asks relocks that step alone."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.commands.conftest import versions
from tests.conftest import CONFIGURATION, new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.commands.conftest import Drift
    from tests.conftest import Repository, World

FLOW = """\
from constants import REQUESTS
from metaflow import FlowSpec, conda, conda_base, pypi, pypi_base, step


@conda_base(libraries={"numpy": "1.26.4"}, python="3.12")
@pypi_base(packages={"requests": REQUESTS})
class TrainFlow(FlowSpec):
    @pypi(packages={"colors": "1.0"})
    @step
    def start(self):
        self.next(self.fit)

    @conda(libraries={"pandas": "2.2.3"})
    @step
    def fit(self):
        self.next(self.report)

    @conda(disabled=True)
    @step
    def report(self):
        self.next(self.end)

    @pypi(packages={"colors": ""})
    @pypi(packages={"colors": "==1.0"})
    @step
    def end(self):
        pass
"""
_START, _FIT = "flows/train/TrainFlow/start", "flows/train/TrainFlow/fit"
_TAKEN_OVER = "and `flows/train/TrainFlow/begin` takes its versions over"


@pytest.fixture(name="locked_flow", scope="session")
def _locked_flow(tmp_path_factory: pytest.TempPathFactory, shared_world: World) -> Repository:
    """Lock a flow once; nobody may change this repository."""
    configuration = CONFIGURATION.replace('["linux-64", "osx-arm64"]', '["linux-64"]')
    made = new_repository(tmp_path_factory.mktemp("flow") / "repository", shared_world, configuration=configuration)
    made.git("rm", "-qf", "environment.yml")
    made.write("flows/train.py", FLOW)
    made.write("flows/constants.py", 'REQUESTS = "2.31.0"\n')
    made.write("plain.py", "import os\n")
    done = made.mixlock("lock")
    assert done.status == 0, done.stderr
    return made


@pytest.fixture(name="flow")
def _flow(tmp_path: Path, locked_flow: Repository) -> Repository:
    shutil.copytree(locked_flow.root, tmp_path / "flow")
    return replace(locked_flow, root=tmp_path / "flow")


def _listed(repository: Repository) -> dict[str, dict[str, Any]]:
    environments = json.loads(repository.mixlock("list", "--format", "json").stdout)["environments"]
    return {environment["name"]: environment for environment in environments}


def test_a_flow_whose_base_stands_elsewhere_is_one_though_it_never_names_metaflow(flow: Repository) -> None:
    flow.write(
        "flows/base.py",
        "from metaflow import *\n\n@pypi_base(packages={'colors': '1.0'})\nclass Base(FlowSpec): ...\n",
    )
    flow.write("flows/derived.py", "from base import *\nclass Derived(Base):\n  @step\n  def start(self): ...\n")
    derived = _listed(flow)["flows/derived/Derived/start"]
    assert (derived["source"], derived["pypi"]) == ("flows/derived.py", {"colors": "==1.0"})
    assert not any(name.startswith("flows/base/") for name in _listed(flow))


def test_what_adds_nothing_may_be_allowed_and_is_said_by_every_check(flow: Repository) -> None:
    flow.write("flows/train.py", FLOW.replace("@conda_base", "@log  # mixlock: allow MIX007 it logs\n@conda_base"))
    done = flow.mixlock("check")
    assert done.status == 0
    assert "it is left out of the lock, as allowed: it logs" in done.stdout
    flow.write("flows/train.py", FLOW.replace("@conda_base", "@log\n@conda_base"))
    done = flow.mixlock("check")
    assert (done.status, "flows/train.py:5:2: MIX007 `@log`" in done.stdout or "MIX007 `log`" in done.stdout) == (
        1,
        True,
    )


def test_steps_with_equal_requirements_share_one_lock(locked_flow: Repository) -> None:
    folders = {name.rpartition("/")[0] for name in locked_flow.locks()}
    assert folders == {_START, _FIT}
    assert versions(locked_flow, _START) == {
        "conda libblas": "3.11.0",
        "conda numpy": "1.26.4",
        "conda pip": "25.2",
        "conda python": "3.12.11",
        "pip colors": "1.0",
        "pip idna": "3.10",
        "pip requests": "2.31.0",
    }
    assert {"conda pandas", "pip requests"} <= versions(locked_flow, _FIT).keys()


def test_a_lock_names_the_flow_it_was_made_from(locked_flow: Repository) -> None:
    assert "../../../../../flows/train.py" in locked_flow.read(f"locks/{_START}/conda-lock.yml")


def test_it_is_listed(locked_flow: Repository) -> None:
    listed = _listed(locked_flow)
    assert list(listed) == [_START, _FIT]
    start = listed[_START]
    assert (start["source"], start["line"], start["steps"]) == ("flows/train.py", 10, ["start", "end"])
    assert (start["mode"], start["state"], start["lock_dir"]) == ("mixed", "fresh", f"locks/{_START}")
    assert (start["python"], start["conda"]) == ("=3.12", {"numpy": "==1.26.4"})
    assert start["pypi"] == {"colors": "==1.0", "requests": "==2.31.0"}


def test_it_is_checked(locked_flow: Repository) -> None:
    done = locked_flow.mixlock("check", "flows/train.py", "plain.py")
    assert (done.status, done.stdout, done.stderr.splitlines()[1:]) == (0, "", ["checked 1 spec: no problems"])


def test_it_is_fresh_once_it_is_locked(locked_flow: Repository, drift: Drift) -> None:
    assert drift(locked_flow.root) == (0, [])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("self.next(self.fit)", "self.next(self.fit)  # more\n        x = 1", id="a body"),
        pytest.param('{"numpy": "1.26.4"}, python="3.12"', '{"numpy": "1.26." "4"}, python="3.12"', id="a spelling"),
        pytest.param(
            "@conda_base(", '@conda_base(libraries=dict(numpy="1.26.4"), python="3.12")\n@conda_base(', id="twice"
        ),
        pytest.param("import FlowSpec, conda,", "import FlowSpec, conda as c, conda,", id="an import"),
    ],
)
def test_what_asks_the_same_is_fresh(flow: Repository, drift: Drift, before: str, after: str) -> None:
    flow.write("flows/train.py", flow.read("flows/train.py").replace(before, after))
    assert drift(flow.root) == (0, [])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            ("flows/train.py", '{"pandas": "2.2.3"}', '{"pandas": "2.2.2"}'),
            ["MIX202 flows/train.py:13 conda requirement `pandas` is `==2.2.2` now, was `==2.2.3`"],
            id="a step's requirement, at its line",
        ),
        pytest.param(
            ("flows/train.py", '"numpy": "1.26.4"', '"numpy": "2.2.6"'),
            ["MIX202 flows/train.py:5 conda requirement `numpy` is `==2.2.6` now, was `==1.26.4`"] * 2,
            id="the flow's requirement, for every environment",
        ),
        pytest.param(
            ("flows/constants.py", "2.31.0", "2.32.0"),
            ["MIX202 flows/train.py:6 PyPI requirement `requests` is `==2.32.0` now, was `==2.31.0`"] * 2,
            id="a constant of another module",
        ),
        pytest.param(
            ("flows/train.py", '{"colors": "1.0"})', '{"colors": "1.0"}, extra_indices=["https://x.example/s"])'),
            [
                "MIX204 flows/train.py:8 index `https://x.example/s` was added",
                "MIX201 flows/train.py:26 `flows/train/TrainFlow/end` has no lock",
            ],
            id="an index, which parts the steps",
        ),
        pytest.param(
            ("flows/train.py", "    @step\n    def start(self):", "    @step(start=True)\n    def begin(self):"),
            [
                f"MIX209 locks/{_START}/conda-lock.yml:1 no spec asks for `{_START}` any more, {_TAKEN_OVER}",
                "MIX201 flows/train.py:10 `flows/train/TrainFlow/begin` has no lock",
            ],
            id="a first step of another name",
        ),
    ],
)
def test_drift_is_told_where_it_is_written(
    flow: Repository, drift: Drift, change: tuple[str, str, str], told: list[str]
) -> None:
    path, before, after = change
    flow.write(path, flow.read(path).replace(before, after))
    status, found = drift(flow.root)
    assert (status, sorted(found)) == (1, sorted(told))


def test_a_changed_decorator_relocks_the_steps_it_touches_and_no_others(flow: Repository, drift: Drift) -> None:
    before = flow.locks()
    flow.write("flows/train.py", FLOW.replace('{"pandas": "2.2.3"}', '{"pandas": ">=2"}'))
    done = flow.mixlock("lock")
    assert (done.status, done.stdout.splitlines()[0]) == (0, f"{_FIT}: wrote 2 files: no package changed")
    after = flow.locks()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {f"{_FIT}/stamp.json", f"{_FIT}/conda-lock.yml"}
    assert drift(flow.root) == (0, [])


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        pytest.param("flows/train/TrainFlow/fit", 1, id="one environment"),
        pytest.param("flows/train/TrainFlow", 2, id="a flow"),
        pytest.param("flows/train", 2, id="a file without its suffix"),
        pytest.param("flows/train.py", 2, id="a file"),
    ],
)
def test_environments_are_chosen_by_name(locked_flow: Repository, wanted: str, chosen: int) -> None:
    done = locked_flow.mixlock("drift", wanted)
    assert (done.status, done.stderr) == (0, f"{chosen} fresh, 0 drifted\n")


def test_a_step_is_found_though_a_module_is_named_like_its_folder(flow: Repository) -> None:
    flow.write("flows.py", FLOW.replace("from constants import REQUESTS", "REQUESTS = '2.31.0'"))
    done = flow.mixlock("drift", _FIT)
    assert (done.status, done.stderr) == (0, "1 fresh, 0 drifted\n")


def test_a_step_that_is_not_there_is_a_wrong_call(locked_flow: Repository) -> None:
    done = locked_flow.mixlock("drift", "flows/train/TrainFlow/nothing")
    assert (done.status, done.stdout) == (2, "")


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param(
            '"1.26.4"}', "1.26}", "flows/train.py:5:33: MIX003 the version of `numpy` must be text", id="a number"
        ),
        pytest.param(
            "REQUESTS})", "f()})", "flows/train.py:6:34: MIX007 `f()` is computed when the flow runs", id="a call"
        ),
        pytest.param("class TrainFlow", "clas TrainFlow", "MIX001 not valid Python", id="no Python"),
        pytest.param(
            '{"pandas": "2.2.3"}',
            '{"requests": ""}',
            "flows/train.py:6:22: MIX106 `requests` is asked for from PyPI and",
            id="both worlds",
        ),
    ],
)
def test_what_is_wrong_with_a_flow_is_told_by_every_command(
    flow: Repository, before: str, after: str, told: str
) -> None:
    flow.write("flows/train.py", FLOW.replace(before, after))
    locks = flow.locks()
    for command in ("check", "lock"):
        done = flow.mixlock(command)
        assert done.status == 1
        assert told in done.stdout + done.stderr
    assert {name: content for name, content in flow.locks().items() if name.startswith(_FIT)} == {
        name: content for name, content in locks.items() if name.startswith(_FIT)
    }


def test_the_open_source_profile_refuses_to_mix(flow: Repository) -> None:
    flow.write("mixlock.toml", 'metaflow = "oss"\n' + flow.read("mixlock.toml"))
    done = flow.mixlock("check")
    assert done.status == 1
    assert "flows/train.py:6:22: MIX111 step `fit` asks conda and PyPI" in done.stdout


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ('@named_env(name="a/b:v1")', "`@named_env` is the Netflix extension's"),
        ('@sys_packages(packages={"__cuda": "12.4"})', "`@sys_packages` is the Netflix extension's"),
        ('@pip(packages={"requests": "2.31.0"})', "`@pip` is the Netflix extension's"),
        ('@conda(name="a/b:v1")', "`name` is the Netflix extension's"),
        ('@pypi(packages={"requests": "2.31.0"}, fetch_at_exec=True)', "`fetch_at_exec` is the Netflix extension's"),
        ('@conda(libraries={"numpy": "1.26.4"}, channels=["bioconda"])', "has no channels or indices"),
    ],
)
def test_the_open_source_profile_refuses_what_only_the_extension_has(flow: Repository, asked: str, told: str) -> None:
    flow.write("mixlock.toml", 'metaflow = "oss"\n' + flow.read("mixlock.toml"))
    source = FLOW.replace("import FlowSpec, ", "import FlowSpec, named_env, pip, sys_packages, ")
    flow.write("flows/train.py", source.replace("@conda(disabled=True)", asked))
    found = [line for line in flow.mixlock("check").stdout.splitlines() if "MIX002" in line]
    assert [told in line for line in found] == [True], found


def test_what_metaflow_adds_at_run_time_is_part_of_the_lock(flow: Repository, drift: Drift) -> None:
    flow.write("mixlock.toml", 'metaflow-runtime = ["tzdata"]\n' + flow.read("mixlock.toml"))
    status, found = drift(flow.root, _FIT)
    assert (status, [line.partition(" ")[0] for line in found]) == (1, ["MIX202"])
    assert flow.mixlock("lock", _FIT).status == 0
    assert "conda tzdata" in versions(flow, _FIT)
    flow.write("mixlock.toml", flow.read("mixlock.toml").replace("tzdata", "requests"))
    assert "MIX106" in flow.mixlock("check").stdout


def test_a_named_environment_that_is_not_known_is_told(flow: Repository) -> None:
    source = FLOW.replace("import FlowSpec, ", "import FlowSpec, named_env, ")
    flow.write("flows/train.py", source.replace("@conda(disabled=True)", '@named_env(name="a/b:v1")'))
    done = flow.mixlock("check")
    assert done.status == 1
    assert "flows/train.py:18:21: MIX010 no alias `a/b:v1` is known" in done.stdout


def test_an_environment_resolved_at_run_time_is_a_note(flow: Repository) -> None:
    source = FLOW.replace("import FlowSpec, ", "import FlowSpec, named_env, ")
    flow.write("flows/train.py", source.replace("@conda(disabled=True)", '@named_env(name="a@{X}")'))
    done = flow.mixlock("check")
    assert done.status == 0
    assert "flows/train.py:18:21: MIX007 note: `a@{X}` is resolved when the flow runs: nothing to lock" in done.stdout
