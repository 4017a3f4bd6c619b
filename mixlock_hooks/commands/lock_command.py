"""Solve the environments that drifted through conda-lock, and write their lockfiles.

Versions of the old lock that still fit are kept. If nothing drifted, nothing is solved and the network is not used.
The result of a dry run is kept for ten minutes, so that the lock that follows need not solve again; ``--force`` does.

Examples:
  mixlock lock
  mixlock lock environment --upgrade-package numpy
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.importing import import_flows
from mixlock_hooks.commands.lock_run import Reporter, add_solving, builds_of, cutoff_of, lock_environments, solving_of
from mixlock_hooks.commands.opening import changes_since, open_project, platforms_of, relative_paths
from mixlock_hooks.commands.options import add_base, add_environments, add_platforms, add_since
from mixlock_hooks.commands.telling import tell_problems
from mixlock_hooks.commands.unapplied import tell_unsolved
from mixlock_hooks.model.drift import DriftReport
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.model.problem import in_order
from mixlock_hooks.pipeline.choose import choose_for_hook
from mixlock_hooks.pipeline.drift.fast import refuse_outside_of_git, untracked
from mixlock_hooks.pipeline.lock.upgrades import parse_upgrades, refuse_unknown

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.drift.run import Changes
    from mixlock_hooks.pipeline.project import Project


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environments(parser)
    add_platforms(parser)
    add_since(parser)
    _add_upgrades(parser)
    _add_checks(parser)
    add_base(parser)
    add_solving(parser)


def _add_upgrades(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("newer versions")
    group.add_argument("--upgrade", action="store_true", help="upgrade everything to the newest versions that fit")
    group.add_argument(
        "--upgrade-package",
        metavar="NAME[>=V]",
        action="append",
        default=[],
        help="upgrade this package to the newest version that fits; fail if that is older than V",
    )
    group.add_argument("--force", action="store_true", help="solve again even if nothing drifted")


def _add_checks(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("look, and write nothing; or fail")
    group.add_argument("--dry-run", action="store_true", help="print what would change, write nothing")
    group.add_argument(
        "--verify",
        action="store_true",
        help="ask channels and indices whether the lock's versions, hashes and requirements still hold; write "
        "nothing, and exit with 1 if they do not",
    )
    group.add_argument(
        "--from-scratch",
        action="store_true",
        help="with --verify, repeat the whole solve from the inputs that the lock records",
    )
    group.add_argument(
        "--fail-on-change",
        action="store_true",
        help="exit with 1 if a lock was written or git does not track it, as the hook does",
    )


def run(args: argparse.Namespace) -> int:
    """Lock; 1 where policy forbids one (or, for a hook, where one was written), 3 where a solve failed."""
    _refuse_nonsense(args)
    project, tree = open_project(args)
    if args.fail_on_change:
        refuse_outside_of_git(project, "--fail-on-change")
    named = relative_paths(args.environments, tree)
    import_flows(args, project, tree, named)
    loaded = choose_for_hook(project, named, hook=args.fail_on_change)
    wanted = _touched(project, loaded.environments, changes_since(args.since, tree) if args.since else None)
    upgrades = parse_upgrades(args.upgrade_package)
    refuse_unknown(project, wanted, (name for name, _bound in upgrades))
    options = LockOptions(
        platforms=platforms_of(args, wanted),
        force=args.force,
        upgrade=args.upgrade,
        upgrade_packages=frozenset(name for name, _bound in upgrades),
        bounds=tuple((name, bound) for name, bound in upgrades if bound),
        builds=builds_of(args, project),
        dry_run=args.dry_run,
        cutoff=cutoff_of(args, project),
        cutoff_asked=bool(args.exclude_newer),
        verify=args.verify,
        from_scratch=args.from_scratch,
        strict=args.strict,
    )
    reporter = Reporter(args)
    results = lock_environments(project, solving_of(args, tree), wanted, options, reporter)
    tell_unsolved(args, results)
    status = max(
        reporter.status(results, fail_on_change=args.fail_on_change or args.verify),
        reporter.tell_errors(loaded.problems),
    )
    return max(status, _tell_untracked(args, project, wanted)) if args.fail_on_change else status


def _refuse_nonsense(args: argparse.Namespace) -> None:
    """Refuse options of which one would make the other mean nothing.

    Raises:
        UsageError: there are such.
    """
    others = {
        "--upgrade": args.upgrade,
        "--upgrade-package": args.upgrade_package,
        "--force": args.force,
        "--dry-run": args.dry_run,
        "--exclude-newer": args.exclude_newer,
    }
    given = [name for name, value in others.items() if value]
    if args.verify and given:
        raise UsageError(f"--verify checks what the lock records and writes nothing; leave out {', '.join(given)}")
    if args.from_scratch and not args.verify:
        raise UsageError("--from-scratch needs --verify; add it, or use --upgrade to lock from scratch")
    if args.upgrade and args.upgrade_package:
        raise UsageError("--upgrade upgrades everything; leave out --upgrade-package or --upgrade")


def _touched(
    project: Project, environments: tuple[EnvironmentSpec, ...], changes: Changes | None
) -> tuple[EnvironmentSpec, ...]:
    """Return the environments that a branch touched; all where nobody asks."""
    if changes is None:
        return environments
    from mixlock_hooks.pipeline.drift.affected import affected  # noqa: PLC0415 - most runs look at all

    touched = affected(project, environments, changes.before, changes.paths)
    if not touched:
        sys.stderr.write("no environment changed on this branch\n")
    return touched


def _tell_untracked(args: argparse.Namespace, project: Project, environments: Sequence[EnvironmentSpec]) -> int:
    """Tell which locks git does not track, for a commit would not hold them; 1 where there are any."""
    fresh = [DriftReport(environment=environment.name, reasons=()) for environment in environments]
    reports = untracked(project, environments, fresh)
    problems = in_order([problem for report in reports for problem in report.problems()])
    tell_problems(args, problems)
    return 1 if problems else 0
