"""Solve one platform: conda first, PyPI against it, and where the two sides conflict, let one give way.

conda's side is solved without a look at PyPI's. Where PyPI's side does not accept a version that conda chose freely,
it is asked what it would choose by itself, and conda is asked again within what that needs. Where conda cannot follow
either, it is a disagreement of the spec, MIX303. Who gives way is decided here and nowhere else, and so is what a
failure of an engine means to the user; an engine that fails without an answer is no matter of the spec.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, EngineError, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.platforms import pypi_is_locked_for
from mixlock_hooks.rules import conda_problem, constraints, declared_sources, likeness, misfit, pypi_problem
from mixlock_hooks.rules.both_managers import answered_by_conda
from mixlock_hooks.rules.conflicts import (
    Conflict,
    conflict_problem,
    conflicts,
    disagreements,
    held_to_conda,
    of_one_name,
    refused_by,
    unlocked,
    unmet,
)
from mixlock_hooks.rules.lock_graph import LockGraph
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.rules.named_in_settings import exceptions_that_held
from mixlock_hooks.rules.upgrades import floor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.failure import EngineFailure
    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import CondaSide, SolveRequest
    from mixlock_hooks.ports import Engine, Engines, Progress

_ROUNDS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class _Terms:
    """What each side must accept of the other: match specs for conda, requirements for PyPI."""

    conda: frozenset[str] = frozenset()
    pypi: tuple[PypiRequirement, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Attempt:
    """What a round came to: an answer or none, what PyPI's side does not accept of conda's, and a refusal's words.

    ``pypi`` is what was asked of PyPI's side.
    """

    answer: SolvedPlatform | None
    conflicts: tuple[Conflict, ...]
    words: str = ""
    pypi: tuple[PypiRequirement, ...] = ()


def solve(request: SolveRequest, engines: Engines, names: Counterparts, progress: Progress) -> SolvedPlatform:
    """Solve one platform.

    Raises:
        CannotDoError: there is no answer; the problems are of MIX3xx, MIX110, MIX402 or MIX403. Without problems an
            engine is broken or too old, and the message names it.
    """
    problems = tuple(likeness.prevented(request, names))
    if problems:
        raise _failed(problems)
    try:
        with engines.open(request) as engine:
            return _Solve(request, engine, names, progress).run()
    except EngineError as error:
        raise _failure(request, error, pypi_problem.problem_of_pypi) from error
    finally:
        progress.ended(request.environment.name, request.spec.platform)


class _Solve:
    """One platform's solve, in rounds."""

    def __init__(self, request: SolveRequest, engine: Engine, names: Counterparts, progress: Progress) -> None:
        self._request = request
        self._engine = engine
        self._names = names
        self._progress = progress
        asked = (f"{name} {specifier}" for name, specifier in request.bounds)
        alike = request.like.conda if request.like else ()
        floors = (floor_of(each) for each in request.floors if each.manager is Manager.CONDA)
        self._bounds = (*asked, *constraints.for_conda(request.spec), *alike, *floors)

    def run(self) -> SolvedPlatform:
        """Solve until PyPI's side accepts what conda has; give up with the conflicts that no side could leave."""
        terms, conda = self._within_constraints(self._conda_first())
        first: _Attempt | None = None
        for _round in range(_ROUNDS):
            attempt = self._attempt(terms, conda, first)
            if attempt.answer and not attempt.conflicts:
                return self._noted(attempt.answer, attempt.pypi)
            first = first or attempt
            terms, conda, stuck = self._follow(attempt.conflicts, terms, conda)
            if stuck and not attempt.answer:
                raise self._disagreement(stuck, attempt.words)
            held = (held_to_conda(conflict, self._request) for conflict in stuck)
            terms = replace(terms, pypi=(*terms.pypi, *held))
        raise self._disagreement(first.conflicts if first else (), first.words if first else "")

    def _attempt(self, terms: _Terms, conda: CondaSide, first: _Attempt | None) -> _Attempt:
        """Lock; of a refusal find out what of conda's side is to blame.

        Raises:
            CannotDoError: nothing is, or PyPI's side was asked to give way, and cannot.
        """
        pypi = self._pypi(terms, conda)
        try:
            answer = self._engine.lock(pypi, conda)
        except EngineError as error:
            found = self._causes(error.failure, pypi, conda)
            if terms.pypi and first:
                raise self._disagreement(first.conflicts, error.failure.words) from error
            if not found:
                raise
            return _Attempt(answer=None, conflicts=found, words=error.failure.words)
        problems = (
            *disagreements(self._request, pypi, answer.packages),
            *misfit.refused(self._request, answer.packages, conda.target(self._request.spec)),
            *declared_sources.refused(self._request, answer.packages),
            *constraints.refused(self._request, LockGraph(answer.packages, self._names)),
            *likeness.refused(self._request, LockGraph(answer.packages, self._names), self._names),
        )
        if problems:
            raise _failed(problems)
        return _Attempt(answer=answer, conflicts=conflicts(answer.packages, self._names), pypi=pypi)

    def _causes(
        self, failure: EngineFailure, pypi: tuple[PypiRequirement, ...], conda: CondaSide
    ) -> tuple[Conflict, ...]:
        """Return what PyPI's side does not accept of conda's, if that is why it has no answer.

        Raises:
            EngineError: it has no answer even where it may choose the versions of conda's projects itself.
        """
        if failure.kind is not FailureKind.HELD:
            return refused_by(failure, conda)
        free = frozenset(failure.held)
        while True:
            self._tell("what PyPI needs")
            try:
                needs = self._engine.needs(pypi, conda, free)
            except EngineError as error:
                more = frozenset(error.failure.held) - free
                if not more:
                    raise
                free |= more
            else:
                return unmet(needs, pypi, free, conda)

    def _follow(
        self, found: Iterable[Conflict], terms: _Terms, conda: CondaSide
    ) -> tuple[_Terms, CondaSide, tuple[Conflict, ...]]:
        """Let conda give way conflict by conflict; return those where it cannot, too."""
        stuck = []
        for conflict in found:
            wider = replace(terms, conda=terms.conda | conflict.terms())
            followed = self._conda_if_it_can(wider) if wider != terms else None
            if followed:
                terms, conda = wider, followed
            else:
                stuck.append(conflict)
        return terms, conda, tuple(stuck)

    def _within_constraints(self, conda: CondaSide) -> tuple[_Terms, CondaSide]:
        """Let conda keep to pip's constraints (``-c``) on what PyPI's side needs: pip would replace what does not.

        Where it cannot, PyPI's side has to do without that project, or has no answer.
        """
        terms = _Terms()
        broken = constraints.broken_by(self._request.spec, conda)
        for project in sorted(self._needed(frozenset(broken), conda)):
            wider = _Terms(conda=terms.conda | {broken[project]})
            followed = self._conda_if_it_can(wider)
            if followed:
                terms, conda = wider, followed
        return terms, conda

    def _needed(self, projects: frozenset[PypiName], conda: CondaSide) -> frozenset[PypiName]:
        """Return which of some projects PyPI's side needs; none where it has no answer, which its own solve tells."""
        if not projects:
            return projects
        try:
            needs = self._engine.needs(self._pypi(_Terms(), conda), conda, projects)
        except EngineError:
            return frozenset()
        return projects & {need.name for need in needs}

    def _conda_if_it_can(self, terms: _Terms) -> CondaSide | None:
        self._tell("conda again")
        try:
            return self._engine.conda_side((*self._bounds, *sorted(terms.conda)))
        except EngineError as error:
            if error.failure.is_answer:
                return None
            raise _failure(self._request, error, conda_problem.problem_of_conda) from error

    def _conda_first(self) -> CondaSide:
        self._tell("conda")
        try:
            return self._engine.conda_side(self._bounds)
        except EngineError as error:
            raise _failure(self._request, error, conda_problem.problem_of_conda) from error

    def _pypi(self, terms: _Terms, conda: CondaSide) -> tuple[PypiRequirement, ...]:
        """Return the requirements that hold here, with those that hold PyPI to conda's versions."""
        if self._request.spec.pypi and not conda.python:
            raise _failed([pypi_problem.without_python(self._request)])
        pypi = applicable((*self._request.spec.pypi, *terms.pypi), conda.target(self._request.spec))
        if pypi and not pypi_is_locked_for(self._request.spec.platform):
            raise _failed([misfit.not_locked_for(self._request)])
        if not pypi:
            self._tell("conda-lock")
        return pypi

    def _noted(self, answer: SolvedPlatform, pypi: tuple[PypiRequirement, ...]) -> SolvedPlatform:
        """Return an answer with notes on what was proposed and is not in it, and on what only bears one name."""
        missing = unlocked(answer)
        note = f"conda-lock did not lock what uv proposed: {', '.join(missing)}"
        held = exceptions_that_held(self._request, answer.packages)
        alike = of_one_name(answer.packages, self._names)
        bounded = answered_by_conda(pypi, answer.packages, self._names)
        notes = (*answer.notes, *held, *((note,) if missing else ()), *alike, *bounded)
        return replace(answer, notes=notes)

    def _disagreement(self, found: Iterable[Conflict], words: str) -> CannotDoError:
        return _failed(conflict_problem(self._request, conflict, words) for conflict in found)

    def _tell(self, phase: str) -> None:
        self._progress.phase(self._request.environment.name, self._request.spec.platform, phase)


def _failed(problems: Iterable[Problem]) -> CannotDoError:
    return CannotDoError("the solve failed", tuple(problems))


def _failure(
    request: SolveRequest, error: EngineError, problem: Callable[[SolveRequest, EngineFailure], Problem]
) -> CannotDoError:
    """Return what an engine's failure is to the user: a problem of the spec, or a tool that does not work."""
    return error if error.failure.kind is FailureKind.UNKNOWN else _failed([problem(request, error.failure)])
