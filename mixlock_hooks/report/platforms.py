"""Findings as people read them: what holds on several platforms is told once, with their names behind the claim."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.problem import Problem


def with_platforms(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems with their platforms in the claim; those that differ in nothing else are one."""
    found: dict[Problem, list[str]] = {}
    for problem in problems:
        platforms = found.setdefault(replace(problem, platform=None), [])
        platforms += [problem.platform] if problem.platform else []
    return [
        replace(problem, claim=f"{problem.claim} [{', '.join(platforms)}]") if platforms else problem
        for problem, platforms in found.items()
    ]
