"""A repository's files as git holds them at a revision."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell.git import git

if TYPE_CHECKING:
    from pathlib import Path


class Revision:
    """The readable half of the ``Files`` port, at one revision; paths are relative to the root."""

    def __init__(self, root: Path, name: str, *, merge_base: bool = False) -> None:
        """Find a revision.

        Args:
            root: the repository's root, or a folder in it.
            name: anything that git understands: a branch, a tag, a hash.
            merge_base: where the current branch left that revision, instead of the revision itself.

        Raises:
            UsageError: git knows no such revision.
            CannotDoError: git is not installed.
        """
        self._root = root
        asked = ("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        done = git(self._root, *(("merge-base", name, "HEAD") if merge_base else asked))
        if done.returncode != 0 or name.startswith("-"):
            raise UsageError(f"{name}: git knows no such revision; a shallow clone may lack it")
        self.commit = done.stdout.decode().strip()
        listed = git(self._root, "ls-tree", "-r", "-z", "--name-only", self.commit).stdout
        self._paths = frozenset(os.fsdecode(listed).split("\0")) - {""}

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""
        if path not in self._paths:
            return None
        done = git(self._root, "show", f"{self.commit}:./{path}")
        if done.returncode != 0:
            raise CannotDoError(f"{path}: git cannot show it at {self.commit[:12]}")
        return done.stdout

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""
        return tuple(sorted(path for path in self._paths if path.startswith(f"{folder}/")))

    def changed(self) -> frozenset[str]:
        """Return the paths that differ between the revision and the work tree, those git does not track included."""
        differing = git(self._root, "diff", "--name-only", "--relative", "-z", self.commit, "--", ".").stdout
        unknown = git(self._root, "ls-files", "--others", "--exclude-standard", "-z", "--", ".").stdout
        return frozenset(os.fsdecode(differing + unknown).split("\0")) - {""}
