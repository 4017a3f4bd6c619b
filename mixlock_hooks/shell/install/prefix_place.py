"""Refuse places where no prefix may lie: others' folders, paths that do not fit, what a repository brought along."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.install.conda_prefix import STAMP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mixlock_hooks.shell.repository.worktree import WorkTree

_LONGEST = 254
"""Bytes that conda-build keeps free for a prefix in packages (``PREFIX_PLACEHOLDER``), without the closing zero."""


def refuse_foreign(prefix: Path) -> None:
    """Refuse a folder that holds anything and that mixlock did not make: making it anew would delete what it holds.

    Raises:
        UsageError: it is such a folder, or no folder.
    """
    if prefix.is_symlink() or (prefix.exists() and not prefix.is_dir()):
        raise UsageError(f"{prefix}: is not a folder, so nothing is installed there")
    if prefix.is_dir() and any(prefix.iterdir()) and not (prefix / STAMP).is_file():
        raise UsageError(f"{prefix}: is neither empty nor made by mixlock, so nothing is installed there")


def refuse_long(prefix: Path) -> None:
    """Refuse a prefix whose path does not fit into what conda packages keep free for it, or into ``PATH``.

    Raises:
        UsageError: it is too long, or holds what separates folders there.
    """
    if os.pathsep in os.fspath(prefix).removeprefix(prefix.drive):
        raise UsageError(f"{prefix}: `{os.pathsep}` separates folders in PATH, so nothing would be found there")
    length = len(os.fsencode(prefix))
    if length > _LONGEST:
        raise UsageError(f"{prefix}: a prefix of conda's may be {_LONGEST} bytes long, and this is {length}")


def refuse_brought(prefix: Path, tree: WorkTree) -> None:
    """Refuse a prefix that a repository brought along, or that lies behind a link that it brought.

    A stamp in it says what anybody wrote; and what is installed behind such a link is written wherever it leads.

    Raises:
        CannotDoError: git tracks a file of it, or the link.
    """
    found = next(_brought(prefix, tree), None) if prefix.is_relative_to(tree.root) else None
    if found is not None:
        raise CannotDoError(
            f"{prefix}: the repository brings {found}, so what is there is anybody's and nothing is installed there: "
            f"`git rm -r {found}`, or name another folder with `--prefix`"
        )


def _brought(prefix: Path, tree: WorkTree) -> Iterator[str]:
    """Yield what a repository brings of a prefix and of the folders above; outside of git, any link there."""
    inner = prefix.relative_to(tree.root)
    above = [path.as_posix() for path in (inner, *inner.parents[:-1])]
    if not tree.is_in_git:
        yield from (path for path in above if (tree.root / path).is_symlink())
        return
    folders, below = {path.casefold() for path in above}, f"{inner.as_posix()}/".casefold()
    for path in tree.tracked():  # compared in any case of letters, as a file system may do
        if path.casefold() in folders or path.casefold().startswith(below):
            yield path
