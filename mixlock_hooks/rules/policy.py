"""Check an environment against policy: every problem of a file in one run, silenced where a person said why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.environment import CheckedSpec, Mode
from mixlock_hooks.model.problem import Problem, Severity, has_errors, in_order
from mixlock_hooks.rules.addresses import plain_http, secrets
from mixlock_hooks.rules.both_managers import python_is_there, same_package_twice
from mixlock_hooks.rules.duplicates import duplicates
from mixlock_hooks.rules.references import references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.settings import Settings

_UNREADABLE = frozenset({"MIX001", "MIX002", "MIX003", "MIX004", "MIX005", "MIX007"})
_UNLOCKABLE = frozenset({"MIX101", "MIX102", "MIX103", "MIX104", "MIX105"})
_NO_ANSWER = frozenset({"MIX006", "MIX110"})
"""As errors, what no solver could answer: an allowance would only move them to the lock."""
_NEVER_IN_MIXED = frozenset({"MIX101", "MIX102", "MIX103"})


def check(
    spec: EnvironmentSpec, settings: Settings, names: Callable[[], Counterparts]
) -> tuple[CheckedSpec | None, tuple[Problem, ...]]:
    """Check one environment.

    Args:
        spec: the environment as merged.
        settings: the repository's; ``trusted_hosts`` matters here.
        names: gives the map between conda and PyPI names; called only where both worlds are asked.

    Returns:
        The environment as checked, None where an error stands against it; and every problem, in order.
    """
    found = [*spec.document.problems, *references(spec), *duplicates(spec), *secrets(spec)]
    found += plain_http(spec, settings.trusted_hosts)
    found += python_is_there(spec)
    if spec.document.pypi and spec.document.conda:
        found += same_package_twice(spec, names())
    problems = in_order(problem for raw in found for problem in _judged(raw, spec))
    return (None if has_errors(problems) else CheckedSpec(spec)), problems


def _judged(problem: Problem, spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem unless an allowance with a reason covers it; say why where one does not hold."""
    own = problem.place.path == spec.document.path
    covered = (problem.code, problem.place.line)
    allowance = next((a for a in spec.document.allowances if own and (a.code, a.line) == covered), None)
    if allowance is None:
        yield problem
    elif not _can_be_silenced(problem, spec.mode):
        yield _with_hint(problem, f"{problem.code} cannot be silenced here; {problem.hint}")
    elif not allowance.reason:
        yield _with_hint(problem, f"give a reason: `# mixlock: allow {problem.code} because …`")
    elif problem.severity is Severity.ERROR and problem.code in _UNLOCKABLE:
        yield problem.softened(Severity.NOTE)


def _can_be_silenced(problem: Problem, mode: Mode) -> bool:
    if problem.severity is not Severity.ERROR:
        return True
    if problem.code in _UNREADABLE | _NO_ANSWER:
        return False
    return not (problem.code in _NEVER_IN_MIXED and mode is Mode.MIXED)


def _with_hint(problem: Problem, hint: str) -> Problem:
    return Problem(code=problem.code, place=problem.place, claim=problem.claim, hint=hint, severity=problem.severity)


def unlockable(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return, as errors, the notes that keep an otherwise legal environment from being locked."""
    return tuple(problem.softened(Severity.ERROR) for problem in problems if problem.code in _UNLOCKABLE)
