"""Check specs against policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import in_order
from mixlock_hooks.rules import policy

if TYPE_CHECKING:
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.load import Loaded
    from mixlock_hooks.pipeline.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckResult:
    """How many specs were checked, and every problem found in them."""

    checked: int
    problems: tuple[Problem, ...]


def check(project: Project, loaded: Loaded) -> CheckResult:
    """Check everything that was read; every problem of every file in one run."""
    found = list(loaded.problems)
    for environment in loaded.environments:
        found += policy.check(environment, project.settings, project.names)[1]
    return CheckResult(checked=loaded.files, problems=in_order(found))
