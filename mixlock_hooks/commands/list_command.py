"""List the environments: their specs, modes and platforms, and the state of their locks.

Examples:
  mixlock list
  mixlock list --format json
"""

from __future__ import annotations

import sys
from itertools import chain
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.options import add_format
from mixlock_hooks.commands.telling import say, say_notes, screen_of, tell_problems
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.problem import errors, in_order
from mixlock_hooks.pipeline.aliases import read_aliases
from mixlock_hooks.pipeline.drift.look import look_at
from mixlock_hooks.pipeline.load import load_all
from mixlock_hooks.pipeline.not_read import not_read
from mixlock_hooks.report import environments as environment_report
from mixlock_hooks.shell.repository.clone import untracked

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.project import Project


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    """List every environment; 1 where a file cannot be read, so that the list may be wrong or lack some."""
    project, tree = open_project(args)
    loaded = load_all(project)
    broken = (each.document.problems for each in loaded.environments if each.document.is_unreadable)
    unreadable = in_order(errors(dict.fromkeys((*loaded.problems, *chain.from_iterable(broken)))))
    rows = [
        environment_report.Row(
            environment=environment,
            lock_dir=project.locks.of(environment.name).folder,
            lockfile=project.locks.of(environment.name).path(),
            state=look_at(project, environment).state,
        )
        for environment in loaded.environments
    ]
    sys.stdout.write(environment_report.render(args.format, rows, _aliases(project), screen_of(args, sys.stdout)))
    tell_problems(args, unreadable)
    if not rows:
        say("no spec asks for an environment")
    if not args.quiet:
        read = {path for each in loaded.environments for path in (each.document.path, *each.document.read)}
        say_notes(args, not_read(project, read, untracked(tree.root)))
    return 1 if unreadable else 0


def _aliases(project: Project) -> dict[str, str]:
    """Return what each alias stands for.

    Raises:
        CannotDoError: nobody knows, because their file cannot be read.
    """
    try:
        return {str(alias): target.environment for alias, target in sorted(read_aliases(project).items())}
    except ValueError as error:
        path = aliases_path(project.settings.lock_dir)
        raise CannotDoError(f"{path}: cannot be read: {error}; `mixlock check` tells more") from error
