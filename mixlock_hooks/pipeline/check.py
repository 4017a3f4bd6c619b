"""Check specs against policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import in_order
from mixlock_hooks.rules import policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """How many specs were checked, and every problem found in them."""

    checked: int
    problems: tuple[Problem, ...]


def check(
    environments: Iterable[EnvironmentSpec], settings: Settings, name_map: Callable[[], NameMap]
) -> CheckResult:
    """Check environments; every problem of every file in one run."""
    found: list[Problem] = []
    count = 0
    for environment in environments:
        count += 1
        found += policy.check(environment, settings, name_map)[1]
    return CheckResult(checked=count, problems=in_order(found))
