"""Lock a spec file that is not in the configuration, under an alias if you like, which flows can name.

The lock stands beside the others, named by the file's path. An alias is NAME[:TAG]; the tags latest, candidate
and stable may move to another lock later; any other tag is permanent.

Examples:
  mixlock resolve -f requirements.txt
  mixlock resolve -f envs/shared.yml --alias shared:v1
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.lock_run import Reporter, add_solving, builds_of, cutoff_of, lock_environments, solving_of
from mixlock_hooks.commands.opening import open_project, platforms_of
from mixlock_hooks.commands.options import add_base, add_platforms
from mixlock_hooks.commands.unapplied import tell_unsolved
from mixlock_hooks.model.alias import Alias, alias
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.lock_options import LockOptions
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.pipeline.aliases import (
    frozen_by,
    give,
    kept_by,
    refuse_change,
    refuse_taken,
    set_aside,
    write,
)
from mixlock_hooks.pipeline.choose import refuse_nothing
from mixlock_hooks.pipeline.load import load, load_composed
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.load import Loaded
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument(
        "-f",
        "--file",
        required=True,
        action="append",
        dest="files",
        help="the spec: environment.yml, requirements.txt or a flow; repeat it for an environment of several files",
    )
    parser.add_argument(
        "--alias",
        metavar="NAME[:TAG]",
        type=_alias,
        action="append",
        default=[],
        help="a name for it; may be repeated",
    )
    add_platforms(parser)
    add_base(parser)
    parser.add_argument("--force", action="store_true", help="solve again even if nothing drifted")
    parser.add_argument("--upgrade", action="store_true", help="upgrade everything to the newest versions that fit")
    add_solving(parser)
    parser.set_defaults(dry_run=False)


def _alias(text: str) -> Alias:
    try:
        return alias(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(args: argparse.Namespace) -> int:
    """Lock the file, then give the aliases."""
    project, tree = open_project(args)
    named = " ".join(args.files)
    loaded = _loaded(project, [tree.spelled(file) for file in args.files])
    if args.alias and len(loaded.environments) != 1:
        raise UsageError(f"{named}: an alias is for one environment, this asks for {len(loaded.environments)}")
    for environment in loaded.environments:
        again = args.force or args.upgrade
        _refuse_taken(project, environment, args.alias, again=again)
        _set_aside(project, tree, environment, again=again)
    options = LockOptions(
        platforms=platforms_of(args, loaded.environments),
        force=args.force,
        upgrade=args.upgrade,
        builds=builds_of(args, project),
        cutoff=cutoff_of(args, project),
        strict=args.strict,
    )
    reporter = Reporter(args)
    results = lock_environments(project, solving_of(args, tree), loaded.environments, options, reporter)
    tell_unsolved(args, results)
    status = max(reporter.status(results, fail_on_change=False), reporter.tell_errors(loaded.problems))
    if args.alias and any(result.unlockable for result in results):
        raise UsageError(f"{named}: no alias was given, for it stands for a lock, and this cannot be locked")
    if status == 0 and args.alias:
        _give(project, tree, loaded.environments[0], args.alias)
    return status


def _loaded(project: Project, files: list[str]) -> Loaded:
    """Read one file, or the configured environment that is made of several.

    Raises:
        UsageError: there is no such file, or no such environment, or the file asks for none.
    """
    if len(files) == 1:
        loaded = load(project, files[0])
        refuse_nothing(loaded, files)
        return loaded
    for name, composed in project.settings.environments.items():
        if list(composed.specs) == files and not composed.virtual_packages:
            return load_composed(project, name)
    listed = ", ".join(f'"{file}"' for file in files)
    raise UsageError(
        "several files are one environment where the configuration says so, or nobody could tell later what its lock "
        f"is for: add `[tool.mixlock.environments.NAME]` with `specs = [{listed}]`"
    )


def _give(project: Project, tree: WorkTree, environment: EnvironmentSpec, wanted: list[Alias]) -> None:
    """Give the aliases while no other run reads or writes them; one may have been taken meanwhile."""
    from mixlock_hooks.shell.repository.repository_lock import repository_lock  # noqa: PLC0415 - only a solve needs it

    with repository_lock(tree.root):
        _refuse_taken(project, environment, wanted)
        content = give(project, environment, wanted)
        write(project, content)
    names = ", ".join(str(name) for name in wanted)
    given = f"{environment.name}: known as {names} in {aliases_path(project.settings.lock_dir)}"
    sys.stdout.write(neutral.text(given))


def _set_aside(project: Project, tree: WorkTree, environment: EnvironmentSpec, *, again: bool) -> None:
    """Keep the lock that immutable aliases stand for, where it would be another one now."""
    frozen = kept_by(project, environment) if again else frozen_by(project, environment)
    if not frozen:
        return
    from mixlock_hooks.shell.repository.repository_lock import repository_lock  # noqa: PLC0415 - as above

    with repository_lock(tree.root):
        set_aside(project, environment, frozen)
    names = ", ".join(map(str, frozen))
    sys.stderr.write(f"{environment.name}: {names} keeps its lock, in {environment.name}@{frozen[0].tag}\n")


def _refuse_taken(
    project: Project, environment: EnvironmentSpec, wanted: list[Alias], *, again: bool = False
) -> None:
    """Refuse a change of what immutable aliases stand for, unless a new tag is given to what is locked now."""
    try:
        kept = kept_by(project, environment) if again else ()
        if all(name.movable or name in kept for name in wanted):
            refuse_change(project, environment, again=again)
        refuse_taken(project, environment, wanted)
    except ValueError as error:
        raise UsageError(str(error)) from error
