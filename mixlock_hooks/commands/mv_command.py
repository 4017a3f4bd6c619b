"""Move an environment to another spec file: the spec, its lock, its aliases and its configuration.

No package changes, nothing is solved, and git shows renames. An environment of several files gets another name, and
its files stay. Flows are renamed in their files. Immutable aliases keep the lock that they stand for.

Examples:
  mixlock mv environment envs/environment.yml
  mixlock mv envs/env-old.yml envs/env-new.yml
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.lock_run import Reporter, Solving, lock_environments, open_conda_lock
from mixlock_hooks.commands.opening import open_project, target_path
from mixlock_hooks.commands.relocating import keep_tags, stage, told_of, write_configuration
from mixlock_hooks.commands.telling import say_lines
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.pipeline.aliases import follow, give, write
from mixlock_hooks.pipeline.choose import choose
from mixlock_hooks.pipeline.relocate import moved

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.relocate import Relocation


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("environment", metavar="OLD", help="an environment, or the path of its spec")
    parser.add_argument("target", metavar="NEW", help="the new path of the spec; of several files, the new name")
    parser.add_argument("--dry-run", action="store_true", help="print what would be moved, move nothing")


def run(args: argparse.Namespace) -> int:
    """Move an environment; where its lock cannot be written again, say how to go on."""
    from mixlock_hooks.shell.repository.moves import move  # noqa: PLC0415 - only a move needs it
    from mixlock_hooks.shell.tools import require_lock_extra  # noqa: PLC0415

    require_lock_extra()
    project, tree = open_project(args)
    wanted = tree.spelled(args.environment)
    is_name = wanted in project.settings.environments
    plan = moved(project, wanted, args.target if is_name else target_path(args.target, tree))
    verb = "would move" if args.dry_run else "moved"
    told = [f"{verb} {plan.spec or plan.environment.name} to {plan.target}"]
    if args.dry_run:
        told += [f"{verb} {path}" for path in plan.lock if path not in project.settings.lock_places.roots]
        told += [f"would write the lock of {name} again, which may name the spec" for name in plan.carried]
    else:
        keep_tags(project, plan)
        if plan.spec:
            move(tree.root, plan.spec, plan.target)
        for old, new in plan.beside:
            move(tree.root, old, new)
        write_configuration(project, tree.root, plan)
        told += _lock_again(args, plan)
    staging = [] if args.dry_run else stage(args, plan)
    say_lines((*told, *told_of(project, plan, dry_run=args.dry_run), *staging), sys.stdout)
    return 0


def _lock_again(args: argparse.Namespace, plan: Relocation) -> list[str]:
    """Write the lock in its new place, and those that name the spec: their inputs are the same, nothing is solved."""
    if not (plan.lock or plan.carried):
        return []
    project, tree = open_project(args)
    if plan.movable:  # a folder that an alias stands for would not be moved
        write(project, follow(project, plan.movable, plan.name))
    reporter, solving = Reporter(args), Solving(root=tree.root, jobs=1, engines=open_conda_lock)
    wanted = choose(project, [*([plan.name] if plan.lock else ()), *plan.carried]).environments
    results = lock_environments(project, solving, wanted, LockOptions(moved_from=plan.environment.name), reporter)
    if reporter.status(results, fail_on_change=False) != 0:
        raise CannotDoError(f"moved to {plan.target}, but its lock could not be written there: run `mixlock lock`")
    if plan.movable:
        write(project, give(project, wanted[0], plan.movable))
    return [f"moved the lock of {plan.environment.name}"] if plan.lock else []
