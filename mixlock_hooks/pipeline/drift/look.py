"""Look at one environment: what policy says of its spec, and what drift says of its lock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import DriftReason, DriftReport, State
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.model.problem import errors
from mixlock_hooks.model.way_out import WayOut
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.drift.fast import drift

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.drift.vouched import Vouched
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.rules.policy import Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One environment as it is found; an orphan's lock has no verdict, for it has no spec."""

    report: DriftReport
    verdict: Verdict | None = None

    @property
    def state(self) -> State:
        """Return the environment's state: what is wrong with the spec goes before what is wrong with the lock."""
        if self.verdict and self.verdict.refused:
            return State.INVALID
        if self.verdict and self.verdict.unlockable:
            return State.UNLOCKABLE
        return self.report.state

    def problems(self) -> tuple[Problem, ...]:
        """Return everything that is told of it."""
        return (*(self.verdict.told if self.verdict else ()), *self.report.problems())


def compare(
    project: Project, verdict: Verdict, platforms: tuple[Subdir, ...] = (), *, by: Vouched | None = None
) -> DriftReport:
    """Return what drift says of an environment's lock, where there is anything to compare it with.

    A spec that cannot be read says nothing that a lock could be compared with. One that is refused cannot get a lock,
    and one that no lock can hold needs none.
    """
    environment = verdict.environment
    if verdict.unreadable or (verdict.refused and LOCKFILE not in project.locks.of(environment.name).names()):
        return DriftReport(environment=environment.name, reasons=())
    if verdict.unlockable:
        return left_behind(project, environment)
    report = drift(project, environment, platforms, by=by)
    if not verdict.refused:
        return report
    reasons = (replace(reason, way_out=reason.way_out.after_errors()) for reason in report.reasons)
    return replace(report, reasons=tuple(reasons))


def wrong_with(
    project: Project, environment: EnvironmentSpec, platforms: tuple[Subdir, ...] = (), *, by: Vouched | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with a spec, or else with its lock; a lock with a stale stamp is right."""
    verdict = judge(project, environment)
    if verdict.refused or verdict.unreadable:
        return errors(verdict.problems)
    report = compare(project, verdict, platforms, by=by)
    return report.problems() if report.reasons else ()


def left_behind(project: Project, environment: EnvironmentSpec) -> DriftReport:
    """Return a report on the lock that an environment still has although no lock can hold what it asks for."""
    lock = project.locks.of(environment.name)
    if LOCKFILE not in lock.names():
        return DriftReport(environment=environment.name, reasons=())
    way_out = f"delete {lock.shown}, or take out of {environment.document.path} what no lock can hold"
    reason = DriftReason(
        code=Code.ORPHAN,
        place=lock.place(),
        claim=f"`{environment.name}` can no longer be locked, and this lock does not match what it asks for",
        way_out=WayOut(words=way_out),
    )
    return DriftReport(environment=environment.name, reasons=(reason,))


def look_at(project: Project, environment: EnvironmentSpec) -> Look:
    """Return one environment as it is found."""
    verdict = judge(project, environment)
    return Look(verdict=verdict, report=compare(project, verdict))
