"""Two sides that must agree: conda gives way where it can, else PyPI is held to conda's version, else MIX303."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml, pip_requirement
from mixlock_hooks.model.conda_constraint import admits
from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import CondaSide, Need, SolveRequest
from mixlock_hooks.pipeline.lock.solve import solve
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.progress import Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.requirement import PypiRequirement

LINUX = Subdir("linux-64")
SPEC = "dependencies:\n  - python{python}\n  - numpy{pin}\n  - pip:\n    - frames\n"
HELD = EngineFailure(
    kind=FailureKind.HELD, held=(pypi_name("numpy"),), words="frames 1.0 depends on numpy<2", tool="uv", version="9"
)
UNREADABLE = "whatever it takes"
FITS_AND_IS_REFUSED = "<3"
"""A need that both of conda's versions satisfy, where PyPI's side is refused for another reason."""
PYTHON_DEMAND = "python <3.12dev0"


class Sides:
    """An engine whose conda side has two versions of numpy and of python.

    Args:
        accepts: what frames, the only PyPI project, needs of numpy.
        refuses: with which failure PyPI's side is refused as long as it does not fit; None brings a numpy of its own.
        pinned: the only numpy that conda may take.
        alone: with which failure PyPI's side is refused even if it is free to choose.
    """

    def __init__(
        self,
        *,
        accepts: str,
        refuses: EngineFailure | None = None,
        pinned: str = "",
        alone: EngineFailure | None = None,
    ) -> None:
        self.accepts = accepts
        self.refuses = refuses
        self.offered = [pinned] if pinned else ["2.0", "1.0"]
        self.alone = alone
        self.asked: list[tuple[str, ...]] = []
        self.freed: list[frozenset[PypiName]] = []

    @contextmanager
    def open(self, request: SolveRequest) -> Iterator[Sides]:  # noqa: ARG002 - the port names it
        yield self

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        self.asked.append(constraints)
        asked = [each.removeprefix("numpy ") for each in constraints if each.startswith("numpy ")]
        fitting = [version for version in self.offered if all(admits(version, each) for each in asked)]
        if not fitting:
            raise EngineError(EngineFailure(kind=FailureKind.UNSATISFIABLE, tool="py-rattler"))
        python = "3.11.0" if PYTHON_DEMAND in constraints else "3.12.0"
        return CondaSide(
            versions={"python": python, "numpy": fitting[0]}, holders={pypi_name("numpy"): "numpy"}, answer=fitting[0]
        )

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        held = any(requirement.name == "numpy" for requirement in pypi)
        odd = self.accepts in {UNREADABLE, FITS_AND_IS_REFUSED}
        fits = not odd and satisfies(str(conda.answer), self.accepts)
        fits_python = conda.python == "3.11.0"
        if self.refuses and not (fits_python if self.refuses.kind is FailureKind.PYTHON else fits):
            raise EngineError(self.refuses)
        if held and not fits:
            raise EngineError(EngineFailure(kind=FailureKind.UNSATISFIABLE, tool="conda-lock"))
        packages = [package("numpy", conda.answer, Manager.CONDA, python="*")]
        packages += [package("frames", "1.0", Manager.PIP, numpy=self.accepts)]
        packages += [] if fits or self.refuses else [package("numpy", "1.5", Manager.PIP)]
        return SolvedPlatform(platform=LINUX, packages=tuple(packages), engine="fake")

    def needs(
        self,
        pypi: tuple[PypiRequirement, ...],  # noqa: ARG002 - the port names them
        conda: CondaSide,  # noqa: ARG002
        free: frozenset[PypiName],
    ) -> tuple[Need, ...]:
        self.freed.append(free)
        if self.alone and not frozenset(self.alone.held) <= free:
            raise EngineError(self.alone)
        if self.alone and not self.alone.held:
            raise EngineError(self.alone)
        return (Need(by="frames 1.0", name=pypi_name("numpy"), specifier=self.accepts),)


def package(name: str, version: str, manager: Manager, **needs: str) -> LockedPackage:
    conda = f"https://conda.anaconda.org/conda-forge/linux-64/{name}-{version}-0.conda"
    url = conda if manager is Manager.CONDA else f"https://127.0.0.1/{name}-{version}-py3-none-any.whl"
    return LockedPackage(
        name=name, version=version, manager=manager, platform=LINUX, dependencies=needs, url=url, sha256="0" * 64
    )


def request(pin: str = "", python: str = "") -> SolveRequest:
    text = SPEC.format(pin=pin, python=python)
    spec = merge(environment_yml.parse(text, "environment.yml"), Settings(platforms=(LINUX,)))
    verdict = policy.check(spec, Settings(), shipped)
    checked = verdict.checked
    assert checked is not None, verdict.problems
    return SolveRequest(environment=checked, spec=checked.platforms[0])


def with_constraint(asked: SolveRequest, constraint: str) -> SolveRequest:
    bound = (pip_requirement.parse(constraint, at("c.txt")),)
    return replace(asked, spec=replace(asked.spec, pip_constraints=bound))


def refused(engine: Sides, asked: SolveRequest | None = None) -> CannotDoError:
    with pytest.raises(CannotDoError) as caught:
        solve(asked or request(), engine, shipped(), Silent())
    return caught.value


NO_VERSION = EngineFailure(kind=FailureKind.NO_VERSION, package="numpy", constraint="<2", tool="conda-lock")
WAYS = {
    "PyPI brings its own": None,
    "uv names conda's version": HELD,
    "conda-lock finds no version": NO_VERSION,
}
every_way = pytest.mark.parametrize("refuses", WAYS.values(), ids=WAYS)


@every_way
@pytest.mark.parametrize(
    ("accepts", "demand"),
    [
        pytest.param("<2", "numpy <2dev0", id="an upper bound"),
        pytest.param(">=1,!=2.0", "numpy !=2.0,>=1", id="all but one version"),
        pytest.param(">=1,<2.0 || >2.0", "numpy <2dev0,>=1|>2.0", id="the same as conda-lock records it"),
        pytest.param("1.0", "numpy ==1.0", id="one version as conda-lock records it"),
    ],
)
def test_conda_gives_way(accepts: str, demand: str, refuses: EngineFailure | None) -> None:
    engine = Sides(accepts=accepts, refuses=replace(refuses, constraint=accepts) if refuses else None)
    answer = solve(request(), engine, shipped(), Silent())
    assert [(found.name, found.version) for found in answer.packages] == [("numpy", "1.0"), ("frames", "1.0")]
    assert engine.asked == [(), (demand,)]


@every_way
def test_where_neither_can_give_way_it_is_a_disagreement(refuses: EngineFailure | None) -> None:
    engine = Sides(accepts=">=3", refuses=replace(refuses, constraint=">=3") if refuses else None)
    assert [problem.code for problem in refused(engine).problems] == ["MIX303"]
    assert engine.asked == [(), ("numpy >=3",)]


def test_a_need_that_nobody_can_read_is_no_consent() -> None:
    assert [problem.code for problem in refused(Sides(accepts=UNREADABLE)).problems] == ["MIX303"]


@every_way
def test_a_disagreement_names_both_sides_with_the_pin_and_its_line(refuses: EngineFailure | None) -> None:
    (problem,) = refused(Sides(accepts="<2", refuses=refuses, pinned="2.0"), request("=2.0")).problems
    who = "a PyPI requirement" if refuses and refuses.tool == "conda-lock" else "frames 1.0"
    assert problem.claim == f"conda holds numpy 2.0 (`numpy=2.0`, line 3), but {who} needs numpy<2"
    assert str(problem.place) == ("environment.yml:3:5" if who.startswith("a ") else "environment.yml:5:7")


PYTHON = EngineFailure(kind=FailureKind.PYTHON, package="frames", constraint="<3.12", tool="uv", version="9")


def test_conda_takes_a_python_that_pypi_accepts() -> None:
    engine = Sides(accepts=FITS_AND_IS_REFUSED, refuses=PYTHON)
    solve(request(), engine, shipped(), Silent())
    assert engine.asked == [(), (PYTHON_DEMAND,)]


def test_a_pinned_python_that_pypi_does_not_accept_is_a_disagreement() -> None:
    class Pinned(Sides):
        def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
            if constraints:
                raise EngineError(EngineFailure(kind=FailureKind.UNSATISFIABLE, tool="py-rattler"))
            return super().conda_side(constraints)

    (problem,) = refused(Pinned(accepts=FITS_AND_IS_REFUSED, refuses=PYTHON), request(python="=3.12")).problems
    claim = "conda holds python 3.12.0 (`python=3.12`, line 2), but frames needs python<3.12"
    assert (problem.code, problem.claim, str(problem.place)) == ("MIX303", claim, "environment.yml:5:7")


def test_what_pypi_cannot_answer_even_by_itself_is_not_blamed_on_conda() -> None:
    alone = EngineFailure(kind=FailureKind.NO_VERSION, package="frames", constraint="==9", tool="uv")
    engine = Sides(accepts="<2", refuses=HELD, alone=alone)
    (problem,) = refused(engine).problems
    assert (problem.code, problem.claim) == ("MIX302", "no version of `frames` fits `==9`")
    assert engine.asked == [()]


def test_what_else_of_conda_is_not_accepted_is_left_to_pypi_too() -> None:
    alone = replace(HELD, held=(pypi_name("numpy"), pypi_name("scipy")))
    engine = Sides(accepts="<2", refuses=HELD, alone=alone)
    solve(request(), engine, shipped(), Silent())
    assert [sorted(free) for free in engine.freed] == [["numpy"], ["numpy", "scipy"]]


def test_a_refusal_that_nothing_of_conda_explains_says_so() -> None:
    (problem,) = refused(Sides(accepts=FITS_AND_IS_REFUSED, refuses=HELD)).problems
    assert (problem.code, problem.detail) == ("MIX303", HELD.words)


CODES = {
    FailureKind.UNSATISFIABLE: "MIX302",
    FailureKind.HELD: "MIX303",
    FailureKind.HELD_EXTRA: "MIX303",
    FailureKind.NO_VERSION: "MIX302",
    FailureKind.YANKED: "MIX302",
    FailureKind.CUTOFF: "MIX302",
    FailureKind.PYTHON: "MIX303",
    FailureKind.NO_FILE: "MIX305",
    FailureKind.SOURCE: "MIX302",
    FailureKind.VARIABLE: "MIX302",
    FailureKind.BUILD: "MIX402",
    FailureKind.BUILD_FAILED: "MIX403",
    FailureKind.CHANGED_FILE: "MIX302",
    FailureKind.WRONG_METADATA: "MIX302",
    FailureKind.BAD_METADATA: "MIX302",
    FailureKind.NO_HASH: "MIX302",
}


def test_every_kind_of_failure_but_two_has_a_code_of_its_own() -> None:
    assert set(FailureKind) - CODES.keys() == {FailureKind.UNKNOWN, FailureKind.BAD_SPEC}


@pytest.mark.parametrize(("kind", "code"), CODES.items(), ids=[kind.name for kind in CODES])
def test_a_failure_is_a_problem_with_place_claim_and_way_out(kind: FailureKind, code: str) -> None:
    failure = EngineFailure(kind=kind, package="frames", constraint="1.0", words="because", tool="uv", version="9")
    (problem,) = refused(Sides(accepts=FITS_AND_IS_REFUSED, refuses=failure)).problems
    assert problem.code == code
    assert problem.claim
    assert problem.hint
    assert "{" not in problem.claim
    assert problem.place.path == "environment.yml"


@pytest.mark.parametrize("side", ["conda", "PyPI"])
def test_a_tool_that_gives_no_answer_is_named_with_version_and_words_and_is_no_problem_of_the_spec(side: str) -> None:
    broken = EngineFailure(kind=FailureKind.UNKNOWN, words="ImportError: no module", tool="conda-lock", version="4.0")

    class Broken(Sides):
        def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
            if side == "conda":
                raise EngineError(broken)
            return super().conda_side(constraints)

    error = refused(Broken(accepts=FITS_AND_IS_REFUSED, refuses=broken))
    assert (error.problems, str(error)) == ((), "conda-lock 4.0 failed: ImportError: no module")


def test_within_a_cutoff_the_way_out_names_it() -> None:
    asked = replace(request(), cutoff=Cutoff(moment="2024-01-01T00:00:00Z"))
    failure = EngineFailure(kind=FailureKind.NO_VERSION, package="frames", constraint=">=2", tool="uv")
    (problem,) = refused(Sides(accepts=FITS_AND_IS_REFUSED, refuses=failure), asked).problems
    assert "2024-01-01T00:00:00Z" in problem.hint


def test_what_was_proposed_and_is_not_locked_is_noted() -> None:
    class Proposing(Sides):
        def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
            proposed = {pypi_name("frames"): "1.0", pypi_name("extra"): "2.0"}
            return replace(super().lock(pypi, conda), proposed=proposed)

    answer = solve(request(), Proposing(accepts="<2", refuses=HELD), shipped(), Silent())
    assert answer.notes == ("conda-lock did not lock what uv proposed: extra 2.0",)


def test_requirements_without_python_have_no_answer() -> None:
    class NoPython(Sides):
        def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:  # noqa: ARG002
            return CondaSide(versions={"numpy": "1.0"})

    assert [problem.code for problem in refused(NoPython(accepts="<2")).problems] == ["MIX110"]


@pytest.mark.parametrize(
    ("constraint", "pinned", "version"),
    [
        pytest.param("numpy<2", "", "1.0", id="conda keeps to it"),
        pytest.param("numpy<3", "", "2.0", id="what conda chose satisfies it"),
        pytest.param("numpy<2; python_version < '3.12'", "", "2.0", id="it does not hold here"),
        pytest.param("other<2", "", "2.0", id="it binds nothing here"),
        pytest.param("numpy<2", "2.0", "2.0", id="conda cannot keep to it, and PyPI's side needs it in another way"),
    ],
)
def test_conda_keeps_to_a_constraint_of_pips_where_it_can(constraint: str, pinned: str, version: str) -> None:
    answer = solve(with_constraint(request(), constraint), Sides(accepts="<9", pinned=pinned), shipped(), Silent())
    assert [found.version for found in answer.packages if found.name == "numpy"] == [version]
