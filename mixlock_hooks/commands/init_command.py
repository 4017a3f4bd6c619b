"""Start using mixlock here: find specs, add the hooks and what merges need, and configure where needed.

What is already there stays, including comments; a second run changes nothing.
Nothing is solved: `mixlock lock` comes next. A repository with locks of conda-lock starts with `mixlock adopt`.

Examples:
  mixlock init --dry-run
  mixlock init --ci github
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.telling import say, say_lines, tell_problems
from mixlock_hooks.model.first_steps import CiExample
from mixlock_hooks.pipeline.check import check
from mixlock_hooks.pipeline.init import first_steps
from mixlock_hooks.pipeline.init_ci import with_ci
from mixlock_hooks.pipeline.load import NoSpecError, load_all
from mixlock_hooks.shell.ci_example import SERVICES, ci_example
from mixlock_hooks.shell.installation import installed_from
from mixlock_hooks.shell.repository.clone import has_commit_hook, has_merge_driver, set_merge_driver

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--ci", choices=SERVICES, help="also write the workflow that checks locks on this CI service")
    parser.add_argument("--dry-run", action="store_true", help="print what would be written, write nothing")


def run(args: argparse.Namespace) -> int:
    """Write what is missing; 1 where a file that is there keeps something from being added."""
    from mixlock_hooks.shell.tools import require_lock_extra  # noqa: PLC0415 - a wrong call needs it not

    require_lock_extra()
    project, tree = open_project(args)
    installed = installed_from()
    steps = first_steps(project, installed)
    if args.ci:
        steps = with_ci(steps, project, installed, CiExample(service=args.ci, text=ci_example(args.ci)))
    verb = "would write" if args.dry_run else "wrote"
    if not args.dry_run:
        from mixlock_hooks.shell.repository.moves import write_texts  # noqa: PLC0415 - a dry run writes nothing

        write_texts(tree.root, steps.files)
    say_lines((*steps.found, *(f"{verb} {path}" for path in steps.files)), sys.stdout)
    for note in steps.notes:
        say(f"note: {note}")
    if _has_problems(project):
        say("note: the specs have problems, which keep them from being locked: `mixlock check` lists them")
    tell_problems(args, steps.problems)
    _tell_next(tree, wrote=bool(steps.files), lacks=bool(steps.notes or steps.problems))
    return 1 if steps.problems else 0


def _tell_next(tree: WorkTree, *, wrote: bool, lacks: bool) -> None:
    """Say what is left to do: in this clone, for git carries neither merge drivers nor hooks, and then."""
    if not tree.is_in_git:
        say("note: this is not in a git repository, which hooks and merges of locks need: `git init`, `git add .`")
    elif not has_merge_driver(tree.root):
        say(f"note: run this once in each clone, so that git merges locks:\n  {set_merge_driver()}")
    installing = [] if has_commit_hook(tree.root) else ["`pre-commit install` once in each clone"]
    locking = ["`mixlock lock`, then commit"] if wrote else []
    if not wrote:
        say("nothing to write" if lacks else "nothing to write: all of it is in place")
    if installing or locking:
        say(f"next: {', '.join((*installing, *locking))}")


def _has_problems(project: Project) -> bool:
    """Return whether a check fails; where only files of other names were found, there is nothing to check yet."""
    try:
        return check(project, load_all(project)).status != 0
    except NoSpecError:
        return False
