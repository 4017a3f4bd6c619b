"""Two sides that must agree: conda gives way where it can, else PyPI is held to conda's version, else MIX303."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.conda_constraint import admits
from mixlock_hooks.model.constraint import as_match_spec, satisfies
from mixlock_hooks.model.failure import BlockedError, CannotDoError, NoAnswerError
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.names import PypiName, Subdir
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import CondaSide, SolveRequest
from mixlock_hooks.pipeline.lock.solve import solve
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.requirement import PypiRequirement

LINUX = Subdir("linux-64")
UNREADABLE = "whatever it takes"
SPEC = "dependencies:\n  - python\n  - numpy{pin}\n  - pip:\n    - frames\n"


class Numpies:
    """An engine whose conda side has numpy 1 and 2, and whose only PyPI project accepts some of them."""

    def __init__(self, *, accepts: str, pinned: str = "", blocks: bool = False) -> None:
        self.accepts = accepts
        self.offered = [pinned] if pinned else ["2.0", "1.0"]
        self.blocks = blocks
        self.asked: list[tuple[str, ...]] = []

    @contextmanager
    def open(self, request: SolveRequest) -> Iterator[Numpies]:  # noqa: ARG002 - the port names it
        yield self

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        self.asked.append(constraints)
        asked = [each.removeprefix("numpy ") for each in constraints]
        fitting = [version for version in self.offered if all(admits(version, each) for each in asked)]
        if not fitting:
            raise NoAnswerError("no such numpy")
        return CondaSide(
            versions={"python": "3.12.0", "numpy": fitting[0]},
            holders={PypiName("numpy"): "numpy"},
            answer=fitting[0],
        )

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        held = any(requirement.name == "numpy" for requirement in pypi)
        fits = self.accepts != UNREADABLE and satisfies(str(conda.answer), self.accepts)
        if self.blocks and not fits:
            problem = Problem(code="MIX303", place=pypi[0].place, claim="frames needs another numpy")
            raise BlockedError("the solve failed", (problem,), f"numpy {as_match_spec(self.accepts)}")
        if held and not fits:
            raise NoAnswerError("frames does not fit")
        packages = [package("numpy", conda.answer, Manager.CONDA, python="*")]
        packages += [package("frames", "1.0", Manager.PIP, numpy=self.accepts)]
        packages += [] if fits else [package("numpy", "1.5", Manager.PIP)]
        return SolvedPlatform(platform=LINUX, packages=tuple(packages), engine="fake")


def package(name: str, version: str, manager: Manager, **needs: str) -> LockedPackage:
    return LockedPackage(
        name=name, version=version, manager=manager, platform=LINUX, dependencies=needs, url="u", sha256="0" * 64
    )


def request(pin: str = "") -> SolveRequest:
    spec = merge(environment_yml.parse(SPEC.format(pin=pin), "environment.yml"), Settings(platforms=(LINUX,)))
    checked, problems = policy.check(spec, Settings(), shipped)
    assert checked is not None, problems
    return SolveRequest(environment=checked, spec=checked.platforms[0])


@pytest.mark.parametrize("blocks", [False, True], ids=["PyPI brings its own", "PyPI's solver stumbles"])
@pytest.mark.parametrize(
    ("accepts", "demand"),
    [
        pytest.param("<2", "numpy <2dev0", id="an upper bound"),
        pytest.param(">=1,!=2.0", "numpy !=2.0,>=1", id="all but one version"),
        pytest.param(">=1,<2.0 || >2.0", "numpy <2dev0,>=1|>2.0", id="the same as conda-lock records it"),
        pytest.param("1.0", "numpy ==1.0", id="one version as conda-lock records it"),
    ],
)
def test_conda_gives_way(accepts: str, demand: str, *, blocks: bool) -> None:
    engine = Numpies(accepts=accepts, blocks=blocks)
    answer = solve(request(), engine, shipped(), Silent())
    assert [(found.name, found.version) for found in answer.packages] == [("numpy", "1.0"), ("frames", "1.0")]
    assert engine.asked == [(), (demand,)]


@pytest.mark.parametrize("blocks", [False, True], ids=["PyPI brings its own", "PyPI's solver stumbles"])
def test_where_neither_can_give_way_it_is_a_disagreement(*, blocks: bool) -> None:
    engine = Numpies(accepts=">=3", blocks=blocks)
    with pytest.raises(CannotDoError) as caught:
        solve(request(), engine, shipped(), Silent())
    assert [problem.code for problem in caught.value.problems] == ["MIX303"]
    assert engine.asked == [(), ("numpy >=3",)]


def test_a_need_that_nobody_can_read_is_no_consent() -> None:
    with pytest.raises(CannotDoError) as caught:
        solve(request(), Numpies(accepts=UNREADABLE), shipped(), Silent())
    assert [problem.code for problem in caught.value.problems] == ["MIX303"]


def test_a_disagreement_names_the_pin_and_its_line() -> None:
    with pytest.raises(CannotDoError) as caught:
        solve(request("=2.0"), Numpies(accepts="<2", pinned="2.0"), shipped(), Silent())
    (problem,) = caught.value.problems
    assert problem.claim == "conda holds numpy 2.0 (`numpy=2.0`, line 3), but frames 1.0 needs numpy<2"
    assert str(problem.place) == "environment.yml:5:7"


def test_requirements_without_python_have_no_answer() -> None:
    class NoPython(Numpies):
        def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:  # noqa: ARG002
            return CondaSide(versions={"numpy": "1.0"})

    with pytest.raises(CannotDoError) as caught:
        solve(request(), NoPython(accepts="<2"), shipped(), Silent())
    assert [problem.code for problem in caught.value.problems] == ["MIX110"]
