"""From what an engine wrote when it failed to the exception that says it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import engine_messages
from mixlock_hooks.model.constraint import NotAConstraintError, as_match_spec
from mixlock_hooks.model.failure import BlockedError, CannotDoError, FailureKind, NoAnswerError
from mixlock_hooks.model.names import PypiName
from mixlock_hooks.rules import solve_problem

if TYPE_CHECKING:
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.solving import CondaSide, SolveRequest

_FAILED = "the solve failed"


def failed(*problems: Problem) -> CannotDoError:
    """Return the failure of a solve for which the spec, or its surroundings, are to blame."""
    return CannotDoError(_FAILED, problems)


def of_kind(kind: FailureKind, problem: Problem) -> CannotDoError:
    """Return the failure: whether an engine said no, or something kept it from saying anything."""
    said_no = {FailureKind.UNSATISFIABLE, FailureKind.NO_VERSION, FailureKind.PYTHON, FailureKind.NO_FILE}
    return (NoAnswerError if kind in said_no else CannotDoError)(_FAILED, (problem,))


def of_conda_lock(stderr: str, request: SolveRequest, conda: CondaSide) -> CannotDoError:
    """Return conda-lock's failure; where a version of conda's is what blocks, with what conda should be asked for.

    Args:
        stderr: what conda-lock wrote.
        request: what was asked.
        conda: what the conda side holds.
    """
    failure = engine_messages.of_conda_lock(stderr, conda.holders)
    held: dict[str, tuple[str, str]] = {pypi: (name, conda.versions[name]) for pypi, name in conda.holders.items()}
    problem = solve_problem.of_pypi_side(request, failure, held)
    blocking = conda.holders.get(PypiName(canonicalize_name(failure.package)))
    if blocking and failure.kind is FailureKind.NO_VERSION and failure.constraint:
        with suppress(NotAConstraintError):  # then conda cannot be asked for it, and the failure is the answer
            return BlockedError(_FAILED, (problem,), f"{blocking} {as_match_spec(failure.constraint)}")
    return of_kind(failure.kind, problem)


def reason(error: CannotDoError) -> str:
    """Say in one line why."""
    return error.problems[0].claim if error.problems else str(error)
