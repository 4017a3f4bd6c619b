"""Show one lock: its packages per platform, with URLs and hashes in JSON. Nothing is fetched."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.parsing import add_format, add_platforms
from mixlock_hooks.pipeline.find_lock import read_lock, restricted
from mixlock_hooks.report import lock as lock_report

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("environment", metavar="ENV", help="an environment's name, its spec's path, or an alias")
    add_platforms(parser)
    add_format(parser, "text", "json")


def run(args: argparse.Namespace) -> int:
    """Show a lock."""
    project, tree = open_project(args)
    found = restricted(read_lock(project, tree.spelled(args.environment)), args.platforms)
    sys.stdout.write(lock_report.render(args.format, found.name, found.lockfile))
    return 0
