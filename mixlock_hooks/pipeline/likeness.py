"""What an environment is to be like: the other's lock as it is now, and where the two differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import DriftReason, DriftReport
from mixlock_hooks.model.place import at
from mixlock_hooks.model.way_out import locking
from mixlock_hooks.pipeline.aliases import repair
from mixlock_hooks.pipeline.locks import UnreadableLockError
from mixlock_hooks.rules import likeness as rules
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.solving import Likeness
    from mixlock_hooks.pipeline.project import Project


def likeness_for(project: Project, environment: EnvironmentSpec, platform: Subdir) -> Likeness | None:
    """Return what binds a solve of one platform; None where the environment is to be like no other."""
    if environment.like is None:
        return None
    lockfile = _lock_of(project, environment.like)
    packages = lockfile.for_platform(platform) if lockfile else ()
    return rules.likeness(environment.like, packages, project.names()) if packages else None


def without_other(project: Project, environment: EnvironmentSpec) -> DriftReason | None:
    """Return why an environment cannot be like another yet: that has no lock, or none for one of its platforms."""
    if not environment.like:
        return None
    lockfile = _lock_of(project, environment.like)
    locked = lockfile.platforms if lockfile else ()
    missing = [each.platform for each in environment.platforms if each.platform not in locked]
    if not missing:
        return None
    shown = f" for {', '.join(missing)}" if lockfile else ""
    return DriftReason(
        code=Code.NO_LOCK,
        place=at(project.settings.source),
        claim=f"`{environment.like}`, which `{environment.name}` must match (`like`), has no lock{shown}",
        way_out=locking(environment.like, environment.name),
    )


def differing_platforms(project: Project, environment: EnvironmentSpec) -> frozenset[Subdir]:
    """Return the platforms on which an environment's lock is not like the other."""
    return frozenset(platform for reason in _reasons(project, environment, ()) for platform in reason.platforms)


def with_likeness(
    project: Project, environment: EnvironmentSpec, report: DriftReport, platforms: Iterable[Subdir]
) -> DriftReport:
    """Return a report with a reason more for each package whose version is not that of the other environment."""
    missing = without_other(project, environment)
    found = (missing,) if missing else tuple(_reasons(project, environment, tuple(platforms)))
    return replace(report, reasons=(*report.reasons, *found))


def _reasons(project: Project, environment: EnvironmentSpec, platforms: tuple[Subdir, ...]) -> Iterator[DriftReason]:
    if not environment.like:
        return
    mine, other = (_lock_of(project, name) for name in (environment.name, environment.like))
    if not (mine and other):
        return
    way_out = repair(project, environment)
    for spec in environment.platforms:
        if platforms and spec.platform not in platforms:
            continue
        graphs = (LockGraph(lock.for_platform(spec.platform), project.names()) for lock in (mine, other))
        for package, counterpart in rules.differing(*graphs):
            claim = f"`{package.name}` is {package.version} here and {counterpart.version} in `{environment.like}`"
            yield DriftReason(
                code=Code.REQUIREMENT,
                place=at(project.settings.source),
                claim=f"{claim}, which `{environment.name}` must match (`like`)",
                platforms=(spec.platform,),
                way_out=way_out,
            )


def _lock_of(project: Project, name: EnvironmentName) -> Lockfile | None:
    try:
        return project.locks.of(name).lockfile()
    except UnreadableLockError:
        return None
