"""Return whether each lock still says what its spec says, and exactly what differs.

Nothing is solved or written, and the network is never used.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, platforms_of, relative_paths
from mixlock_hooks.commands.parsing import add_base, add_environments, add_format, add_jobs, add_platforms
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.problem import errors, has_errors, in_order
from mixlock_hooks.pipeline.drift.fast import drift, elsewhere, untracked
from mixlock_hooks.pipeline.load import Loaded, NoSpecError, choose
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.references import references

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from mixlock_hooks.model.drift import DriftReport
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    parser.add_argument(
        "--tracked", action="store_true", help="a lock that git does not track is drift too, as the hook asks"
    )
    parser.add_argument(
        "--since",
        metavar="REV",
        help="only what changed since this branch left REV: specs and what they read, locks, configuration",
    )
    parser.add_argument("--strict", action="store_true", help="a lock with a stale stamp is drift too")
    parser.add_argument(
        "--verify", action="store_true", help="judge every package of every lock, also where the record says fresh"
    )
    add_base(parser)
    add_jobs(parser, "processes for --verify")
    add_format(parser, *problem_report.FORMS)


def run(args: argparse.Namespace) -> int:
    """Compare the named environments, or all, with their locks; 1 where one drifted or cannot be read."""
    project, tree = open_project(args)
    loaded = _loaded(project, relative_paths(args.environments, tree), hook=args.tracked)
    environments = loaded.environments
    changed = None
    if args.since:
        environments, changed = _affected_since(args.since, project, tree, environments)
    platforms = platforms_of(args, loaded.environments)
    readable = [environment for environment in environments if not _unreadable(environment)]

    def look(environment: EnvironmentSpec) -> DriftReport:
        return drift(project, environment, platforms, verify=args.verify)

    reports = _each(look, readable, args.jobs) if args.verify else [look(environment) for environment in readable]
    if args.tracked:
        reports = untracked(project, readable, reports)
    if not args.environments:
        reports += elsewhere(project, loaded.environments, changed, verify=args.verify)
    if args.strict:
        reports = [
            replace(report, reasons=(*report.reasons, *report.stale, *report.unbuilt), stale=(), unbuilt=())
            for report in reports
        ]
    judged = [(environment.name, _invalid(environment)) for environment in environments]
    problems = in_order(
        [
            *errors(loaded.problems),
            *(problem for _name, found in judged for problem in found),
            *(problem for report in reports for problem in report.problems()),
            *([] if args.environments else _alias_errors(project, loaded)),
        ]
    )
    invalid = {name for name, found in judged if found}
    states = {str(report.environment): _state(report, invalid) for report in reports}
    sys.stdout.write(problem_report.render(args.format, problems, environments=states))
    if args.format == "text" and not args.quiet:
        sys.stderr.write(_summary(states, len(environments) - len(readable)))
    return 1 if has_errors(problems) else 0


def _loaded(project: Project, wanted: list[str], *, hook: bool) -> Loaded:
    """Read what is wanted; a repository whose last spec is gone may still hold locks, which are then orphans.

    A hook runs on every commit of every repository that lists it: it passes where there is neither spec nor lock.
    """
    try:
        return choose(project, wanted)
    except NoSpecError:
        if not (hook or elsewhere(project, ())):
            raise
        return Loaded()


def _each(
    look: Callable[[EnvironmentSpec], DriftReport], readable: list[EnvironmentSpec], jobs: int
) -> list[DriftReport]:
    from mixlock_hooks.shell.parallel import each  # noqa: PLC0415 - its imports cost more than the fast path

    return each(look, readable, jobs)


def _affected_since(
    revision: str, project: Project, tree: WorkTree, environments: tuple[EnvironmentSpec, ...]
) -> tuple[tuple[EnvironmentSpec, ...], frozenset[str]]:
    """Return the environments that changed since this branch left a revision, and every path that did."""
    from mixlock_hooks.pipeline.drift.affected import affected  # noqa: PLC0415 - most runs look at all
    from mixlock_hooks.shell.repository.revisions import Revision  # noqa: PLC0415

    before = Revision(tree.root, revision, merge_base_with="HEAD")
    changed = before.changed()
    return affected(project, environments, before, changed), changed


def _alias_errors(project: Project, loaded: Loaded) -> list[Problem]:
    """Check named environments where there are any: a lock that an immutable alias stands for must not change."""
    if project.files.read(aliases_path(project.settings.lock_dir)) is None:
        return []
    from mixlock_hooks.pipeline.aliases import check_aliases  # noqa: PLC0415 - few repositories have any

    return list(errors(check_aliases(project, loaded)))


def _unreadable(environment: EnvironmentSpec) -> tuple[Problem, ...]:
    """Return the problems of reading a spec: a lock cannot be compared with what cannot be read."""
    problems = environment.document.problems
    return problems if has_errors(problems) else ()


def _invalid(environment: EnvironmentSpec) -> tuple[Problem, ...]:
    """Return why no lock could hold what a spec asks for: it cannot be read, or it asks for git, a path, a URL."""
    return _unreadable(environment) or policy.unlockable(tuple(references(environment)))


def _state(report: DriftReport, invalid: AbstractSet[EnvironmentName]) -> str:
    if not report.fresh:
        return "drifted"
    if report.stale:
        return "stale"
    return "invalid" if report.environment in invalid else "fresh"


def _summary(states: Mapping[str, str], unreadable: int) -> str:
    counts = Counter(states.values())
    words = [f"{counts['fresh']} fresh", f"{counts['drifted']} drifted"]
    if counts["stale"]:
        words.insert(1, f"{counts['stale']} fresh with a stale stamp")
    if counts["invalid"]:
        words.append(f"{counts['invalid']} with entries that no lock can hold")
    if unreadable:
        words.append(f"{unreadable} with specs that cannot be read")
    return ", ".join(words) + "\n"
