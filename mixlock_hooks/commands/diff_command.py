"""Show what changed between two versions of the locks: packages, platforms, hosts, what must be built.

Without a revision, the work tree is compared with the last commit; with one, the work tree is compared with that
revision; with two, these are compared with each other.

Examples:
  mixlock diff
  mixlock diff origin/main --merge-base --format markdown
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.commands.options import add_format
from mixlock_hooks.commands.telling import tell_result
from mixlock_hooks.pipeline.diff import Versions, diff
from mixlock_hooks.report import lock_deltas
from mixlock_hooks.shell.repository.revisions import Revision

if TYPE_CHECKING:
    import argparse


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("before", metavar="REV", nargs="?", default="HEAD", help="the old version (default: HEAD)")
    parser.add_argument("after", metavar="REV", nargs="?", help="the new version (default: the work tree)")
    parser.add_argument(
        "--merge-base",
        action="store_true",
        help="compare with where this branch left the first revision, as a pull request does",
    )
    parser.add_argument(
        "--environment", metavar="ENV", action="append", default=[], help="only this environment; may be repeated"
    )
    add_format(parser, *lock_deltas.FORMS)


def run(args: argparse.Namespace) -> int:
    """Tell what changed; 0 whether anything did or not."""
    project, tree = open_project(args)
    other = (args.after or "HEAD") if args.merge_base else ""
    before = Revision(tree.root, args.before, merge_base_with=other)
    after = Revision(tree.root, args.after) if args.after else None
    differing = before.unlike(after) if after else before.changed()
    deltas = diff(project, Versions(before=before, after=after or tree, differing=differing), args.environment)
    tell_result(args, lock_deltas.FORMS[args.format](deltas))
    return 0
