"""Where a branch began: the merge base with the default branch, which immutable tags are compared with.

A clone of CI often lacks it: ``actions/checkout`` fetches one commit and no ``origin/HEAD``. An unknown base is an
error for who needs it, never an answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.repository.git import commit_of, git

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OF_REMOTES = "refs/remotes/"
_REMOTES_FIRST = ("upstream", "origin")
_USUAL = ("main", "master")
_WAYS_OUT = (
    "name it with --base REV, set `default-branch`, or fetch the history (`fetch-depth: 0`, `git fetch --unshallow`)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Reference:
    """A branch: its commit, whether it is checked out, and its own name, or what it leads to."""

    commit: str
    is_head: bool
    leads_to: str


def base_commit(root: Path, asked: str, default_branch: str) -> str:
    """Return the commit where the current branch left the default branch.

    Args:
        root: the repository's root.
        asked: a revision that the user named; empty to look for the default branch.
        default_branch: the name of the default branch as configured; empty where it is not.

    Returns:
        A commit's hash; empty where nothing is committed yet.

    Raises:
        UsageError: ``asked`` is no revision.
        CannotDoError: no default branch can be found, or the clone is too shallow to hold the merge base.
    """
    references = _references(root)
    head = next((found.commit for found in references.values() if found.is_head), "") or _head(root)
    if not head:
        return ""
    if asked:
        return _merge_base(root, commit_of(root, asked, f"--base {asked}"))
    default = _default_branch(root, default_branch, references)
    known = references.get(default)
    return head if default == "HEAD" or (known and known.commit == head) else _merge_base(root, default)


def _head(root: Path) -> str:
    return _text(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")


def _default_branch(root: Path, configured: str, references: Mapping[str, _Reference]) -> str:
    """Return the reference of the default branch: of the first remote that has one, else the local one.

    Raises:
        CannotDoError: the repository has remotes, and none of their branches is known to be the default.
    """
    names = (configured,) if configured else _USUAL
    local = next((f"refs/heads/{name}" for name in names if f"refs/heads/{name}" in references), None)
    if local and not any(name.startswith(_OF_REMOTES) for name in references):
        return local
    remotes = _text(root, "remote").split()
    ordered = sorted(remotes, key=lambda name: (name not in _REMOTES_FIRST, -(name == _REMOTES_FIRST[0]), name))
    for remote in ordered:
        head = references.get(f"{_OF_REMOTES}{remote}/HEAD") if not configured else None
        usual = (f"{_OF_REMOTES}{remote}/{name}" for name in names)
        found = head.leads_to if head else next((reference for reference in usual if reference in references), None)
        if found:
            return found
    if local or not (remotes or configured):
        return local or "HEAD"
    if configured:
        raise CannotDoError(
            f"`default-branch` is `{configured}`, and there is no such branch here, so nothing tells where this one "
            "began: correct it, fetch that branch, or name a revision with --base REV"
        )
    raise CannotDoError(f"the default branch is unknown here, and so is where this branch began: {_WAYS_OUT}")


def _references(root: Path) -> dict[str, _Reference]:
    """Return each branch by name; a symbolic one such as ``origin/HEAD`` only where its branch is known too."""
    shown = "--format=%(refname) %(objectname) %(if)%(HEAD)%(then)%(HEAD)%(else)-%(end) %(symref)"
    listed = _text(root, "for-each-ref", shown, "refs/heads", "refs/remotes")
    rows = [line.split(" ") for line in listed.splitlines()]
    names = {name for name, *_others in rows}
    return {
        name: _Reference(commit=commit, is_head=head == "*", leads_to=symref or name)
        for name, commit, head, symref in ((*row, "")[:4] for row in rows)
        if not symref or symref in names
    }


def _merge_base(root: Path, revision: str) -> str:
    found = _text(root, "merge-base", "HEAD", revision)
    if not found:
        raise CannotDoError(f"git finds no commit that HEAD and {revision} share: {_WAYS_OUT}")
    return found


def _text(root: Path, *words: str) -> str:
    """Return what git prints; nothing where it fails."""
    done = git(root, *words)
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""
