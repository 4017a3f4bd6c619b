"""A repository's files as git holds them at a revision."""

from __future__ import annotations

import os
from bisect import bisect_left
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.repository.git import Blobs, commit_of, git, no_such_revision

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINK = "120000"
"""The mode of a symbolic link in git's index."""


_SHOWN = ("--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z")


class Revision:
    """The readable half of the ``Files`` port, at one revision; paths are relative to the root."""

    def __init__(self, root: Path, name: str, *, merge_base_with: str = "") -> None:
        """Find a revision.

        Args:
            root: the repository's root, or a folder in it.
            name: anything that git understands: a branch, a tag, a hash.
            merge_base_with: take where this other revision left it, instead of the revision itself.

        Raises:
            UsageError: git knows no such revision.
            CannotDoError: git is not installed.
        """
        self._root = root
        self._blobs = Blobs(root)
        self.commit = _merge_base(root, name, merge_base_with) if merge_base_with else commit_of(root, name)
        listed = self._told("ls-tree", "-r", "-z", "--name-only", self.commit)
        self._paths = frozenset(os.fsdecode(listed).split("\0")) - {""}
        self._sorted: list[str] = []

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        if path not in self._paths:
            return None
        content = self._blobs.read(self.commit, path)
        if content is None:
            raise CannotDoError(f"{path}: git cannot show it at {self.commit[:12]}")
        return content

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""
        self._sorted = self._sorted or sorted(self._paths)
        begin = bisect_left(self._sorted, f"{folder}/")
        return tuple(takewhile(lambda path: path.startswith(f"{folder}/"), islice(self._sorted, begin, None)))

    def unlike(self, other: Revision) -> frozenset[str]:
        """Return the paths that differ between two revisions."""
        differing = self._told("diff", *_SHOWN, self.commit, other.commit, "--", ".")
        return frozenset(os.fsdecode(differing).split("\0")) - {""}

    def changed(self) -> frozenset[str]:
        """Return the paths that differ between the revision and the work tree, those git does not track included."""
        differing = self._told("diff", *_SHOWN, self.commit, "--", ".")
        unknown = self._told("ls-files", "--others", "--exclude-standard", "-z", "--", ".")
        changed = frozenset(os.fsdecode(differing + unknown).split("\0")) - {""}
        return changed | {path for link, target in self._links() for path in _through(link, target, changed)}

    def _links(self) -> Iterator[tuple[str, str]]:
        """Yield every symbolic link that git tracks, with what it leads to, both relative to the root."""
        top = self._root.resolve()
        for entry in os.fsdecode(self._told("ls-files", "-s", "-z", "--", ".")).split("\0"):
            mode, _tab, path = entry.partition("\t")
            target = (self._root / path).resolve() if mode.startswith(_LINK) else top
            if target != top and target.is_relative_to(top):
                yield path, target.relative_to(top).as_posix()

    def _told(self, *words: str) -> bytes:
        """Return what git prints.

        Raises:
            CannotDoError: it failed.
        """
        done = git(self._root, *words)
        if done.returncode != 0:
            raise CannotDoError(f"git {words[0]} failed: {done.stderr.decode(errors='replace').strip()}")
        return done.stdout


def _merge_base(root: Path, name: str, other: str) -> str:
    done = None if name.startswith("-") or other.startswith("-") else git(root, "merge-base", name, other)
    if done is None or done.returncode != 0:
        raise no_such_revision(root, name)
    return done.stdout.decode().strip()


def last_commits(root: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Return the last two commits that changed some files or folders, as git's hash, its day and its subject.

    Raises:
        CannotDoError: git is not installed.
    """
    done = git(root, "log", "-n", "2", "--format=%H %cs %s", "--", *paths)
    return tuple(done.stdout.decode(errors="replace").splitlines()) if done.returncode == 0 else ()


def _through(link: str, target: str, changed: frozenset[str]) -> Iterator[str]:
    """Yield the changed paths as they are read through a link."""
    if target in changed:
        yield link
    for path in changed:
        if path.startswith(f"{target}/"):
            yield link + path[len(target) :]
