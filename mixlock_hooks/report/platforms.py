"""Findings as people read them: what holds on several platforms is told once, with their names behind the claim.

Two findings are the same where they read the same: of an engine's words those count that the screen shows.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.report.engine_words import engine_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.report.screen import Screen


def with_platforms(problems: Iterable[Problem], screen: Screen) -> list[Problem]:
    """Return problems as a screen shows them, with their platforms in the claim; those that read the same are one."""
    found: dict[Problem, list[str]] = {}
    for problem in problems:
        read = replace(problem, platform=None, detail="\n".join(engine_words(problem.detail, screen)))
        platforms = found.setdefault(read, [])
        platforms += [problem.platform] if problem.platform else []
    return [
        replace(problem, claim=f"{problem.claim} [{', '.join(platforms)}]") if platforms else problem
        for problem, platforms in found.items()
    ]
