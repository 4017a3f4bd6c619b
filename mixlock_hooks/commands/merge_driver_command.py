"""Merge one file of a lock, as git's merge driver: requirements and packages of both sides, without a solve.

Git calls it with the common ancestor, our file, their file and the path (%O %A %B %P), and takes what it leaves in
our file. A `conda-lock.yml` is merged package by package. It is taken if it is exactly an answer to the merged
requirements. Where both sides changed one package, both of its entries stay, between markers. What is rendered from
it is left as ours, in conflict: `mixlock lock` renders it anew.

Examples:
  git config merge.mixlock.driver 'mixlock merge-driver %O %A %B %P'
  mixlock merge-driver base.yml ours.yml theirs.yml locks/environment/conda-lock.yml
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, marked_lock
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.pipeline.lock.merge import merge_locks, no_answer
from mixlock_hooks.report import neutral
from mixlock_hooks.rules.three_way import CannotMergeError
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.git import git

if TYPE_CHECKING:
    import argparse

    from mixlock_hooks.model.locked import Lockfile


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
    parser.add_argument("path", help="where the file stands in the repository (%%P)")


def run(args: argparse.Namespace) -> int:
    """Merge; 1 where a person must go on."""
    folder, _slash, name = args.path.rpartition("/")
    way_out = f"once the spec is merged, run `mixlock lock`, then `git add {folder}`"
    if name != LOCKFILE:
        return _tell(f"{args.path}: left as ours, it is rendered from {LOCKFILE}; {way_out}")
    try:
        merged = merge_locks(_lock(args.base), _wanted(args.ours), _wanted(args.theirs))
    except (CannotMergeError, conda_lock_yml.NotALockfileError) as error:
        return _tell(f"{args.path}: {error}; {_merge_lines(args)}; {way_out}")
    source = conda_lock_yml.source_of(args.ours.read_bytes())
    args.ours.write_bytes(marked_lock.render(merged.ours(), merged.theirs(), source))
    disputes = merged.disputes()
    why = f"both sides changed {', '.join(disputes)}" if disputes else no_answer(merged.ours(), shipped())
    return _tell(f"{args.path}: {why}; {way_out}") if why else 0


def _tell(message: str) -> int:
    sys.stderr.write(neutral.text(f"mixlock: {message}"))
    return 1


def _wanted(file: Path) -> Lockfile:
    return conda_lock_yml.parse(file.read_bytes())


def _lock(file: Path) -> Lockfile | None:
    """Read the ancestor's lock; None where both sides made one, for git then gives an empty file."""
    content = file.read_bytes()
    return conda_lock_yml.parse(content) if content.strip() else None


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
