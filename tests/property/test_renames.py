"""No rename of a flow's file, class or steps, and no regrouping of its packages, upgrades what was locked."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.conftest import looked_up_world, new_repository

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.conftest import LookedUpWorld, Repository

_CONDA = [f"con{letter}" for letter in "abc"]
_PYPI = [f"pip{letter}" for letter in "abc"]
_OF_STEP = {"start": {"cona", "pipa"}, "train": {"conb", "pipa", "pipb"}, "end": {"cona"}}
"""What each step asks for at first; ``conc`` and ``pipc`` are asked for by none."""


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A flow: its file, its class, and what its steps ask for."""

    path: str = "flows/train.py"
    name: str = "TrainFlow"
    steps: Mapping[str, frozenset[str]]

    def text(self) -> str:
        """Return its source."""
        steps = "".join(_step(name, asked) for name, asked in self.steps.items())
        return f"from metaflow import FlowSpec, conda, pypi, step\n\nclass {self.name}(FlowSpec):\n{steps}"


def _step(name: str, asked: frozenset[str]) -> str:
    conda, pypi = (dict.fromkeys(sorted(asked & set(known)), "") for known in (_CONDA, _PYPI))
    head = f'    @conda(python="3.12", libraries={conda!r})\n' + (f"    @pypi(packages={pypi!r})\n" if pypi else "")
    return f"{head}    @step\n    def {name}(self):\n        pass\n\n"


_START = Flow(steps={name: frozenset(asked) for name, asked in _OF_STEP.items()})


@dataclass(frozen=True, kw_only=True, repr=False)
class Universe:
    """A repository whose flow is locked at the first version of everything, in a world that has moved on."""

    repository: Repository
    world: LookedUpWorld

    def begin(self) -> None:
        """Be as the last commit, which holds the first locks."""
        self.repository.git("reset", "-q", "--hard")
        self.repository.git("clean", "-qfd")

    def versions(self) -> dict[str, set[str]]:
        """Return the versions of each package in all locks."""
        found: dict[str, set[str]] = {}
        for path, content in self.repository.locks().items():
            for package in conda_lock_yml.parse(content).packages if path.endswith("conda-lock.yml") else ():
                found.setdefault(package.name, set()).add(package.version)
        return found


@pytest.fixture(scope="module")
def universe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Universe]:
    """Lock while there is only the first version of everything, then publish the second."""
    home = tmp_path_factory.mktemp("renames")
    with looked_up_world(home) as world:
        _publish(world, "1.0")
        repository = new_repository(home / "repository", world)
        repository.git("rm", "-qf", "environment.yml")
        repository.write("mixlock.toml", repository.read("mixlock.toml").replace(', "osx-arm64"', ""))
        repository.write(_START.path, _START.text())
        done = repository.mixlock("lock")
        assert done.status == 0, done.stderr
        repository.git("add", "-A")
        repository.git("commit", "-qm", "lock")
        _publish(world, "1.0", "2.0")
        made = Universe(repository=repository, world=world)
        assert set().union(*(made.versions()[name] for name in ("cona", "conb", "pipa", "pipb"))) == {"1.0"}
        yield made
    shutil.rmtree(home, ignore_errors=True)


def _publish(world: LookedUpWorld, *versions: str) -> None:
    each = [(name, version) for name in (*_CONDA, *_PYPI) for version in versions]
    world.add_conda(*(SyntheticCondaPackage(name=name, version=found) for name, found in each if name in _CONDA))
    world.add(*(render_wheel(SyntheticProject(name=name, version=found)) for name, found in each if name in _PYPI))


_STEPS = st.lists(st.sampled_from(["start", "train", "end", "fit", "join"]), unique=True, min_size=1, max_size=4)
_ASKED = st.frozensets(st.sampled_from([*_CONDA, *_PYPI]), min_size=1, max_size=4)


@st.composite
def _flows(draw: st.DrawFn) -> Flow:
    names = list(dict.fromkeys(["start", *draw(_STEPS)]))
    return Flow(
        path=draw(st.sampled_from(["flows/train.py", "flows/fit.py", "pipelines/train.py"])),
        name=draw(st.sampled_from(["TrainFlow", "FitFlow"])),
        steps={name: draw(_ASKED) for name in names},
    )


@settings(
    max_examples=8, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(flow=_flows())
def test_what_was_locked_stays_wherever_it_goes(universe: Universe, flow: Flow) -> None:
    universe.begin()
    repository = universe.repository
    if flow.path != _START.path:
        (repository.root / flow.path).parent.mkdir(exist_ok=True)
        repository.git("mv", _START.path, flow.path)
    repository.write(flow.path, flow.text())
    done = repository.mixlock("lock")
    assert done.status == 0, done.stderr
    found = universe.versions()
    asked = set().union(*flow.steps.values())
    upgraded = {name for name in asked & {"cona", "conb", "pipa", "pipb"} if found[name] != {"1.0"}}
    assert upgraded == set(), done.stderr
    repository.git("add", "-A")
    drifted = json.loads(repository.mixlock("drift", "--format", "json").stdout)["problems"]
    assert {problem["code"] for problem in drifted} <= {"MIX209"}  # the lock of a step that is no more is the user's
