"""Remove an environment: its spec, its lock, its aliases, and its configuration.

Files that git tracks are removed from its index too, and only if they are unchanged. The files of an environment of
several stay. Immutable aliases keep the lock that they stand for.

Examples:
  mixlock rm environment
  mixlock rm envs/gpu
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.relocating import keep_tags, stage, told_of, write_configuration
from mixlock_hooks.commands.telling import say_lines
from mixlock_hooks.pipeline.aliases import drop, write
from mixlock_hooks.pipeline.relocate import removed

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("environment", metavar="ENV", help="an environment, or the path of its spec")
    parser.add_argument("--dry-run", action="store_true", help="print what would be removed, remove nothing")


def run(args: argparse.Namespace) -> int:
    """Remove an environment."""
    from mixlock_hooks.shell.repository.moves import remove  # noqa: PLC0415 - only this needs it
    from mixlock_hooks.shell.tools import require_lock_extra  # noqa: PLC0415

    require_lock_extra()
    project, tree = open_project(args)
    plan = removed(project, tree.spelled(args.environment))
    paths = (*filter(None, (plan.spec,)), *plan.lock)
    verb = "would remove" if args.dry_run else "removed"
    told = [f"{verb} {path}" for path in paths]
    if not plan.spec:
        told.append(f"{verb} the environment {plan.environment.name} from {project.settings.source}; its files stay")
    if not args.dry_run:
        keep_tags(project, plan)
        remove(tree.root, paths)
        write_configuration(project, tree.root, plan)
        if plan.movable:
            write(project, drop(project, plan.movable))
    staging = [] if args.dry_run else stage(args, plan)
    say_lines((*told, *told_of(project, plan, dry_run=args.dry_run), *staging), sys.stdout)
    return 0
