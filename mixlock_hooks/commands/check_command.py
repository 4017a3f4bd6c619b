"""Read specs and report every problem in them with path:line:col. Nothing is solved, written or fetched.

Examples:
  mixlock check
  mixlock check envs/gpu.yml --format github
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.options import add_base, add_format
from mixlock_hooks.commands.telling import closing, say, say_notes, tell_problems, write_problems
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.pipeline.check import check
from mixlock_hooks.pipeline.choose import specs_below
from mixlock_hooks.pipeline.load import Loaded, joined, load_all, load_composed, load_each, spec_paths
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.report.count import counted
from mixlock_hooks.rules.discovery import parts

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="spec files with any name, or folders (default: all specs)",
    )
    add_base(parser)
    parser.add_argument(
        "--strict", action="store_true", help="treat an environment that cannot be locked as an error"
    )
    add_format(parser, *problem_report.FORMS)
    parser.set_defaults(reports_problems=True)


def run(args: argparse.Namespace) -> int:
    """Check the named specs, or all; 1 where there is something to fix."""
    project, tree = open_project(args)
    loaded = _loaded(args.paths, project, tree)
    extra = _alias_problems(project, loaded, everything=not args.paths)
    result = check(project, replace(loaded, problems=(*loaded.problems, *extra)), strict=args.strict)
    if args.format != "text":
        write_problems(args, result.problems, checked=result.checked)
        return result.status
    tell_problems(args, result.problems, sys.stdout)
    if not args.quiet:
        specs = counted(result.checked, "spec")
        told = problem_report.tally(result.problems)
        say_notes(args, _notes_on_named(args.paths, loaded, tree) if args.paths else _notes(project))
        say(f"checked {specs}: {told}{closing(args, result.problems)}")
    return result.status


def _notes_on_named(words: list[str], loaded: Loaded, tree: WorkTree) -> tuple[str, ...]:
    from mixlock_hooks.pipeline.not_read import asking_for_nothing  # noqa: PLC0415 - hooks are quiet

    return tuple(asking_for_nothing(loaded, (tree.relative(word, Path.cwd()) for word in words)))


def _notes(project: Project) -> tuple[str, ...]:
    """Return what a check of everything says of the configuration and the hooks."""
    from mixlock_hooks.pipeline.not_read import (  # noqa: PLC0415 - as above
        idle_patterns,
        untracked_configuration,
    )
    from mixlock_hooks.pipeline.unseen_specs import unseen_specs  # noqa: PLC0415 - as above

    return (*untracked_configuration(project), *idle_patterns(project), *unseen_specs(project))


def _alias_problems(project: Project, loaded: Loaded, *, everything: bool) -> tuple[Problem, ...]:
    """Check named environments where there are any, or where all is checked."""
    has_aliases = project.files.read(aliases_path(project.settings.lock_dir)) is not None
    if not (everything or loaded.named or has_aliases):
        return ()
    from mixlock_hooks.pipeline.aliases import check_aliases  # noqa: PLC0415 - few repositories have any

    return check_aliases(project, loaded)


def _loaded(words: list[str], project: Project, tree: WorkTree) -> Loaded:
    if not words:
        return load_all(project)
    paths = dict.fromkeys(path for word in words for path in _files(word, project, tree))
    of_others = parts(project.settings)
    own = [path for path in paths if path not in of_others]
    of_several = [
        name for name, found in project.settings.environments.items() if not paths.keys().isdisjoint(found.files)
    ]
    return joined((load_each(project, own), *(load_composed(project, name) for name in of_several)))


def _is_below(root: Path, word: str) -> bool:
    """Return whether a path leads to something from the root and not from here: so hints and places name it."""
    return not Path(word).is_absolute() and not Path(word).exists() and (root / word).exists()


def _files(word: str, project: Project, tree: WorkTree) -> list[str]:
    """Return the specs a word names: a file itself, of a folder those that discovery finds in it."""
    path = word if _is_below(tree.root, word) else tree.relative(word, Path.cwd())
    if not (tree.root / path).is_dir():
        return [path]
    found = specs_below(path, spec_paths(project))
    if not found:
        raise UsageError(f"{word}: no spec in this folder")
    return found
