"""Say whether each lock still says what its spec says, and exactly what differs.

Nothing is solved or written, and the network is never used.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, platforms_of, relative_paths
from mixlock_hooks.commands.parsing import add_environments, add_format, add_platforms
from mixlock_hooks.model.problem import Severity, has_errors, in_order
from mixlock_hooks.pipeline.drift import drift, elsewhere, untracked
from mixlock_hooks.pipeline.load import choose
from mixlock_hooks.report import problems as problem_report

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.model.drift import DriftReport
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.problem import Problem


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    parser.add_argument(
        "--tracked", action="store_true", help="a lock that git does not track is drift too, as the hook asks"
    )
    add_format(parser, *problem_report.FORMS)


def run(args: argparse.Namespace) -> int:
    """Compare the named environments, or all, with their locks; 1 where one drifted or cannot be read."""
    project, tree = open_project(args)
    loaded = choose(project, relative_paths(args.environments, tree))
    environments = loaded.environments
    platforms = platforms_of(args, environments)
    readable = [environment for environment in environments if not _unreadable(environment)]
    reports = [drift(project, environment, platforms) for environment in readable]
    if args.tracked:
        reports = untracked(project, readable, reports)
    if not args.environments:
        reports += elsewhere(project, environments)
    problems = in_order(
        [
            *(problem for problem in loaded.problems if problem.severity is Severity.ERROR),
            *(problem for environment in environments for problem in _unreadable(environment)),
            *(problem for report in reports for problem in report.problems()),
        ]
    )
    states = {str(report.environment): "fresh" if report.fresh else "drifted" for report in reports}
    sys.stdout.write(problem_report.render(args.format, problems, environments=states))
    if args.format == "text" and not args.quiet:
        sys.stderr.write(_summary(reports, len(environments) - len(readable)))
    return 1 if problems else 0


def _unreadable(environment: EnvironmentSpec) -> tuple[Problem, ...]:
    """Return the problems of reading a spec: a lock cannot be compared with what cannot be read."""
    problems = environment.document.problems
    return problems if has_errors(problems) else ()


def _summary(reports: list[DriftReport], unreadable: int) -> str:
    fresh = sum(report.fresh for report in reports)
    words = [f"{fresh} fresh", f"{len(reports) - fresh} drifted"]
    if unreadable:
        words.append(f"{unreadable} with specs that cannot be read")
    return ", ".join(words) + "\n"
