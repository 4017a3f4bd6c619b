"""Merge one file of a lock, as git's merge driver: requirements and packages of both sides, without a solve.

Git calls it with the common ancestor, our file, their file and the path (%O %A %B %P), and takes what it leaves in
our file. A `conda-lock.yml` is merged package by package. It is taken if it is exactly an answer to the merged
requirements. Where both sides changed one package, both of its entries stay, between markers. `aliases.toml` and
`wheelhouse.json` are merged entry by entry too. What is rendered from `conda-lock.yml` is left as ours, in conflict:
`mixlock lock` renders it anew.

Examples:
  git config merge.mixlock.driver 'mixlock merge-driver %O %A %B %P'
  mixlock merge-driver base.yml ours.yml theirs.yml locks/environment/conda-lock.yml
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, conflict_markers, marked_lock
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import ALIASES, LOCKFILE, WHEELHOUSE, is_rendered
from mixlock_hooks.pipeline.lock.merge import merge_locks, no_answer
from mixlock_hooks.pipeline.lock.record import is_older
from mixlock_hooks.pipeline.merge_tables import merge_aliases, merge_wheels
from mixlock_hooks.report import neutral
from mixlock_hooks.rules.three_way import CannotMergeError
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.git import git

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.pipeline.merge_tables import MergedTable


_MOST_CONFLICTS = 127
"""What git merge-file returns at most for conflicts; more is a failure (its manual)."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    for name, meaning in (
        ("base", "the common ancestor (%%O)"),
        ("ours", "our file, which is written (%%A)"),
        ("theirs", "their file (%%B)"),
    ):
        parser.add_argument(name, type=Path, help=meaning)
    parser.add_argument("path", help="the path of the file in the repository (%%P)")


def run(args: argparse.Namespace) -> int:
    """Merge; 1 where a person must go on."""
    folder, _slash, name = args.path.rpartition("/")
    is_lock = name.endswith((".yml", ".yaml"))  # `lock-at` may call one otherwise
    merge, way_out = _MERGES.get(LOCKFILE if is_lock else name, (_leave, _RELOCK))
    try:
        why = merge(args)
    except (CannotMergeError, conda_lock_yml.NotALockfileError) as error:
        why = f"{error}; {_merge_lines(args)}"
    return _tell(f"{args.path}: {why}; {way_out.format(folder=folder or args.path)}") if why else 0


def _tell(message: str) -> int:
    sys.stderr.write(neutral.text(f"mixlock: {message}"))
    return 1


def _leave(args: argparse.Namespace) -> str:
    """Leave a file as ours, in conflict."""
    rendered = f", it is rendered from {LOCKFILE}" if is_rendered(args.path.rpartition("/")[2]) else ""
    return f"left as ours{rendered}"


def _merge_lock(args: argparse.Namespace) -> str:
    """Merge `conda-lock.yml`; return why it is no lock yet, empty where it is one."""
    ours, theirs = _lockfile(args.ours), _lockfile(args.theirs)
    merged = merge_locks(_ancestor(args.base), ours, theirs)
    source = conda_lock_yml.source_of(args.ours.read_bytes())
    args.ours.write_bytes(marked_lock.render(merged.ours(), merged.theirs(), source))
    if merged.disputes():
        return f"both sides changed {', '.join(merged.disputes())}"
    if is_older(ours) or is_older(theirs):
        return "a side is in the form of an older mixlock, so nothing vouches for the merged lock yet"
    return no_answer(merged.ours(), shipped())


def _ancestor(file: Path) -> Lockfile | None:
    """Read the ancestor; None where there is none, for both sides made the lock, or where it is no lock."""
    try:
        return _lockfile(file)
    except (CannotMergeError, conda_lock_yml.NotALockfileError):
        return None


def _lockfile(file: Path) -> Lockfile:
    """Read a side.

    Where branches were merged into each other before, git merges their ancestors first, and what the driver left
    there with markers is the ancestor: it is taken as `mixlock lock` would complete it.
    """
    content = file.read_bytes()
    if not conflict_markers.first_line(content):
        return conda_lock_yml.parse(content)
    ours, theirs = (conda_lock_yml.parse(conflict_markers.side(content, side)) for side in conflict_markers.SIDES)
    return merge_locks(None, ours, theirs).newer()


def _merge_table(merge: Callable[[bytes, bytes, bytes], MergedTable], args: argparse.Namespace) -> str:
    """Merge a file entry by entry; return what both sides changed, empty where that is nothing."""
    merged = merge(*(file.read_bytes() for file in (args.base, args.ours, args.theirs)))
    args.ours.write_bytes(merged.content)
    return f"both sides changed {', '.join(merged.disputes)}" if merged.disputes else ""


_RELOCK = "once the spec is merged, run `mixlock lock`, then `git add {folder}`"
_MERGES: dict[str, tuple[Callable[[argparse.Namespace], str], str]] = {
    LOCKFILE: (_merge_lock, _RELOCK),
    ALIASES: (partial(_merge_table, merge_aliases), "keep one entry of each name, then `git add {folder}`"),
    WHEELHOUSE: (partial(_merge_table, merge_wheels), "run `mixlock wheelhouse`, then `git add {folder}`"),
}
"""How files are merged, and what a person does where that leads nowhere."""


def _merge_lines(args: argparse.Namespace) -> str:
    """Merge line by line, as git itself would, and say what came of it.

    Raises:
        CannotDoError: git failed; our file is as it was.
    """
    labels = ("-L", "ours", "-L", "base", "-L", "theirs")
    files = (str(file.absolute()) for file in (args.ours, args.base, args.theirs))
    done = git(Path.cwd(), "merge-file", *labels, *files)
    if done.returncode > _MOST_CONFLICTS:
        raise CannotDoError(f"git merge-file failed: {done.stderr.decode(errors='replace').strip()}")
    return "both sides are left with markers" if done.returncode else "it was merged by lines, which says nothing"
