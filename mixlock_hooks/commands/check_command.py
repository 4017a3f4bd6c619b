"""Read specs and report every problem in them with path:line:col. Nothing is solved, written or fetched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.parsing import add_format
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.pipeline.check import check
from mixlock_hooks.pipeline.load import Project, load, load_all
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.rules.discovery import discover
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.shell.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        nargs="*",
        help="spec files, whatever their names, or folders (default: all specs)",
    )
    add_format(parser, *problem_report.FORMS)


def run(args: argparse.Namespace) -> int:
    """Check the named specs, or all; 1 where there is something to fix."""
    project, tree = open_project(args)
    result = check(_environments(args.paths, project, tree), project.settings, shipped)
    sys.stdout.write(problem_report.render(args.format, result.problems, checked=result.checked))
    if args.format == "text" and not args.quiet:
        specs = "1 spec" if result.checked == 1 else f"{result.checked} specs"
        sys.stderr.write(f"checked {specs}: {problem_report.tally(result.problems)}\n")
    return 1 if has_errors(result.problems) else 0


def _environments(words: list[str], project: Project, tree: WorkTree) -> Iterable[EnvironmentSpec]:
    if not words:
        return load_all(project)
    paths = dict.fromkeys(path for word in words for path in _files(word, project, tree))
    return [environment for path in paths for environment in load(project, path)]


def _files(word: str, project: Project, tree: WorkTree) -> list[str]:
    """Return the specs a word names: a file itself, of a folder those that discovery finds in it."""
    path = tree.relative(word, Path.cwd())
    if not (tree.root / path).is_dir():
        return [path]
    prefix = "" if path == "." else f"{path}/"
    found = [spec for spec in discover(project.repository.tracked(), project.settings) if spec.startswith(prefix)]
    if not found:
        raise UsageError(f"{word}: no spec in this folder")
    return found
