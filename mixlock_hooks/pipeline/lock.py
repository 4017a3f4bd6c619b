"""Lock the environments that drifted: solve what must be solved, write whole sets, keep the old on any failure."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.drift import OF_EXPORTS
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import LOCKFILE, folder_of, platform_of
from mixlock_hooks.model.locked import Lockfile
from mixlock_hooks.model.solving import SolveRequest
from mixlock_hooks.pipeline import lock_set
from mixlock_hooks.pipeline.drift import drift
from mixlock_hooks.pipeline.solve import solve
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of
from mixlock_hooks.rules.lock_diff import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from mixlock_hooks.model.environment import CheckedSpec, EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import LockedPackage, SolvedPlatform
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.package_change import PackageChange
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.load import Project
    from mixlock_hooks.ports import Engines, Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class LockOptions:
    """How to lock.

    ``upgrade`` lets every package go, ``upgrade_packages`` those named; ``force`` solves anyway. ``cutoff`` is the
    moment after which nothing is considered (RFC 3339). ``verify`` solves again from nothing but the recorded inputs
    and cutoff, and writes nothing: what would be written differs from what a lock should give.
    """

    platforms: tuple[Subdir, ...] = ()
    force: bool = False
    upgrade: bool = False
    upgrade_packages: frozenset[str] = frozenset()
    builds_allowed: bool = True
    dry_run: bool = False
    cutoff: str = ""
    verify: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class LockResult:
    """What became of one environment.

    ``problems`` are of policy, or of the solve where ``failed``; ``written`` names the files that changed (would
    change, in a dry run); no problem and nothing written means it was fresh.
    """

    environment: EnvironmentName
    problems: tuple[Problem, ...] = ()
    failed: str = ""
    written: tuple[str, ...] = ()
    changes: tuple[PackageChange, ...] = ()
    solved: bool = False
    sdists: tuple[LockedPackage, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    """What one environment needs: ``to_solve`` of its platforms; ``old`` is its readable lock, if any."""

    spec: CheckedSpec
    old: Lockfile | None
    to_solve: tuple[PlatformSpec, ...]


def nothing_to_do(
    project: Project, environments: Sequence[EnvironmentSpec], options: LockOptions, names: Callable[[], NameMap]
) -> tuple[LockResult, ...] | None:
    """Return every result where none needs a solve or a write; None where one does. Costs what drift costs."""
    planned = [_plan(project, environment, options, names) for environment in environments]
    results = tuple(plan for plan in planned if isinstance(plan, LockResult))
    return results if len(results) == len(planned) else None


def _plan(
    project: Project, environment: EnvironmentSpec, options: LockOptions, names: Callable[[], NameMap]
) -> _Plan | LockResult:
    checked, problems = policy.check(environment, project.settings, names)
    problems = problems if checked is None else policy.unlockable(problems)
    if checked is None or problems:
        return LockResult(environment=environment.name, problems=problems)
    if options.platforms and not _chosen(checked, options):
        return LockResult(environment=environment.name)
    report = drift(project, environment, options.platforms)
    again = options.force or options.upgrade or options.verify or bool(options.upgrade_packages)
    if report.fresh and not again:
        return LockResult(environment=environment.name)
    old = _old_lock(project, environment.name)
    only_exports = all(reason.code in OF_EXPORTS for reason in report.reasons)
    return _Plan(
        spec=checked,
        old=old,
        to_solve=() if only_exports and not again else _to_solve(checked, old, options, again=again),
    )


def _old_lock(project: Project, environment: EnvironmentName) -> Lockfile | None:
    content = project.files.read(f"{folder_of(project.settings.lock_dir, environment)}/{LOCKFILE}")
    try:
        return conda_lock_yml.parse(content) if content is not None else None
    except conda_lock_yml.NotALockfileError:
        return None


def _to_solve(
    checked: CheckedSpec, old: Lockfile | None, options: LockOptions, *, again: bool
) -> tuple[PlatformSpec, ...]:
    """Choose the platforms whose answer no longer holds, among those that are wanted.

    Where a hand changed the lock's body nothing of it can be kept, so all platforms are solved.
    """
    if old and not lock_set.body_holds(old):
        return checked.platforms
    return tuple(spec for spec in _chosen(checked, options) if again or not (old and _still_holds(old, spec)))


def _chosen(checked: CheckedSpec, options: LockOptions) -> tuple[PlatformSpec, ...]:
    """Return the platforms that are asked for and wanted now."""
    return tuple(spec for spec in checked.platforms if not options.platforms or spec.platform in options.platforms)


class Locker:
    """Locks environments of one project with engines of one kind, which are made only if something is solved."""

    def __init__(
        self, project: Project, engines: Callable[[], Engines], names: Callable[[], NameMap], progress: Progress
    ) -> None:
        self._project = project
        self._engines = engines
        self._names = names
        self._progress = progress

    def lock(
        self,
        environments: Sequence[EnvironmentSpec],
        options: LockOptions,
        pool: Executor,
        done: Callable[[LockResult], None],
    ) -> tuple[LockResult, ...]:
        """Lock environments, platforms in parallel; ``done`` is told each result as it comes.

        An environment that fails does not stop the others.
        """
        results: dict[EnvironmentName, LockResult] = {}

        def finish(result: LockResult) -> None:
            results[result.environment] = result
            done(result)

        plans: list[_Plan] = []
        for environment in environments:
            planned = _plan(self._project, environment, options, self._names)
            if isinstance(planned, LockResult):
                finish(planned)
            else:
                plans.append(planned)
        self._carry_out(plans, options, pool, finish)
        return tuple(results[environment.name] for environment in environments)

    def _carry_out(
        self, plans: list[_Plan], options: LockOptions, pool: Executor, finish: Callable[[LockResult], None]
    ) -> None:
        """Solve every planned platform, and write each environment as soon as its last platform is solved."""
        for plan in plans:
            if not plan.to_solve:
                finish(self._finished(plan, [], options))
        pending = self._submit(plans, options, pool)
        gathered: dict[EnvironmentName, list[SolvedPlatform]] = {plan.spec.name: [] for plan in plans}
        failed: set[EnvironmentName] = set()
        while pending:
            ended, _waiting = wait(pending, return_when=FIRST_COMPLETED)
            for future in ended:
                plan = pending.pop(future)
                result = self._gather(plan, future, gathered[plan.spec.name], options)
                if result and plan.spec.name not in failed:
                    failed.update([plan.spec.name] if result.failed else [])
                    finish(result)

    def _submit(
        self, plans: list[_Plan], options: LockOptions, pool: Executor
    ) -> dict[Future[SolvedPlatform], _Plan]:
        requests = [(plan, _request(plan, spec, options)) for plan in plans for spec in plan.to_solve]
        if not requests:
            return {}
        engines, names = self._engines(), self._names()
        return {pool.submit(solve, request, engines, names, self._progress): plan for plan, request in requests}

    def _gather(
        self, plan: _Plan, future: Future[SolvedPlatform], solved: list[SolvedPlatform], options: LockOptions
    ) -> LockResult | None:
        """Take one platform's answer; return the environment's result where it was the last, or failed."""
        try:
            solved.append(future.result())
        except CannotDoError as error:
            return _failed(plan, error)
        return self._finished(plan, solved, options) if len(solved) == len(plan.to_solve) else None

    def _finished(self, plan: _Plan, solved: Sequence[SolvedPlatform], options: LockOptions) -> LockResult:
        try:
            return self._write(plan, solved, options)
        except CannotDoError as error:
            return _failed(plan, error)

    def _write(self, plan: _Plan, solved: Sequence[SolvedPlatform], options: LockOptions) -> LockResult:
        name, folder = plan.spec.name, folder_of(self._project.settings.lock_dir, plan.spec.name)
        lockfile = _merged(plan, solved, self._names().digest)
        files = lock_set.render(name, plan.spec.place.path, self._project.settings.lock_dir, lockfile)
        changed = {
            file: content
            for file, content in files.items()
            if self._project.files.read(f"{folder}/{file}") != content
        }
        obsolete = tuple(
            file for file in self._project.files.names(folder) if platform_of(file) and file not in files
        )
        if (changed or obsolete) and not (options.dry_run or options.verify):
            self._project.files.replace_set(folder, files, obsolete)
        return LockResult(
            environment=name,
            written=tuple(f"{folder}/{file}" for file in sorted((*changed, *obsolete))),
            changes=changes(plan.old.packages if plan.old else (), lockfile.packages),
            solved=bool(solved),
            sdists=tuple(package for package in lockfile.packages if package.is_sdist),
            notes=tuple(dict.fromkeys(answer.note for answer in solved if answer.note)),
        )


def _failed(plan: _Plan, error: CannotDoError) -> LockResult:
    return LockResult(environment=plan.spec.name, problems=error.problems, failed=str(error))


def _still_holds(old: Lockfile, spec: PlatformSpec) -> bool:
    return spec.platform in old.platforms and lock_set.recorded_inputs(old, spec.platform) == inputs_of(spec)


def _request(plan: _Plan, spec: PlatformSpec, options: LockOptions) -> SolveRequest:
    old = plan.old.for_platform(spec.platform) if plan.old and not (options.upgrade or options.verify) else ()
    recorded = lock_set.recorded_cutoff(plan.old, spec.platform) if plan.old else ""
    upgraded = {canonicalize_name(name) for name in options.upgrade_packages}
    return SolveRequest(
        environment=plan.spec,
        spec=spec,
        preferred=tuple(package for package in old if canonicalize_name(package.name) not in upgraded),
        builds_allowed=options.builds_allowed,
        cutoff=recorded if options.verify else options.cutoff,
    )


def _merged(plan: _Plan, solved: Sequence[SolvedPlatform], name_map: str) -> Lockfile:
    """Join what was solved with what is kept of the old lock, platform by platform."""
    new = {answer.platform: answer for answer in solved}
    inputs = dict(_inputs(plan))
    kept = plan.old.packages if plan.old else ()
    lockfile = Lockfile(
        packages=(
            *(package for package in kept if package.platform in inputs and package.platform not in new),
            *(package for answer in solved for package in answer.packages),
        ),
        channels=next(asked.channels for asked in inputs.values()),
        platforms=tuple(sorted(inputs)),
        content_hash={platform: fingerprint(asked).partition(":")[2] for platform, asked in inputs.items()},
        facts={},
    )
    engine = next((answer.engine for answer in solved), plan.old.facts.get("mixlock.engine", "") if plan.old else "")
    old_cutoffs = {p: lock_set.recorded_cutoff(plan.old, p) for p in inputs} if plan.old else {}
    cutoffs = {**old_cutoffs, **{answer.platform: answer.cutoff for answer in solved}}
    return lock_set.with_facts(lockfile, inputs, {"mixlock.engine": engine, "mixlock.name-map": name_map}, cutoffs)


def _inputs(plan: _Plan) -> Iterator[tuple[Subdir, Inputs]]:
    """Yield what each platform was solved from: now, or when the old lock was made."""
    for spec in plan.spec.platforms:
        if spec in plan.to_solve:
            yield spec.platform, inputs_of(spec)
        elif plan.old and spec.platform in plan.old.platforms:
            recorded = lock_set.recorded_inputs(plan.old, spec.platform)
            if recorded:
                yield spec.platform, recorded
