"""Report which locks no longer match their specs, and exactly what differs.

Nothing is solved or written, and the network is never used.

Examples:
  mixlock drift
  mixlock drift --since origin/main --format github
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import changes_since, open_project, relative_paths
from mixlock_hooks.commands.options import add_base, add_environments, add_format, add_jobs, add_platforms, add_since
from mixlock_hooks.commands.telling import closing, say, tell_problems, write_problems
from mixlock_hooks.pipeline.drift.run import DriftOptions
from mixlock_hooks.pipeline.drift.run import run as run_drift
from mixlock_hooks.report import drift as drift_report
from mixlock_hooks.report import problems as problem_report

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from mixlock_hooks.model.drift import DriftReport
    from mixlock_hooks.rules.policy import Verdict


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    parser.add_argument(
        "--tracked", action="store_true", help="also report a lock that git does not track, as the hook does"
    )
    add_since(parser)
    parser.add_argument(
        "--strict",
        action="store_true",
        help="also report a lock with a stale stamp, and treat an environment that cannot be locked as an error",
    )
    parser.add_argument(
        "--verify", action="store_true", help="check every package of every lock, even where the stamp says fresh"
    )
    add_base(parser)
    add_jobs(parser, "how many processes --verify uses (default: one for each CPU)")
    add_format(parser, *problem_report.FORMS)
    parser.set_defaults(reports_problems=True)


def run(args: argparse.Namespace) -> int:
    """Compare the named environments, or all, with their locks; 1 where one drifted or cannot be read."""
    project, tree = open_project(args)
    options = DriftOptions(
        environments=tuple(relative_paths(args.environments, tree)),
        platforms=tuple(args.platforms),
        changes=changes_since(args.since, tree) if args.since else None,
        tracked=args.tracked,
        strict=args.strict,
        verify=args.verify,
    )
    done = run_drift(project, options, _in_processes(args.jobs)) if args.verify else run_drift(project, options)
    if args.format != "text":
        write_problems(args, done.problems, environments=done.states)
        return done.status
    tell_problems(args, done.problems, sys.stdout, brief=args.quiet > 0)
    if not args.quiet:
        say(f"{drift_report.summary(done.states.values())}{closing(args, done.problems)}")
    return done.status


def _in_processes(
    jobs: int,
) -> Callable[[Callable[[Verdict], DriftReport], Sequence[Verdict]], list[DriftReport]]:
    from mixlock_hooks.shell.parallel import each  # noqa: PLC0415 - its imports cost more than the fast path

    return lambda look, verdicts: each(look, verdicts, jobs)
