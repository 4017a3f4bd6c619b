"""Commit files on top of HEAD and push them, without anything of the repository being run.

Git's plumbing makes the commit: no hook is asked, and no filter that attributes name. The index and the work tree
stay as they are. The commit has the date of the one below it, so that the same files give the same commit.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.repository.git import git

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_HOOKS = ("-c", f"core.hooksPath={os.devnull}")


def commit(root: Path, files: Mapping[str, bytes | None], message: str, author: tuple[str, str]) -> str | None:
    """Commit files on top of HEAD; return the commit, or None where HEAD has them already.

    Args:
        root: the folder that the paths are relative to.
        files: by path; None for one that is to go.
        message: the commit's message.
        author: name and address.

    Raises:
        CannotDoError: git cannot make it.
    """
    with tempfile.TemporaryDirectory(prefix="mixlock-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        _told(root, "read-tree", "HEAD", variables=index)
        top = _told(root, "rev-parse", "--show-prefix")
        rows = [_row(f"{top}{path}", _blob(root, content)) for path, content in files.items()]
        _told(root, "update-index", "-z", "--index-info", said=b"".join(rows), variables=index)
        tree = _told(root, "write-tree", variables=index)
    if tree == _told(root, "rev-parse", "HEAD^{tree}"):
        return None
    date = _told(root, "show", "-s", "--format=%cI", "HEAD")
    who = {
        f"GIT_{role}_{what}": text
        for role in ("AUTHOR", "COMMITTER")
        for what, text in zip(("NAME", "EMAIL", "DATE"), (*author, date), strict=True)
    }
    return _told(root, "commit-tree", tree, "-p", "HEAD", said=message.encode(), variables=who)


def _blob(root: Path, content: bytes | None) -> str:
    return "" if content is None else _told(root, "hash-object", "-w", "--stdin", said=content)


def _row(path: str, blob: str) -> bytes:
    """Return a line for ``git update-index --index-info``; mode 0 removes a path."""
    return f"{'100644' if blob else '0'} {blob or '0' * 40}\t{path}\0".encode("utf-8", "surrogateescape")


def push(root: Path, remote: str, made: str, branch: str, *, anew: bool) -> None:
    """Push a commit to a branch, which must still be at HEAD, or is replaced where it is mixlock's own.

    Args:
        root: a folder of the repository.
        remote: a name or an address.
        made: the commit.
        branch: without ``refs/heads/``.
        anew: replace the branch, or make it.

    Raises:
        UsageError: it is no name of a branch, or of a remote.
        CannotDoError: the branch moved meanwhile, or may not be written.
    """
    name = f"refs/heads/{branch}"
    if remote.startswith("-") or git(root, "check-ref-format", name).returncode:
        raise UsageError(f"{branch}: is not a branch that can be pushed to, or {remote} is not a remote")
    lease = "--force" if anew else f"--force-with-lease={name}:{_told(root, 'rev-parse', 'HEAD')}"
    options = ("--quiet", "--no-verify", "--recurse-submodules=no", lease)
    done = git(root, *_NO_HOOKS, "push", *options, "--", remote, f"{made}:{name}")
    if done.returncode:
        if not anew and _is_missing(root, remote, name):
            raise CannotDoError(f"{remote} has no branch {branch}; --anew makes one named `mixlock/…`")
        words = " ".join(done.stderr.decode("utf-8", "replace").split())
        moved = "is not at the commit that was checked out, so another run has to lock it"
        raise CannotDoError(f"{branch} of {remote}: {moved if 'stale' in words else words}")


def _is_missing(root: Path, remote: str, name: str) -> bool:
    """Return whether a remote that answers lacks a branch (git-ls-remote(1): ``--exit-code`` is status 2 then)."""
    return git(root, *_NO_HOOKS, "ls-remote", "--exit-code", "--", remote, name).returncode == 2  # noqa: PLR2004


def _told(root: Path, *words: str, said: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
    done = git(root, *_NO_HOOKS, *words, said=said, variables=variables)
    if done.returncode:
        raise CannotDoError(f"git {words[0]}: {' '.join(done.stderr.decode('utf-8', 'replace').split())}")
    return done.stdout.decode("utf-8", "surrogateescape").strip()
