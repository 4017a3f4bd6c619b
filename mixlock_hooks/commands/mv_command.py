"""Move an environment to another spec file: the spec, its lock, and what the configuration says of it.

No package changes, nothing is solved, and git shows renames. Flows are renamed in their files, and an environment
that stands for an alias stays where it is.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.lock_run import Reporter, Solving, lock_environments, open_conda_lock
from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.pipeline.choose import choose
from mixlock_hooks.pipeline.relocate import moved
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.pipeline.relocate import Relocation
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("environment", metavar="OLD", help="an environment, or the path of its spec")
    parser.add_argument("target", metavar="NEW", help="the new path of the spec")
    parser.add_argument("--dry-run", action="store_true", help="print what would be moved, move nothing")


def run(args: argparse.Namespace) -> int:
    """Move an environment; where its lock cannot be written again, say how to go on."""
    from mixlock_hooks.shell.repository.moves import move  # noqa: PLC0415 - only a move needs it
    from mixlock_hooks.shell.tools import require_lock_extra  # noqa: PLC0415

    require_lock_extra()
    project, tree = open_project(args)
    plan = moved(project, tree.spelled(args.environment), args.target)
    verb = "would move" if args.dry_run else "moved"
    told = [f"{verb} {plan.spec} to {plan.target}"]
    if args.dry_run:
        told += [f"{verb} {path}" for path in plan.lock]
    else:
        move(tree.root, plan.spec, plan.target, tree.tracked())
        write_configuration(project, tree, plan)
        told += _lock_again(args, plan)
    sys.stdout.write(neutral.lines(told))
    return 0


def write_configuration(project: Project, tree: WorkTree, plan: Relocation) -> None:
    """Write the configuration of a relocation where it changes."""
    if plan.configuration is not None:
        from mixlock_hooks.shell.repository.file_set import write_whole  # noqa: PLC0415 - as above
        from mixlock_hooks.shell.repository.inside import Inside  # noqa: PLC0415

        write_whole(Inside(tree.root).place(project.settings.source), plan.configuration.encode())


def _lock_again(args: argparse.Namespace, plan: Relocation) -> list[str]:
    """Write the lock in its new place: its inputs are the same, so nothing is solved."""
    if not plan.lock:
        return []
    project, tree = open_project(args)
    reporter, solving = Reporter(args), Solving(root=tree.root, jobs=1, engines=open_conda_lock)
    wanted = choose(project, [environment_name(plan.target)]).environments
    results = lock_environments(project, solving, wanted, LockOptions(), reporter)
    if reporter.status(results, fail_on_change=False) != 0:
        raise CannotDoError(f"{plan.target}: its lock could not be written again: run `mixlock lock`")
    return [f"moved the lock of {plan.environment}"]
