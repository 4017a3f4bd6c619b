"""Commit changed locks on top of the commit that is checked out, and push them to a branch.

This is what a bot does after `mixlock lock`. No code from the repository runs: no hook, no filter, no merge driver.
Only files of locks are committed. The branch must still be where the checkout is, or it is left alone; with `--anew`
a branch of mixlock's own (`mixlock/…`) is made or replaced.

Examples:
  mixlock publish --branch dependabot/conda/numpy-2.2
  mixlock publish --anew --branch mixlock/upgrade-numpy
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import IMPORTED, LOCKFILE, aliases_path, is_rendered
from mixlock_hooks.pipeline.drift.look import wrong_with
from mixlock_hooks.pipeline.drift.vouched import Vouched
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.report import neutral
from mixlock_hooks.shell.repository import branch
from mixlock_hooks.shell.repository.revisions import Revision

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mixlock_hooks.model.lock_paths import LockPlaces
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree

_OURS = "mixlock/"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--branch", metavar="NAME", required=True, help="the branch to push to")
    parser.add_argument(
        "--remote", metavar="NAME|URL", default="origin", help="the remote that has the branch (default: origin)"
    )
    parser.add_argument(
        "--anew", action="store_true", help="make or replace the branch, whose name must begin with `mixlock/`"
    )
    parser.add_argument("--message", metavar="TEXT", default="Lock what changed", help="the commit's message")
    parser.add_argument(
        "--author",
        metavar="'NAME <ADDRESS>'",
        type=_author,
        default=("mixlock", "mixlock@localhost"),
        help="the author of the commit",
    )


def _author(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"([^<>\n]+) <([^<>\n]+)>", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form `NAME <ADDRESS>`")
    return found[1], found[2]


def run(args: argparse.Namespace) -> int:
    """Publish; nothing is pushed where HEAD has these locks already."""
    if args.anew and not args.branch.startswith(_OURS):
        raise UsageError(f"--anew replaces branches of mixlock's own alone, `{_OURS}…`, and {args.branch} is none")
    project, tree = open_project(args)
    head = Revision(tree.root, "HEAD")
    files = dict(_files(project.settings.lock_places, tree, head))
    _refuse_drifted(project, head, {path for path, content in files.items() if content != head.read(path)})
    made = branch.commit(tree.root, files, args.message, args.author)
    if made is None:
        sys.stderr.write("no lock changed: nothing to publish\n")
        return 0
    branch.push(tree.root, args.remote, made, args.branch, anew=args.anew)
    sys.stdout.write(neutral.text(f"{made} {args.branch}"))
    return 0


def _refuse_drifted(project: Project, head: Revision, changed: Collection[str]) -> None:
    """Refuse locks that changed and are no answer to the specs of HEAD. Git, which runs filters, compares nothing.

    Raises:
        CannotDoError: there is one.
    """
    problems: list[Problem] = []
    for environment in every_environment(project):
        if not project.locks.of(environment.name).is_touched(frozenset(changed)):
            continue
        for path in {environment.document.path, *environment.document.read}:
            if _lines(project.files.read(path)) != _lines(head.read(path)):
                raise CannotDoError(f"{path}: has changes that are not committed, and its lock answers them")
        problems += wrong_with(project, environment, by=Vouched(before=head.read))
    if problems:
        raise CannotDoError("nothing was published, because locks that changed have problems", tuple(problems))


def _lines(content: bytes | None) -> list[bytes]:
    return (content or b"").splitlines()


def _files(places: LockPlaces, tree: WorkTree, head: Revision) -> Iterator[tuple[str, bytes | None]]:
    """Yield the files of all locks as they are now; None for one that HEAD has and that is gone."""
    for path in dict.fromkeys((*head.below(places.lock_dir), *tree.below(places.lock_dir))):
        name = path.rpartition("/")[2]
        if name in {LOCKFILE, IMPORTED} or is_rendered(name) or path == aliases_path(places.lock_dir):
            yield path, tree.read(path)
    for path in places.elsewhere.values():
        content = tree.read(path)
        if content is not None or head.read(path) is not None:
            yield path, content
