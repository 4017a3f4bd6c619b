"""From which commits files came: those that are being joined, the last one, and what it grew from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.origin import Origin
from mixlock_hooks.shell.repository.git import git

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST = "20"
"""How many commits that changed them are looked at."""
_SHORT = 10


def origins(root: Path, roots: tuple[str, ...]) -> Iterator[Origin]:
    """Yield the commits that some files and folders may come from, the nearest first.

    Args:
        root: the repository's root.
        roots: the files and folders, relative to it.
    """
    yield from _being_joined(root)
    yield Origin(ours="HEAD", words="the versions of the last commit are kept")
    listed = _text(root, "rev-list", "-n", _MOST, "--parents", "HEAD", "--", *roots)
    for commit, *parents in map(str.split, listed.splitlines()):
        if not parents:
            continue
        ours, theirs = parents[0], (parents[1:] or [""])[0]
        words = f"also in commit {commit[:_SHORT]}: the versions from before it are kept"
        yield Origin(base=_base(root, ours, theirs), ours=ours, theirs=theirs, words=words)


def _being_joined(root: Path) -> Iterator[Origin]:
    """Yield what a merge, a rebase, a cherry-pick or a revert that has stopped joins with the last commit."""
    words = "the versions of both sides are kept, the newer where both changed one"
    merged = _commit(root, "MERGE_HEAD")
    if merged:
        yield Origin(base=_base(root, "HEAD", merged), ours="HEAD", theirs=merged, words=words)
    picked = _commit(root, "CHERRY_PICK_HEAD") or _commit(root, "REBASE_HEAD")
    if picked:
        yield Origin(base=_commit(root, f"{picked}^"), ours="HEAD", theirs=picked, words=words)
    reverted = _commit(root, "REVERT_HEAD")
    if reverted:
        yield Origin(base=reverted, ours="HEAD", theirs=_commit(root, f"{reverted}^"), words=words)


def _base(root: Path, ours: str, theirs: str) -> str:
    return _text(root, "merge-base", ours, theirs) if theirs else ""


def _commit(root: Path, name: str) -> str:
    return _text(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def _text(root: Path, *words: str) -> str:
    """Return what git prints; nothing where it fails."""
    done = git(root, *words)
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""
