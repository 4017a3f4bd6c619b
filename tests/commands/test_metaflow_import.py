"""Flows that are imported to be read: only where the configuration lists them, only by `mixlock lock`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands.fake_metaflow import environment_with_metaflow

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Done, Repository

FLOW = """\
from pathlib import Path
from metaflow import FlowSpec, conda_base, pypi, step
from common import versions

Path(__file__).with_name("ran").open("a").write("x")

@conda_base(python="3.12", libraries=versions())
class TrainFlow(FlowSpec):
    @pypi(packages={"requests": "2.31.0"})
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass
"""
COMMON = """\
from pathlib import Path

def versions():
    lines = Path(__file__).with_name("versions.txt").read_text().splitlines()
    return dict(line.split() for line in lines)
"""
RECORD = "locks/flows/train/imported.json"


class _Flow:
    """A repository with a flow that only an import can read, and a Metaflow to import it."""

    def __init__(self, repository: Repository, environment: Path) -> None:
        self.repository = repository
        self._environment = environment

    def mixlock(self, *words: str) -> Done:
        return self.repository.mixlock(*words, VIRTUAL_ENV=str(self._environment))

    def times_run(self) -> int:
        ran = self.repository.root / "flows/ran"
        return len(ran.read_text()) if ran.exists() else 0


@pytest.fixture(name="flow")
def _flow(repository: Repository, tmp_path: Path) -> _Flow:
    repository.git("rm", "-qf", "environment.yml")
    repository.write("flows/train.py", FLOW)
    repository.write("flows/common.py", COMMON)
    repository.write("flows/versions.txt", "numpy 1.26.4\n")
    repository.write("mixlock.toml", 'metaflow-import = ["flows/train.py"]\n' + repository.read("mixlock.toml"))
    return _Flow(repository, environment_with_metaflow(tmp_path / "active"))


NEVER = "flows/train.py:1:1: MIX007 is listed under `metaflow-import` but has not been imported yet"


@pytest.mark.parametrize(
    ("words", "status"),
    [(["check"], 1), (["drift"], 1), (["lock", "--no-build", "--fail-on-change"], 1), (["lock", "--dry-run"], 1)],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_nothing_but_lock_imports_and_what_is_not_known_is_told(flow: _Flow, words: list[str], status: int) -> None:
    done = flow.mixlock(*words)
    assert (done.status, NEVER in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr
    assert flow.times_run() == 0


def test_lock_imports_it_and_every_verb_knows_what_it_found(flow: _Flow) -> None:
    done = flow.mixlock("lock")
    assert done.status == 0, done.stderr
    assert "flows/train.py: importing it with" in done.stderr
    listed = json.loads(flow.mixlock("list", "--format", "json").stdout)["environments"]
    assert {(each["name"], tuple(each["steps"])): (each["conda"], each["pypi"]) for each in listed} == {
        ("flows/train/TrainFlow/start", ("start",)): ({"numpy": "==1.26.4"}, {"requests": "==2.31.0"}),
        ("flows/train/TrainFlow/end", ("end",)): ({"numpy": "==1.26.4"}, {}),
    }
    record = json.loads(flow.repository.read(RECORD))
    assert record["files"].keys() == {"flows/train.py", "flows/common.py", "flows/versions.txt"}
    flow.repository.git("add", "-A")
    for words in (["check"], ["drift", "--verify", "--strict", "--tracked"]):
        assert flow.mixlock(*words).status == 0
    assert flow.mixlock("lock").status == 0
    assert flow.times_run() == 1


def test_a_change_of_any_file_that_the_import_opened_is_told_there_and_read_again(flow: _Flow) -> None:
    assert flow.mixlock("lock").status == 0
    flow.repository.git("add", "-A")
    flow.repository.git("commit", "-qm", "lock")
    flow.repository.write("flows/versions.txt", "numpy 2.2.6\n")
    told = "flows/versions.txt:1:1: MIX007 changed since flows/train.py, which opens it, was imported"
    for words in (["drift"], ["drift", "--since", "HEAD"], ["check"]):
        done = flow.mixlock(*words)
        assert (done.status, told in done.stdout) == (1, True), done.stdout + done.stderr
    assert flow.times_run() == 1
    done = flow.mixlock("lock", "flows/train.py")
    assert done.status == 0, done.stderr
    assert flow.times_run() == 2
    assert '"numpy": "2.2.6"' in flow.repository.read(RECORD)
    assert flow.mixlock("drift", "--strict").status == 0


def test_what_cannot_be_imported_leaves_the_old_record_and_says_with_which_python(flow: _Flow) -> None:
    assert flow.mixlock("lock").status == 0
    before = flow.repository.read(RECORD)
    flow.repository.write("flows/common.py", "raise RuntimeError('no')\n")
    done = flow.mixlock("lock")
    assert (done.status, "RuntimeError: no" in done.stderr, "bin/python" in done.stderr) == (3, True, True)
    assert flow.repository.read(RECORD) == before


def test_a_flow_that_is_another_one_when_it_is_started_is_refused_and_not_run(flow: _Flow) -> None:
    guard = (
        "if __name__ == '__main__':\n    TrainFlow = conda_base(libraries={'a': '1'})(TrainFlow)\n    TrainFlow()\n"
    )
    flow.repository.write("flows/train.py", FLOW + guard)
    done = flow.mixlock("lock")
    assert done.status == 3
    assert "flows/train.py:18: binds `TrainFlow` again where the flow is started" in done.stderr
    assert flow.times_run() == 0


def test_without_metaflow_the_way_out_is_told(flow: _Flow) -> None:
    done = flow.repository.mixlock("lock", VIRTUAL_ENV="")
    assert (done.status, "activate the environment in which the flow runs" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    "record",
    [
        "{",
        "[]",
        "{}",
        '{"version": 2, "path": "flows/train.py", "metaflow": {}, "files": {}, "flows": []}',
        '{"version": 1, "path": "flows/other.py", "metaflow": {}, "files": {}, "flows": []}',
        '{"version": 1, "path": "flows/train.py", "metaflow": {}, "files": {"../x": "sha256:0"}, "flows": []}',
        '{"version": 1, "path": "flows/train.py", "metaflow": {}, "files": {}, "flows": [{"name": "A"}]}',
    ],
)
def test_a_record_that_lock_did_not_write_is_told(flow: _Flow, record: str) -> None:
    flow.repository.write(RECORD, record)
    done = flow.mixlock("check")
    assert (done.status, f"MIX007 {RECORD} cannot be read" in done.stdout) == (1, True), done.stdout
    assert flow.mixlock("lock").status == 0
    assert flow.mixlock("check").status == 0
