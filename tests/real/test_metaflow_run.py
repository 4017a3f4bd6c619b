"""From a committed lock to a run: the real metaflow is locked and installed without conda, and runs a flow in it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from tests.conftest import Repository, new_repository, served_world
from tests.host_python import host_python
from tests.hosts import PYTHON
from tests.tables import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.real

PIP = SyntheticCondaPackage(name="pip", version="25.2", depends=("python >=3.9",))
SPEC = f"dependencies:\n  - python={PYTHON}\n  - pip:\n    - metaflow==2.19.39\n    - humanize==4.12.0\n"
FLOW = """\
from metaflow import FlowSpec, step

class TrainFlow(FlowSpec):
    @step
    def start(self):
        import humanize
        self.told = humanize.intcomma(1234567), humanize.__version__
        self.next(self.end)

    @step
    def end(self):
        print("told", *self.told)

if __name__ == "__main__":
    TrainFlow()
"""


@pytest.fixture(name="repository")
def _repository(tmp_path: Path) -> Iterator[Repository]:
    """Return a repository whose channel has this machine's python, and whose index is the machine's."""
    with served_world(tmp_path) as world:
        write_channel(world.folder / "science", [host_python(), PIP])
        mirror = f'[mirrors]\n"{CHANNEL}" = ["{world.base}/science"]\n'
        Path(world.environment["MIXLOCK_CONFIG_FILE"]).write_text(mirror)
        own = {name: text for name, text in world.environment.items() if name != "PIP_CONFIG_FILE"}
        machine = {name: text for name, text in os.environ.items() if name.startswith(("PIP_", "UV_"))}
        here = {"METAFLOW_HOME": str(tmp_path / "metaflow"), "USERNAME": "tester"}
        there = replace(world, environment={**own, "PIP_DEFAULT_TIMEOUT": "60", **machine, **here})
        yield new_repository(
            tmp_path / "repository", there, SPEC, f'platforms = ["{host_platform()}"]\nchannels = ["{CHANNEL}"]\n'
        )


def test_a_flow_runs_in_the_locked_environment(repository: Repository) -> None:
    repository.write("flows/train.py", FLOW)
    done = repository.process("lock")
    assert done.status == 0, done.stderr
    ran = repository.process("run", "environment", "--", "python", "flows/train.py", "run")
    assert ran.status == 0, ran.stdout + ran.stderr
    assert "told 1,234,567 4.12.0" in ran.stdout
