"""Why a lock no longer says what its spec says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.place import Place


class DriftCode(str, Enum):
    """The kinds of drift."""

    NO_LOCK = "MIX201"
    REQUIREMENT = "MIX202"
    PLATFORM = "MIX203"
    SOURCE = "MIX204"
    SETTING = "MIX205"
    BODY = "MIX206"
    FILES_DISAGREE = "MIX207"
    ORPHAN = "MIX209"
    CONFLICT = "MIX210"
    NEWER = "MIX211"


OF_EXPORTS = frozenset({DriftCode.FILES_DISAGREE})
"""Drift that a fresh rendering of an intact ``conda-lock.yml`` repairs, without a solve."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReason:
    """One difference: its kind, a sentence, where in the spec or lock it shows, and for which platforms."""

    code: DriftCode
    place: Place
    claim: str
    platforms: tuple[Subdir, ...] = ()
    command: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftReport:
    """Every difference of one environment; none means fresh."""

    environment: EnvironmentName
    reasons: tuple[DriftReason, ...]

    @property
    def fresh(self) -> bool:
        """Tell whether the lock says what the spec says."""
        return not self.reasons

    def problems(self) -> tuple[Problem, ...]:
        """Return the reasons as problems, for every kind of report."""
        return tuple(_problem(self.environment, reason) for reason in self.reasons)


def _problem(environment: EnvironmentName, reason: DriftReason) -> Problem:
    shown = f" on {', '.join(reason.platforms)}" if len(reason.platforms) > 1 else ""
    return Problem(
        code=reason.code.value,
        place=reason.place,
        claim=reason.claim + shown,
        hint=reason.command,
        environment=environment,
        platform=reason.platforms[0] if len(reason.platforms) == 1 else None,
    )
