"""Why a lock no longer says what its spec says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import Problem, Severity

if TYPE_CHECKING:
    from mixlock_hooks.model.codes import Code
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.way_out import WayOut


class State(str, Enum):
    """The state of one environment, as ``list`` and ``drift`` name it."""

    FRESH = "fresh"
    STALE = "stale"
    DRIFTED = "drifted"
    MISSING = "missing"
    INVALID = "invalid"
    UNLOCKABLE = "unlockable"


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReason:
    """One difference: its kind, a sentence, where in the spec or lock it shows, and for which platforms.

    ``is_missing`` says that there is no lock at all.
    """

    code: Code
    place: Place
    claim: str
    platforms: tuple[Subdir, ...] = ()
    way_out: WayOut
    is_missing: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReport:
    """Every difference of one environment; none means fresh.

    ``stale`` are differences that do not matter: the lock is exactly an answer all the same; ``unbuilt`` are sdists
    without a recorded wheel, where wheels are recorded.
    """

    environment: EnvironmentName
    reasons: tuple[DriftReason, ...]
    stale: tuple[DriftReason, ...] = ()
    unbuilt: tuple[DriftReason, ...] = ()

    @property
    def fresh(self) -> bool:
        """Return whether the lock says what the spec says."""
        return not self.reasons

    @property
    def current(self) -> bool:
        """Return whether the lock says what the spec says, in its record too."""
        return self.fresh and not self.stale

    @property
    def state(self) -> State:
        """Return the state of the lock alone."""
        if self.fresh:
            return State.STALE if self.stale else State.FRESH
        return State.MISSING if any(reason.is_missing for reason in self.reasons) else State.DRIFTED

    def strictly(self) -> DriftReport:
        """Return the report with what is only told as reasons."""
        return replace(self, reasons=(*self.reasons, *self.stale, *self.unbuilt), stale=(), unbuilt=())

    def problems(self) -> tuple[Problem, ...]:
        """Return the reasons as problems, and what is stale as notes, for every kind of report."""
        told = (*self.stale, *self.unbuilt)
        notes = (_problem(self.environment, reason).softened(Severity.NOTE) for reason in told)
        return (*(_problem(self.environment, reason) for reason in self.reasons), *notes)


def _problem(environment: EnvironmentName, reason: DriftReason) -> Problem:
    shown = f" on {', '.join(reason.platforms)}" if len(reason.platforms) > 1 else ""
    return Problem(
        code=reason.code,
        place=reason.place,
        claim=reason.claim + shown,
        hint=reason.way_out.words,
        environment=environment,
        platform=reason.platforms[0] if len(reason.platforms) == 1 else None,
    )
