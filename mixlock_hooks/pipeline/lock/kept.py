"""Solves of a run, but for those that a dry run has done minutes ago."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.pipeline.lock.solve import solve

if TYPE_CHECKING:
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.lock_options import LockOptions
    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.ports import OpenedEngines, Progress

_MINUTE = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Solver:
    """Solves requests; a dry run keeps its answers, and a run that writes takes them, unless it is told not to."""

    engines: OpenedEngines
    names: Counterparts
    progress: Progress
    options: LockOptions

    def __call__(self, request: SolveRequest) -> SolvedPlatform:
        """Return the answer to one request.

        Raises:
            CannotDoError: there is none.
        """
        asks_anew = self.options.dry_run or self.options.verify or self.options.force
        found = None if asks_anew else self.engines.answers.find(request)
        if found:
            answer, seconds = found
            return replace(answer, notes=(*answer.notes, _note(seconds)))
        solved = solve(request, self.engines, self.names, self.progress)
        if self.options.dry_run:
            self.engines.answers.keep(request, solved)
        return solved


def _note(seconds: int) -> str:
    minutes = seconds // _MINUTE
    when = f"{minutes} minutes ago" if minutes > 1 else "a minute ago" if minutes else "just now"
    return f"`outdated` or a dry run found this answer {when}; `--force` asks again"
