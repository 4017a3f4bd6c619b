"""What the commands share that install a locked environment: where it goes, and what is said of it."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.build_limits import MEBIBYTE, add_build_limits
from mixlock_hooks.commands.opening import open_project, refuse_own, spelled_environment
from mixlock_hooks.commands.options import add_environment, add_platform
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.installation.locked_environment import LockedEnvironment

_FOLDER = ".mixlock"


def add_installing(parser: argparse.ArgumentParser) -> None:
    """Add what every command that installs takes."""
    add_environment(parser)
    parser.add_argument(
        "--prefix", metavar="DIR", help="the folder to install into (default: .mixlock/ENV in the repository)"
    )
    add_platform(parser, "this machine's")
    parser.add_argument("--wheelhouse", metavar="DIR", help="a folder of wheels to use (default: the repository's)")
    parser.add_argument("--keep-extra", action="store_true", help="keep packages that are not in the lock")
    parser.add_argument("--link-scripts", action="store_true", help="run the post-link scripts of packages")
    add_build_limits(parser)


def locked_of(args: argparse.Namespace) -> LockedEnvironment:
    """Read the lock that is to be installed.

    Raises:
        UsageError: there is none of that name, or it is not for this machine.
        CannotDoError: the extra that installs is missing.
    """
    from mixlock_hooks.shell import tools  # noqa: PLC0415 - only an installation needs these

    tools.require_lock_extra()
    from mixlock_hooks.installation.locked_environment import read_locked  # noqa: PLC0415

    project, tree = open_project(args)
    return read_locked(project, tree, spelled_environment(args, tree), args.platform)


def prefix_of(args: argparse.Namespace, locked: LockedEnvironment) -> Path:
    """Return where a locked environment goes.

    Raises:
        UsageError: that is git's own, or among the locks.
    """
    if args.prefix:
        refuse_own(locked.tree, locked.project, Path(args.prefix), f"--prefix {args.prefix}")
        return Path(os.path.abspath(args.prefix))  # noqa: PTH100 - a link must stay one, to be refused
    return locked.tree.root / _FOLDER / locked.found.name


def install(args: argparse.Namespace, locked: LockedEnvironment, prefix: Path, *, tells: bool = True) -> None:
    """Make a prefix what a lock says, and say what became of it.

    Args:
        args: the command's.
        locked: the lock.
        prefix: the prefix.
        tells: say also that all is well.

    Raises:
        UsageError: the lock does not hold, or the folder may not be replaced.
        CannotDoError: a package cannot be had, or a build failed.
    """
    from mixlock_hooks.installation.locked_environment import Options, make  # noqa: PLC0415 - as above
    from mixlock_hooks.shell.install.activation import said  # noqa: PLC0415
    from mixlock_hooks.shell.install.prefix_place import refuse_brought  # noqa: PLC0415

    refuse_brought(prefix, locked.tree)
    if not args.prefix:
        _ignored_by_git(locked.tree.root / _FOLDER)
    options = Options(
        allow_unboxed=args.allow_unboxed,
        seconds=args.timeout,
        memory_bytes=args.memory * MEBIBYTE,
        wheelhouse=args.wheelhouse or "",
        link_scripts=args.link_scripts,
        keep_extra=args.keep_extra,
    )
    made = make(prefix, locked, options)
    if not args.quiet:
        outcome = [f"{locked.title}: {made.done} in {prefix}"] if tells else []
        sys.stderr.write(neutral.lines([*made.said(), *said(os.environ), *outcome]))


def _ignored_by_git(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        with (
            suppress(FileExistsError),
            (folder / ".gitignore").open("x", encoding="utf-8") as ignore,
        ):  # follows no link
            ignore.write("*\n")
    except OSError as error:
        raise CannotDoError(f"{folder}: cannot be written: {error.strerror}") from error
