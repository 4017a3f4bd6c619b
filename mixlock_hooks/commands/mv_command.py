"""Move an environment to another spec file: the spec, its lock, and what the configuration says of it.

No package changes, nothing is solved, and git shows renames. Flows are renamed in their files, and an environment
that stands for an alias stays where it is.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.pipeline.relocate import moved
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    from mixlock_hooks.pipeline.relocate import Relocation


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
        write_configuration(args, plan)
        told += _lock_again(args, plan)
    sys.stdout.write(neutral.lines(told))
    return 0


def write_configuration(args: argparse.Namespace, plan: Relocation) -> None:
    """Write the configuration of a relocation where it changes."""
    project, tree = open_project(args)
    if plan.configuration is not None:
        from mixlock_hooks.shell.repository.file_set import write_whole  # noqa: PLC0415 - as above
        from mixlock_hooks.shell.repository.inside import Inside  # noqa: PLC0415

        write_whole(Inside(tree.root).place(project.settings.source), plan.configuration.encode())


def _lock_again(args: argparse.Namespace, plan: Relocation) -> list[str]:
    """Write the lock in its new place: its inputs are the same, so nothing is solved."""
    if not plan.lock:
        return []
    from mixlock_hooks.commands import lock_command  # noqa: PLC0415 - as above

    parser = argparse.ArgumentParser()
    lock_command.configure(parser)
    words = parser.parse_args([environment_name(plan.target)], argparse.Namespace(**{**vars(args), "dry_run": False}))
    if lock_command.run(words) != 0:
        raise CannotDoError(f"{plan.target}: its lock could not be written again: run `mixlock lock`")
    return [f"moved the lock of {plan.environment}"]
