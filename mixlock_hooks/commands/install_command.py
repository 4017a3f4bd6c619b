"""Install exactly what is locked, packages of conda and PyPI in one prefix, without conda.

The lock is verified first. If the prefix already matches the lock, nothing is done. A prefix with the same python is
updated in place; any other, or one whose installation was interrupted, is made again. A folder that is not empty and
was not made by mixlock is refused. Scripts that packages would run when they are linked do not run.

Examples:
  mixlock install environment
  mixlock install environment --prefix /opt/app
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.installing import add_installing, install, locked_of, prefix_of
from mixlock_hooks.pipeline.refuse_unverified import refuse_unverified
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_installing(parser)
    parser.add_argument("--dry-run", action="store_true", help="list what would be installed, do nothing")


def run(args: argparse.Namespace) -> int:
    """Install, and say how to activate."""
    locked = locked_of(args)
    prefix = prefix_of(args, locked)
    if args.dry_run:
        refuse_unverified(locked.project, locked.found, locked.platform)
        packages = locked.found.lockfile.for_platform(locked.platform)
        sys.stdout.write(neutral.lines([f"{each.manager.value} {each.name} {each.version}" for each in packages]))
        return 0
    install(args, locked, prefix)
    from mixlock_hooks.shell.install.activation import hints  # noqa: PLC0415 - help needs none of it

    sys.stdout.write(neutral.lines([f"{shell}: {command}" for shell, command in hints(prefix).items()]))
    return 0
