"""Show why a package is in a lock: which requirements lead to it, through conda and PyPI. Nothing is fetched.

Examples:
  mixlock why environment openssl
  mixlock why environment requests --platform linux-64
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, wanted_lock
from mixlock_hooks.commands.options import add_environment, add_format, add_platforms
from mixlock_hooks.commands.telling import say_notes, tell_result
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.pipeline.find_lock import restricted
from mixlock_hooks.pipeline.why import drifted, spec_of, why
from mixlock_hooks.report import why as why_report

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environment(parser)
    parser.add_argument("package", metavar="PACKAGE", help="the name of a conda or PyPI package")
    add_platforms(parser)
    add_format(parser, *why_report.FORMS)


def run(args: argparse.Namespace) -> int:
    """Explain a package."""
    project, tree = open_project(args)
    if args.environment is None and environment_name(args.package) in project.locks.names():
        raise UsageError(f"name a package: mixlock why {args.package} PACKAGE")
    found = restricted(wanted_lock(args, project, tree), args.platforms)
    environment = spec_of(project, found.name)
    reasons = why(project, environment, found.lockfile, args.package)
    tell_result(args, why_report.FORMS[args.format](reasons))
    if not args.quiet:
        say_notes(args, drifted(project, environment))
    return 0
