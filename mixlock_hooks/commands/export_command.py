"""Print a lock in another format: explicit, requirements or environment. Nothing is fetched.

``explicit`` is for conda create, ``requirements`` for pip, ``environment`` an environment.yml with every package
pinned exactly, for tools that take nothing else.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.pipeline.export import FORMATS, export
from mixlock_hooks.pipeline.find_lock import read_lock
from mixlock_hooks.shell.host import host_platform

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("environment", metavar="ENV", help="an environment's name, its spec's path, or an alias")
    parser.add_argument("--to", required=True, choices=FORMATS, dest="form", help="the format")
    parser.add_argument("--platform", metavar="P", help="the platform (default: this machine's, or the only one)")


def run(args: argparse.Namespace) -> int:
    """Export a lock."""
    project, tree = open_project(args)
    found = read_lock(project, tree.spelled(args.environment))
    sys.stdout.write(export(found, args.form, args.platform or host_platform(), explicit_choice=bool(args.platform)))
    return 0
