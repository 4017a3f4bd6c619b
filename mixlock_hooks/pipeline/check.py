"""Check specs against policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import in_order
from mixlock_hooks.rules import policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.pipeline.load import Loaded


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """How many specs were checked, and every problem found in them."""

    checked: int
    problems: tuple[Problem, ...]


def check(loaded: Loaded, settings: Settings, name_map: Callable[[], NameMap]) -> CheckResult:
    """Check everything that was read; every problem of every file in one run."""
    found = list(loaded.problems)
    for environment in loaded.environments:
        found += policy.check(environment, settings, name_map)[1]
    return CheckResult(checked=loaded.files, problems=in_order(found))
