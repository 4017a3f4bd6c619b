"""Lock the environments that drifted: solve what must be solved, write whole sets, keep the old on any failure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_options import LockOptions, LockResult
from mixlock_hooks.model.lock_paths import WHEELHOUSE
from mixlock_hooks.model.locked import Lockfile, SolvedPlatform
from mixlock_hooks.model.stamp import Making
from mixlock_hooks.pipeline.likeness import likeness_for
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.pipeline.lock.kept import Solver
from mixlock_hooks.pipeline.lock.plan import Plan, plan_lock, raised_names, request_for
from mixlock_hooks.pipeline.lock.solves import solve_all
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.likeness import levels
from mixlock_hooks.rules.lock_diff import changes, other_needs
from mixlock_hooks.rules.misfit import with_platforms_that_answer
from mixlock_hooks.rules.upgrades import held_back, stayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import OpenedEngines, Progress

    _Outcome = tuple[Subdir, SolvedPlatform | CannotDoError]


class _InOrder:
    """Results, which are told in one order, in whichever they come."""

    def __init__(self, order: Sequence[EnvironmentName], done: Callable[[LockResult], None]) -> None:
        self.found: dict[EnvironmentName, LockResult] = {}
        self._waiting = list(order)
        self._done = done

    def add(self, result: LockResult) -> None:
        """Add a result; tell it, and those that waited for it, unless one before it is still to come."""
        self.found[result.environment] = result
        while self._waiting and self._waiting[0] in self.found:
            self._done(self.found[self._waiting.pop(0)])

    def tell_all(self) -> None:
        """Tell what still waits for another: that one does not come any more."""
        for name in self._waiting:
            if name in self.found:
                self._done(self.found[name])


class Locker:
    """Locks environments of one project with engines of one kind."""

    def __init__(self, project: Project, engines: OpenedEngines, progress: Progress) -> None:
        self._project = project
        self._engines = engines
        self._progress = progress

    def lock(
        self,
        environments: Sequence[EnvironmentSpec],
        options: LockOptions,
        pool: Executor,
        done: Callable[[LockResult], None],
    ) -> tuple[LockResult, ...]:
        """Lock environments, platforms in parallel; ``done`` is told the results in the order of the environments.

        An environment that fails does not stop the others. What was locked before a run is stopped is told, too.
        """
        results, plans = _InOrder([environment.name for environment in environments], done), list[Plan]()

        def finish(result: LockResult) -> None:
            told = next((plan.told for plan in plans if plan.spec.name == result.environment), result.told)
            results.add(replace(result, told=told))

        try:
            for level in levels(environments):
                planned = [self._planned(each, results.found.get(each.like or each.name), options) for each in level]
                begun = [plan for plan in planned if isinstance(plan, Plan)]
                plans += begun
                for result in planned:
                    if isinstance(result, LockResult):
                        finish(result)
                self._carry_out(begun, options, pool, finish)
        finally:
            results.tell_all()
        return tuple(results.found[environment.name] for environment in environments)

    def _planned(
        self, environment: EnvironmentSpec, other: LockResult | None, options: LockOptions
    ) -> Plan | LockResult:
        """Plan one environment, once what it is to be like is locked."""
        if other and (other.problems or other.failed):
            said = f"`{environment.like}`, which it must match (`like`), was not locked"
            return LockResult(environment=environment.name, failed=said)
        planned = plan_lock(self._project, environment, options)
        if not (other and other.written and options.dry_run):
            return planned
        note = (
            f"`{environment.like}`, which it must match (`like`), would change first; a dry run does not look at that"
        )
        if isinstance(planned, LockResult):
            return replace(planned, notes=(*planned.notes, note))
        return replace(planned, kept=replace(planned.kept, note="; ".join(filter(None, (planned.kept.note, note)))))

    def _carry_out(
        self, plans: list[Plan], options: LockOptions, pool: Executor, finish: Callable[[LockResult], None]
    ) -> None:
        """Solve every planned platform, and write each environment as soon as its last platform is solved."""
        for plan in plans:
            if not plan.to_solve:
                finish(self._finished(plan, [], options))
        requests = [self._request(plan, spec, options) for plan in plans for spec in plan.to_solve]
        if not requests:
            return
        solved = Solver(
            engines=self._engines,
            names=self._project.names(),
            progress=self._progress,
            options=options,
        )

        def start(request: SolveRequest) -> Future[SolvedPlatform]:
            return pool.submit(solved, request)

        by_name = {plan.spec.name: plan for plan in plans}
        outcomes: dict[EnvironmentName, list[_Outcome]] = {name: [] for name in by_name}
        for request, outcome in solve_all(requests, start):
            plan, gathered = by_name[request.environment.name], outcomes[request.environment.name]
            gathered.append((request.spec.platform, outcome))
            if len(gathered) == len(plan.to_solve):
                finish(self._gathered(plan, gathered, options))

    def _request(self, plan: Plan, spec: PlatformSpec, options: LockOptions) -> SolveRequest:
        like = likeness_for(self._project, plan.spec, spec.platform)
        return request_for(plan, spec, options, like, self._project.names)

    def _gathered(self, plan: Plan, outcomes: list[_Outcome], options: LockOptions) -> LockResult:
        """Return an environment's result from those of its platforms: every failure is told, in their order."""
        ordered = [outcome for _platform, outcome in sorted(outcomes, key=lambda pair: pair[0])]
        failures = [outcome for outcome in ordered if isinstance(outcome, CannotDoError)]
        if failures:
            solved = [outcome.platform for outcome in ordered if isinstance(outcome, SolvedPlatform)]
            told = tuple(problem for failure in failures for problem in failure.problems)
            problems = with_platforms_that_answer(plan.spec, self._project.settings, told, solved)
            said = "; ".join(dict.fromkeys(str(failure) for failure in failures))
            notes = tuple(dict.fromkeys(self._holders(plan, options)))
            return LockResult(environment=plan.spec.name, problems=problems, failed=said, notes=notes)
        return self._finished(plan, [found for found in ordered if isinstance(found, SolvedPlatform)], options)

    def _finished(self, plan: Plan, solved: Sequence[SolvedPlatform], options: LockOptions) -> LockResult:
        try:
            return self._write(plan, solved, options, tuple(self._stayed(plan, solved, options)))
        except CannotDoError as error:
            return _failed(plan, error)

    def _stayed(self, plan: Plan, solved: Sequence[SolvedPlatform], options: LockOptions) -> Iterator[str]:
        """Yield what was to be upgraded and was not."""
        for answer in solved:
            spec = plan.spec.for_platform(answer.platform)
            if spec and plan.old and options.upgrade_packages:
                before = plan.old.for_platform(answer.platform)
                yield from stayed(spec, before, answer.packages, options.upgrade_packages, self._project.names())

    def _holders(self, plan: Plan, options: LockOptions) -> Iterator[str]:
        """Yield who holds back, as it is locked, what was to reach a version."""
        for spec in plan.to_solve:
            names = raised_names(plan, spec, options)
            locked = plan.old.for_platform(spec.platform) if plan.old and names else ()
            for claim in held_back(spec, locked, names, self._project.names()):
                yield f"{claim}; what needs it goes back to no older version"

    def _write(
        self, plan: Plan, solved: Sequence[SolvedPlatform], options: LockOptions, stays: tuple[str, ...]
    ) -> LockResult:
        name = plan.spec.name
        lock = self._project.locks.of(name)
        recorded = plan.old.making.name_map if plan.old and not solved else ""
        lockfile = _merged(plan, solved, recorded or self._project.names().digest)
        files = lock_set.render(
            name, plan.spec.place.path, self._project.settings, lockfile, lock.wheels_of(lockfile)
        )
        keep = (WHEELHOUSE,) if lock.wheels_damage() else ()
        changed = lock.changed_by(files, keep)
        if changed and not (options.dry_run or options.verify):
            lock.replace(files, keep)
            self._remove(plan.kept.taken_over)
        before = plan.old.packages if plan.old and not plan.kept.is_anothers else ()
        found = changes(before, lockfile.packages, self._project.names())
        needs = other_needs(before, lockfile.packages) if options.verify else ()
        written = () if options.verify and not (found or needs) else changed
        return LockResult(
            environment=name,
            written=tuple(map(lock.path, written)),
            changes=found,
            solved=bool(solved),
            sdists=tuple(package for package in lockfile.packages if package.is_sdist),
            notes=(*_notes(plan, solved), *dict.fromkeys(stays), *needs),
        )

    def _remove(self, name: EnvironmentName | None) -> None:
        """Remove the lock that another one has taken over."""
        if name is not None:
            lock = self._project.locks.of(name)
            self._project.files.replace_set(lock.folder, {}, lock.own_names())


def _notes(plan: Plan, solved: Sequence[SolvedPlatform]) -> tuple[str, ...]:
    """Return what is to be said of a lock: what became of the old one, and how answers were found."""
    return (*((plan.kept.note,) if plan.kept.note else ()), *_of_platforms(solved))


def _of_platforms(solved: Sequence[SolvedPlatform]) -> Iterator[str]:
    """Yield each note on an answer once, with its platforms where it is not on all that were solved."""
    platforms: dict[str, list[str]] = {}
    for answer in solved:
        for note in dict.fromkeys(answer.notes):
            platforms.setdefault(note, []).append(answer.platform)
    for note, found in platforms.items():
        yield note if len(found) == len(solved) else f"{note} [{', '.join(found)}]"


def _failed(plan: Plan, error: CannotDoError) -> LockResult:
    return LockResult(environment=plan.spec.name, problems=error.problems, failed=str(error))


def _merged(plan: Plan, solved: Sequence[SolvedPlatform], name_map: str) -> Lockfile:
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
        content_hash=lock_set.content_hash(inputs),
        facts={},
    )
    engine = next((answer.engine for answer in solved), plan.old.making.engine if plan.old else "")
    old_cutoffs = {p: lock_set.recorded_cutoff(plan.old, p) for p in inputs} if plan.old else {}
    cutoffs = {**old_cutoffs, **{answer.platform: answer.cutoff for answer in solved}}
    return lock_set.with_record(lockfile, inputs, Making(engine=engine, name_map=name_map, cutoffs=cutoffs))


def _inputs(plan: Plan) -> Iterator[tuple[Subdir, Inputs]]:
    """Yield what each platform answers: what is asked now, or what it was solved from where that is not looked at."""
    for spec in plan.spec.platforms:
        if spec in plan.chosen:
            yield spec.platform, inputs_of(spec)
        elif plan.old and spec.platform in plan.old.platforms:
            recorded = lock_set.recorded_inputs(plan.old, spec.platform)
            if recorded:
                yield spec.platform, recorded
