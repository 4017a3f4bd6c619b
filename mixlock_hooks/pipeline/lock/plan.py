"""Plan a lock: which environments need one, which of their platforms, and what is asked of the engines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.build_permission import NOBODY
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.cutoff import NO_CUTOFF, bounded
from mixlock_hooks.model.drift import DriftReport
from mixlock_hooks.model.lock_options import LockOptions, LockResult
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.selector import admits
from mixlock_hooks.model.solving import SolveRequest
from mixlock_hooks.pipeline.aliases import refuse_change, repair, unreadable_aliases
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.cutoffs import recorded_cutoff
from mixlock_hooks.pipeline.drift import verification
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.drift.look import left_behind
from mixlock_hooks.pipeline.likeness import differing_platforms, without_other
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.pipeline.lock.preference import Preference, of_other_steps, preference
from mixlock_hooks.pipeline.lock.upgrades import known_names
from mixlock_hooks.rules.fingerprint import inputs_of, pypi_text
from mixlock_hooks.rules.lock_graph import key_of
from mixlock_hooks.rules.upgrades import dependents, is_lower_bound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mixlock_hooks.model.build_permission import BinaryOption
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.environment import CheckedSpec, EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.solving import Likeness
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.rules.policy import Verdict


_NOT_AS_SOLVED = frozenset(
    {Code.NO_LOCK, Code.BODY, Code.FILES_DISAGREE, Code.CLOSURE, Code.CONFLICT, Code.NEWER, Code.HASH, Code.HOST}
)
"""What makes a lock another than was solved: there is nothing to verify, and an older one must not stand for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What one environment needs: ``to_solve`` of its ``chosen`` platforms, and what a solve of them keeps.

    ``beside`` are packages of other steps of the flow, kept too where the solve takes them over. ``told`` is what
    policy leaves out of it.
    """

    spec: CheckedSpec
    kept: Preference
    chosen: tuple[PlatformSpec, ...]
    to_solve: tuple[PlatformSpec, ...]
    beside: tuple[LockedPackage, ...] = ()
    told: tuple[Problem, ...] = ()

    @property
    def old(self) -> Lockfile | None:
        """Return the lock whose versions are kept; None where there is none."""
        return self.kept.lockfile


def nothing_to_do(
    project: Project, environments: Sequence[EnvironmentSpec], options: LockOptions
) -> tuple[LockResult, ...] | None:
    """Return every result where none needs a solve or a write; None where one does. Costs what drift costs."""
    results: list[LockResult] = []
    for environment in environments:
        planned = plan_lock(project, environment, options)
        if isinstance(planned, Plan):
            return None
        results.append(planned)
    return tuple(results)


def plan_lock(project: Project, environment: EnvironmentSpec, options: LockOptions) -> Plan | LockResult:
    """Return what one environment needs, or its result where that is nothing: it is fresh, or policy forbids it."""
    verdict = judge(project, environment, strict=options.strict)
    checked, told = verdict.checked, verdict.left_out
    if checked is None:
        return _not_lockable(project, verdict)
    if options.platforms and not _chosen(checked, options):
        return LockResult(environment=environment.name, told=told)
    report = drift(project, environment, options.platforms)
    if options.verify and any(reason.code in _NOT_AS_SOLVED for reason in report.reasons):
        return LockResult(environment=environment.name, problems=report.problems(), told=told)
    again = _is_solved_again(project, environment, options)
    if report.current and not again and options.moved_from is None:  # after a move a lock names its spec's new path
        return LockResult(environment=environment.name, told=told)
    frozen = _frozen(project, environment, again=again and not options.verify)
    frozen = (*frozen, *_like_nothing_yet(project, environment))
    if frozen:
        return LockResult(environment=environment.name, problems=(*frozen, *told))
    kept = preference(project, environment, options.moved_from)
    to_solve = _to_solve(checked, kept.lockfile, options, project, again=again)
    return Plan(
        spec=checked,
        kept=kept,
        chosen=_chosen(checked, options),
        to_solve=to_solve,
        beside=tuple(of_other_steps(project, environment)) if to_solve else (),
        told=told,
    )


def _is_solved_again(project: Project, environment: EnvironmentSpec, options: LockOptions) -> bool:
    """Return whether the user asked for a solve of a lock that did not drift."""
    if options.force or options.upgrade or options.verify or _holds_refused_wheel(project, environment):
        return True
    if options.upgrade_packages:
        return not known_names(project, environment).isdisjoint(map(canonicalize_name, options.upgrade_packages))
    if not options.cutoff_asked:
        return False
    lockfile = preference(project, environment).lockfile
    platforms = lockfile.platforms if lockfile else ()
    return any(
        lock_set.recorded_cutoff(lockfile, platform) != options.cutoff.text for platform in platforms if lockfile
    )


def _holds_refused_wheel(project: Project, environment: EnvironmentSpec) -> bool:
    """Return whether a lock holds a wheel of what the spec wants built from source (``--no-binary``)."""
    options = environment.document.binary_options
    if not any(each.value.is_built for each in options):
        return False
    lockfile = preference(project, environment).lockfile
    return any(
        package.manager is Manager.PIP and not package.is_sdist and pypi_name(package.name) in built
        for spec in environment.platforms
        for built in [NOBODY.within(_admitted(options, spec.platform)).from_source]
        for package in (lockfile.for_platform(spec.platform) if lockfile else ())
    )


def _not_lockable(project: Project, verdict: Verdict) -> LockResult:
    """Return the result of an environment with something to mend, or of one that no lock can hold."""
    name = verdict.environment.name
    if verdict.refused:
        return LockResult(environment=name, problems=verdict.told)
    left = left_behind(project, verdict.environment).problems()
    return LockResult(environment=name, told=(*verdict.told, *left), unlockable=True)


def _like_nothing_yet(project: Project, environment: EnvironmentSpec) -> tuple[Problem, ...]:
    """Return why an environment cannot be like another yet."""
    missing = without_other(project, environment)
    return DriftReport(environment=environment.name, reasons=(missing,)).problems() if missing else ()


def _frozen(project: Project, environment: EnvironmentSpec, *, again: bool) -> tuple[Problem, ...]:
    """Return why a lock may not be made anew: an immutable alias stands for it."""
    unread = unreadable_aliases(project)
    if unread:
        return unread
    try:
        refuse_change(project, environment, again=again)
    except ValueError as error:
        hint = repair(project, environment).words
        return (Problem(code=Code.ALIAS, place=environment.place, claim=str(error), hint=hint),)
    return ()


def _to_solve(
    checked: CheckedSpec,
    old: Lockfile | None,
    options: LockOptions,
    project: Project,
    *,
    again: bool,
) -> tuple[PlatformSpec, ...]:
    """Choose the platforms whose answer no longer holds, among those that are wanted.

    Of a lock that mixlock did not write nothing tells what it answers, so all platforms are solved.
    """
    if old and not lock_set.is_recorded(old):
        return checked.platforms
    unlike = differing_platforms(project, checked)
    return tuple(
        spec
        for spec in _chosen(checked, options)
        if again or spec.platform in unlike or not (old and _still_holds(old, spec, project.names))
    )


def _chosen(checked: CheckedSpec, options: LockOptions) -> tuple[PlatformSpec, ...]:
    """Return the platforms that are asked for and wanted now."""
    return tuple(spec for spec in checked.platforms if not options.platforms or spec.platform in options.platforms)


def _still_holds(old: Lockfile, spec: PlatformSpec, names: Callable[[], Counterparts]) -> bool:
    """Return whether a platform need not be solved: it was solved from this and holds, or answers it all the same."""
    recorded = lock_set.recorded_inputs(old, spec.platform) if spec.platform in old.platforms else None
    if recorded is None:
        return False
    if recorded == inputs_of(spec):
        return not any(verification.findings(spec, old, names()))
    return verification.still_answers(spec, recorded, old, names())


def _admitted(entries: Iterable[Entry[BinaryOption]], platform: Subdir) -> Iterator[BinaryOption]:
    yield from (entry.value for entry in entries if admits(entry.selector, platform))


def request_for(
    plan: Plan, spec: PlatformSpec, options: LockOptions, like: Likeness | None, names: Callable[[], Counterparts]
) -> SolveRequest:
    """Return what is asked of an engine for one platform: the spec, and of the old lock what should stay."""
    anew = options.upgrade or options.from_scratch
    own = plan.old.for_platform(spec.platform) if plan.old else ()
    held = {key_of(package) for package in own}
    others = {key_of(found): found for found in plan.beside if found.platform == spec.platform}
    old = () if anew else (*own, *(found for key, found in others.items() if key not in held))
    upgraded = {canonicalize_name(name) for name in options.upgrade_packages}
    return SolveRequest(
        environment=plan.spec,
        spec=spec,
        preferred=tuple(package for package in old if canonicalize_name(package.name) not in upgraded),
        builds=options.builds.within(_admitted(plan.spec.document.binary_options, spec.platform)),
        cutoff=_recorded_cutoff(plan, spec.platform, options.cutoff) if options.verify else options.cutoff,
        refresh=options.upgrade or bool(options.upgrade_packages) or options.force,
        keeps_newer=not options.cutoff_asked,
        bounds=options.bounds,
        like=like,
        floors=_floors(plan, spec, options, names),
        locked=tuple(own),
    )


def _floors(
    plan: Plan, spec: PlatformSpec, options: LockOptions, names: Callable[[], Counterparts]
) -> tuple[LockedPackage, ...]:
    """Return what may not go back so that a bound is reached: what needs a bounded package has to admit it."""
    raised = raised_names(plan, spec, options)
    return dependents(plan.old.for_platform(spec.platform), raised, names()) if plan.old and raised else ()


def raised_names(plan: Plan, spec: PlatformSpec, options: LockOptions) -> tuple[str, ...]:
    """Return the packages that have to reach a version: by an option, or by a new constraint.

    None where the spec changed too, which may be what makes others go back.
    """
    recorded = lock_set.recorded_inputs(plan.old, spec.platform) if plan.old else None
    asked = inputs_of(spec)
    if recorded is None or replace(recorded, constraints=asked.constraints) != asked:
        return ()
    added = (each for each in spec.constraints if pypi_text(each) not in recorded.constraints)
    by_constraint = (each.name for each in added if is_lower_bound(each.specifier))
    return tuple(dict.fromkeys((*(name for name, _specifier in options.bounds), *by_constraint)))


def _recorded_cutoff(plan: Plan, platform: Subdir, allowed: Cutoff) -> Cutoff:
    return bounded(recorded_cutoff(plan.old, platform, plan.spec.name), allowed) if plan.old else NO_CUTOFF
