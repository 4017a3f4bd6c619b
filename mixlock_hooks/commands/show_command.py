"""Show one lock: its packages per platform, with URLs and hashes in JSON. Nothing is fetched.

``--html`` writes one self-contained page: search, what each package needs and what needs it, a graph, and
what the last change did.

Examples:
  mixlock show environment
  mixlock show environment --platform linux-64 --format json
  mixlock show environment --html environment.html
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.commands.opening import open_project, refuse_own, wanted_lock
from mixlock_hooks.commands.options import add_environment, add_format, add_platforms
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.pipeline.find_lock import restricted
from mixlock_hooks.report import lock as lock_report
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.pipeline.diff import Versions
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.shell.repository.worktree import WorkTree


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    add_environment(parser)
    add_platforms(parser)
    add_format(parser, "text", "json")
    parser.add_argument("--html", metavar="FILE", help="write an HTML page instead")


def run(args: argparse.Namespace) -> int:
    """Show a lock."""
    if args.html and args.format != "text":
        raise UsageError("--html writes a page; leave out --format or --html")
    project, tree = open_project(args)
    found = restricted(wanted_lock(args, project, tree), args.platforms)
    if args.html:
        _write_page(project, tree, found, Path(args.html))
    else:
        sys.stdout.write(lock_report.render(args.format, found.name, found.lockfile))
    return 0


def _write_page(project: Project, tree: WorkTree, found: FoundLock, file: Path) -> None:
    from mixlock_hooks.pipeline.page import page_of  # noqa: PLC0415 - only a page needs these
    from mixlock_hooks.report import page  # noqa: PLC0415
    from mixlock_hooks.shell.page_assets import page_assets  # noqa: PLC0415
    from mixlock_hooks.shell.repository.file_set import write_output  # noqa: PLC0415

    refuse_own(tree, project, file)
    versions, since = _last_change(project, tree, found)
    text = page.render(page_of(project, found, versions, since), page_assets())
    write_output(file, text.encode())
    sys.stderr.write(neutral.lines([f"wrote {file}"]))


def _last_change(project: Project, tree: WorkTree, found: FoundLock) -> tuple[Versions | None, str]:
    """Return the files before and after the last change of a lock, and when that was; or why nothing tells."""
    from mixlock_hooks.pipeline.diff import Versions  # noqa: PLC0415 - as above
    from mixlock_hooks.shell.repository.revisions import Revision, last_commits  # noqa: PLC0415

    lock = project.locks.of(found.name)
    commits = last_commits(tree.root, lock.roots)
    if not commits:
        return None, "Nothing of this lock is committed yet."
    head = Revision(tree.root, "HEAD")
    differing = head.changed()
    if lock.is_touched(differing):
        return Versions(before=head, after=tree, differing=differing), "Not committed yet; compared with HEAD:"
    commit, _space, told = commits[0].partition(" ")
    if len(commits) == 1:
        return None, f"The lock came with {commit[:12]} ({told}), and has not changed since."
    before, after = Revision(tree.root, f"{commit}^"), Revision(tree.root, commit)
    return Versions(before=before, after=after, differing=before.unlike(after)), f"{commit[:12]} ({told}):"
