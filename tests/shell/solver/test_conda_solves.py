"""One process solves conda's side for all of a run; who asks sees no difference to a process of its own."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.failure import EngineError, FailureKind
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import SolveRequest
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.solver import order_server
from mixlock_hooks.shell.solver.conda_solves import CondaSolver
from mixlock_hooks.shell.solver.scratch import Scratch
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = [
    SyntheticCondaPackage(name="a", version="1.0", subdir="linux-64"),
    SyntheticCondaPackage(name="a", version="2.0", subdir="osx-arm64"),
    SyntheticCondaPackage(name="b", version="1.0", depends=("a",), subdir="noarch"),
]
SPEC = "platforms: [linux-64, osx-arm64]\ndependencies: [b]\n"


@dataclass(frozen=True)
class Asking:
    """A solver, the channel that it is asked about, and the folder in which it may write."""

    solver: CondaSolver
    channel: str
    folder: Path

    def answer(self, number: int, *specs: str) -> dict[str, Any]:
        """Ask for one of the spec's platforms, in a folder of its own."""
        environment = merge(environment_yml.parse(SPEC, "environment.yml"), Settings())
        spec = environment.platforms[number % 2]
        checked = policy.check(environment, Settings(), shipped).checked
        assert checked
        folder = self.folder / str(number)
        folder.mkdir()
        scratch = Scratch(folder, SolveRequest(environment=checked, spec=spec))
        return self.solver.answer({"channels": [self.channel], "specs": specs}, spec, scratch)


@pytest.fixture
def asking(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asking]:
    monkeypatch.setenv("MIXLOCK_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("MIXLOCK_CACHE_DIR", str(tmp_path / "cache"))
    write_channel(tmp_path / "channel", PACKAGES)
    process.begin()
    solver = CondaSolver(tools.conda_executable("rattler"), serves=getattr(request, "param", order_server.HERE))
    with serve(tmp_path / "channel") as url, closing(solver):
        yield Asking(solver=solver, channel=url, folder=tmp_path)


BOTH = pytest.mark.parametrize(
    "asking", [order_server.HERE, False], ids=["one process", "each its own"], indirect=True
)


def locked(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(found["name"], found["version"], found["subdir"]) for found in answer["actions"]["FETCH"]]


LINUX = [("a", "1.0", "linux-64"), ("b", "1.0", "noarch")]
MACOS = [("a", "2.0", "osx-arm64"), ("b", "1.0", "noarch")]


@BOTH
def test_solves_at_the_same_time_have_each_their_own_answer(asking: Asking) -> None:
    asking.solver.begin()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda number: asking.answer(number, "b"), range(4)))
    assert [locked(answer) for answer in answers] == [LINUX, MACOS, LINUX, MACOS]


@BOTH
@pytest.mark.parametrize(
    ("specs", "kind"),
    [(("c",), FailureKind.NO_VERSION), (("a >=3",), FailureKind.NO_VERSION), (("a ==",), FailureKind.BAD_SPEC)],
)
def test_a_failure_is_told(asking: Asking, specs: tuple[str, ...], kind: FailureKind) -> None:
    asking.solver.begin()
    with pytest.raises(EngineError) as caught:
        asking.answer(0, *specs)
    assert (caught.value.failure.kind, caught.value.failure.tool) == (kind, "py-rattler")
    assert locked(asking.answer(2, "b")) == LINUX


@BOTH
def test_a_solve_that_takes_too_long_is_the_channels_matter(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "0")
    asking.solver.begin()
    with pytest.raises(EngineError, match="longer than 0 seconds") as caught:
        asking.answer(0, "b")
    assert caught.value.failure.kind is FailureKind.SOURCE


def test_what_ended_is_no_obstacle(asking: Asking) -> None:
    asking.solver.begin()
    process.stop_all()
    process.begin()
    assert locked(asking.answer(0, "b")) == LINUX


@BOTH
def test_nothing_is_solved_in_a_run_that_is_being_ended(asking: Asking) -> None:
    asking.solver.begin()
    process.stop_all()
    with pytest.raises(process.StoppedError):
        asking.answer(0, "b")
    process.begin()
