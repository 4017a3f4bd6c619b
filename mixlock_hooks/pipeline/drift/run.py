"""A drift run: read the specs, judge them, compare each with its lock, look at the other locks and the aliases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.problem import errors, has_errors, in_order
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.choose import choose_for_hook
from mixlock_hooks.pipeline.chosen_platforms import chosen_platforms
from mixlock_hooks.pipeline.drift.fast import refuse_outside_of_git, untracked
from mixlock_hooks.pipeline.drift.look import Look, compare
from mixlock_hooks.pipeline.drift.other_locks import elsewhere
from mixlock_hooks.pipeline.drift.vouched import Vouched, vouched
from mixlock_hooks.pipeline.load import Loaded, NoSpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mixlock_hooks.model.drift import DriftReport, State
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import Readable
    from mixlock_hooks.rules.policy import Verdict

    Each = Callable[[Callable[[Verdict], DriftReport], Sequence[Verdict]], list[DriftReport]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What a branch changed: the files as they were, and the paths of all that differ, came or went."""

    before: Readable
    paths: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftOptions:
    """What a drift run looks at, and how closely.

    ``environments`` are names or paths, all where none is given, and ``platforms`` likewise; ``changes`` restricts
    the run to what they concern. ``tracked``: a lock that git does not track is drift. ``strict``: what would only be
    told is an error. ``verify``: judge by what it holds every lock, also one that a commit vouches for.
    """

    environments: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    changes: Changes | None = None
    tracked: bool = False
    strict: bool = False
    verify: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class DriftRun:
    """What a run found: every problem in order, and the state of each environment it looked at."""

    problems: tuple[Problem, ...]
    states: Mapping[str, State]

    @property
    def status(self) -> int:
        """Return the exit status: 1 where there is something to mend."""
        return 1 if has_errors(self.problems) else 0


def _one_after_the_other(look: Callable[[Verdict], DriftReport], verdicts: Sequence[Verdict]) -> list[DriftReport]:
    return [look(verdict) for verdict in verdicts]


def run(project: Project, options: DriftOptions, each: Each = _one_after_the_other) -> DriftRun:
    """Compare the wanted environments with their locks.

    Args:
        project: the repository.
        options: what to look at, and how closely.
        each: applies a function to all verdicts; processes may share the work.

    Raises:
        UsageError: a name is no environment, a platform is asked for by none, or the repository has neither specs
            nor locks.
        CannotDoError: nothing tells what git tracks.
    """
    if options.tracked:
        refuse_outside_of_git(project, "--tracked")
    loaded = _loaded(project, options)
    by = _vouched(project, options)
    looks = _looks(project, loaded.environments, options, by, each)
    if not options.environments:
        changed = options.changes.paths if options.changes else None
        looks += elsewhere(project, loaded.environments, changed, by=by, strict=options.strict)
    if options.strict:
        looks = [Look(verdict=look.verdict, report=look.report.strictly()) for look in looks]
    aliases = () if options.environments else _alias_errors(project, loaded)
    return DriftRun(
        problems=in_order(_told(looks, (*errors(loaded.problems), *aliases))),
        states={str(look.report.environment): look.state for look in looks},
    )


def _told(looks: Sequence[Look], others: Iterable[Problem]) -> list[Problem]:
    """Return what is told of each environment, with its name, and other problems.

    What several environments say of one file is nobody's own.
    """
    told: dict[Problem, set[EnvironmentName]] = {}
    for look in looks:
        for problem in look.problems():
            told.setdefault(problem, set()).add(look.report.environment)
    own = [
        problem if len(names) > 1 else replace(problem, environment=next(iter(names)))
        for problem, names in told.items()
    ]
    return [*own, *(problem for problem in others if problem not in told)]


def _vouched(project: Project, options: DriftOptions) -> Vouched:
    """Return which locks need not be judged by what they hold: none where all are to be verified."""
    believed = vouched(project)
    if options.changes:
        changed = options.changes.paths
        believed = replace(
            believed, differing=changed, before=options.changes.before.read, changed=changed, in_review=True
        )
    return replace(believed, differing=None, in_review=True) if options.verify else believed


def _loaded(project: Project, options: DriftOptions) -> Loaded:
    """Read what is wanted; a repository whose last spec is gone may still hold locks, which are then orphans."""
    try:
        return choose_for_hook(project, options.environments, hook=options.tracked)
    except NoSpecError:
        if not elsewhere(project, ()):
            raise
        return Loaded()


def _looks(
    project: Project, environments: tuple[EnvironmentSpec, ...], options: DriftOptions, by: Vouched, each: Each
) -> list[Look]:
    platforms = chosen_platforms(options.platforms, environments)
    chosen = _affected(project, environments, options.changes)
    verdicts = [judge(project, environment, strict=options.strict) for environment in chosen]

    def look(verdict: Verdict) -> DriftReport:
        return compare(project, verdict, platforms, by=by)

    reports = each(look, verdicts)
    if options.tracked:
        reports = untracked(project, chosen, reports)
    return [Look(verdict=verdict, report=report) for verdict, report in zip(verdicts, reports, strict=True)]


def _affected(
    project: Project, environments: tuple[EnvironmentSpec, ...], changes: Changes | None
) -> tuple[EnvironmentSpec, ...]:
    if changes is None:
        return environments
    from mixlock_hooks.pipeline.drift.affected import affected  # noqa: PLC0415 - most runs look at all

    return affected(project, environments, changes.before, changes.paths)


def _alias_errors(project: Project, loaded: Loaded) -> tuple[Problem, ...]:
    """Check named environments where there are any: a lock that an immutable alias stands for must not change."""
    if project.files.read(aliases_path(project.settings.lock_dir)) is None:
        return ()
    from mixlock_hooks.pipeline.aliases import check_aliases  # noqa: PLC0415 - few repositories have any

    return errors(check_aliases(project, loaded))
