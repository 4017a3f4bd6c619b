"""Show what ``mixlock lock --upgrade`` would change, without writing anything.

Channels and indices are asked for the newest versions that fit the specs. Yanked versions are reported too.

Examples:
  mixlock outdated
  mixlock outdated environment --fail --format json
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.commands.lock_run import Reporter, add_solving, builds_of, cutoff_of, lock_environments, solving_of
from mixlock_hooks.commands.opening import open_project, platforms_of, relative_paths
from mixlock_hooks.commands.options import add_environments, add_format, add_platforms
from mixlock_hooks.commands.telling import say, tell_result, typed
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.model.way_out import locking
from mixlock_hooks.pipeline.choose import choose
from mixlock_hooks.report import outdated

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.model.environment import EnvironmentSpec


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    parser.add_argument("--fail", action="store_true", help="exit with 1 if anything is outdated")
    add_format(parser, *outdated.FORMS)
    add_solving(parser)
    parser.set_defaults(dry_run=True, upgrade=True)


def run(args: argparse.Namespace) -> int:
    """Tell what is outdated; 1 where there is no lock yet, 3 where a solve failed, so that nobody knows."""
    project, tree = open_project(args)
    loaded = choose(project, relative_paths(args.environments, tree))
    options = LockOptions(
        platforms=platforms_of(args, loaded.environments),
        upgrade=True,
        dry_run=True,
        builds=builds_of(args, project),
        cutoff=cutoff_of(args, project),
        strict=args.strict,
    )
    reporter = Reporter(args, silent=True)
    wanted: list[EnvironmentSpec] = []
    unlocked: list[EnvironmentSpec] = []
    for found in loaded.environments:
        (wanted if project.locks.of(found.name).names() else unlocked).append(found)
    results = lock_environments(project, solving_of(args, tree), wanted, options, reporter)
    for found in unlocked:
        way_out = typed(args, locking(found.name).words)
        say(f"{found.name}: has no lock yet; {way_out}")
    tell_result(args, outdated.FORMS[args.format](results))
    is_outdated = args.fail and any(result.changes for result in results)
    status = max(reporter.status(results, fail_on_change=False), reporter.tell_errors(loaded.problems))
    return max(status, int(is_outdated or bool(unlocked)))
