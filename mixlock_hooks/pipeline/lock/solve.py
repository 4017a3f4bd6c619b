"""Solve one platform: conda first, PyPI against it, and where the two sides conflict, let one give way.

conda-lock solves conda's side without a look at PyPI's. Where a PyPI package does not accept a version that conda
chose freely, conda is asked again within what PyPI accepts; where conda cannot follow, PyPI is held to conda's
version. Only if neither finds an answer is it a disagreement of the spec, MIX303.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.constraint import NotAConstraintError, as_match_spec
from mixlock_hooks.model.failure import BlockedError, NoAnswerError
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.conflicts import (
    Conflict,
    conflict_problem,
    conflicts,
    disagreements,
    held_to_conda,
    of_one_name,
)
from mixlock_hooks.rules.markers import applicable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import CondaSide, SolveRequest
    from mixlock_hooks.ports import Engine, Engines, Progress

_ROUNDS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class _Terms:
    """What each side must accept of the other: match specs for conda, requirements for PyPI."""

    conda: tuple[str, ...] = ()
    pypi: tuple[PypiRequirement, ...] = ()


def solve(request: SolveRequest, engines: Engines, names: Counterparts, progress: Progress) -> SolvedPlatform:
    """Solve one platform.

    Raises:
        CannotDoError: there is no answer; the problems are of MIX3xx, MIX110 or MIX402.
    """
    try:
        with engines.open(request) as engine:
            return _Solve(request, engine, names, progress).run()
    finally:
        progress.ended(request.environment.name, request.spec.platform)


class _Solve:
    """One platform's solve, in rounds."""

    def __init__(self, request: SolveRequest, engine: Engine, names: Counterparts, progress: Progress) -> None:
        self._request = request
        self._engine = engine
        self._names = names
        self._progress = progress

    def run(self) -> SolvedPlatform:
        """Solve until the sides agree; give up with the first round's conflicts."""
        terms = _Terms()
        terms, conda, answer = self._lock_or_give_way(self._conda(terms), terms)
        first = found = conflicts(answer.packages, self._names)
        for _round in range(_ROUNDS):
            if not found:
                break
            try:
                terms, conda = self._agree(found, terms, conda)
                answer = self._lock(conda, terms)
            except NoAnswerError:
                break
            found = conflicts(answer.packages, self._names)
        if found:
            raise _failed([conflict_problem(self._request, conflict) for conflict in first])
        notes = (answer.note, *of_one_name(answer.packages, self._names))
        return replace(answer, note="; ".join(filter(None, notes)))

    def _lock_or_give_way(
        self, conda: CondaSide, terms: _Terms, rounds: int = _ROUNDS
    ) -> tuple[_Terms, CondaSide, SolvedPlatform]:
        """Lock; where PyPI's solver stumbles over a version of conda's, ask conda for one that it accepts."""
        try:
            return terms, conda, self._lock(conda, terms)
        except BlockedError as blocked:
            wider = replace(terms, conda=tuple(sorted({*terms.conda, blocked.demand})))
            followed = self._conda_if_it_can(wider) if rounds and wider != terms else None
            if followed is None:
                raise
        return self._lock_or_give_way(followed, wider, rounds - 1)

    def _agree(self, found: Sequence[Conflict], terms: _Terms, conda: CondaSide) -> tuple[_Terms, CondaSide]:
        """Let conda give way conflict by conflict where it can, else hold PyPI to conda's version."""
        for conflict in found:
            wider = replace(terms, conda=tuple(sorted({*terms.conda, *_demands(conflict)})))
            followed = self._conda_if_it_can(wider) if wider != terms else None
            if followed:
                terms, conda = wider, followed
            else:
                terms = replace(terms, pypi=(*terms.pypi, held_to_conda(conflict, self._request)))
        return terms, conda

    def _conda_if_it_can(self, terms: _Terms) -> CondaSide | None:
        try:
            return self._conda(terms)
        except NoAnswerError:
            return None

    def _conda(self, terms: _Terms) -> CondaSide:
        self._tell("conda again" if terms.conda else "conda")
        return self._engine.conda_side(terms.conda)

    def _lock(self, conda: CondaSide, terms: _Terms) -> SolvedPlatform:
        if self._request.spec.pypi and not conda.python:
            raise _failed([solve_problem.without_python(self._request)])
        pypi = applicable((*self._request.spec.pypi, *terms.pypi), self._request.spec.platform, conda.python)
        if not pypi:
            self._tell("conda-lock")
        answer = self._engine.lock(pypi, conda)
        problems = list(disagreements(self._request, pypi, answer.packages))
        if problems:
            raise _failed(problems)
        return answer

    def _tell(self, phase: str) -> None:
        self._progress.phase(self._request.environment.name, self._request.spec.platform, phase)


def _demands(conflict: Conflict) -> Iterator[str]:
    """Yield what PyPI's side demands of conda, as match specs; what conda cannot be asked for is left to PyPI."""
    for _who, constraint in conflict.demands:
        with suppress(NotAConstraintError):
            yield f"{conflict.twin.name} {as_match_spec(constraint)}"


def _failed(problems: Sequence[Problem]) -> NoAnswerError:
    return NoAnswerError("the solve failed", tuple(problems))
