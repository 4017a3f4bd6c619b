"""Move, remove and write files of a repository as a person would: by git where it tracks them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.repository.file_set import write_whole
from mixlock_hooks.shell.repository.git import git
from mixlock_hooks.shell.repository.inside import Inside

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path


def move(root: Path, old: str, new: str) -> None:
    """Move a file; git's index follows where it has it.

    Raises:
        CannotDoError: it cannot be moved.
    """
    inside = Inside(root)
    source, target = inside.place(old), inside.place(new)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if old in _indexed(root, [old]):
            _git(root, "mv", "--", old, new)
        else:
            source.rename(target)
    except OSError as error:
        raise CannotDoError(f"{new}: cannot be written: {error.strerror}") from error


def remove(root: Path, paths: Collection[str]) -> None:
    """Remove files; those that git's index has from there too, if they are as it has them.

    Raises:
        CannotDoError: one was changed since, or cannot be removed.
    """
    indexed = _indexed(root, paths)
    if indexed:
        refuse_changed(root, indexed)
        _git(root, "rm", "-q", "--", *sorted(indexed))
    inside = Inside(root)
    for path in paths:
        if path not in indexed:
            place = inside.place(path)
            try:
                place.unlink(missing_ok=True)
                place.parent.rmdir()
            except OSError as error:
                if place.exists():
                    raise CannotDoError(f"{path}: cannot be removed: {error.strerror}") from error


def refuse_changed(root: Path, paths: Collection[str]) -> None:
    """Refuse to remove files that hold what no commit has.

    Raises:
        CannotDoError: one does.
    """
    done = git(root, "diff", "--name-only", "--relative", "-z", "HEAD", "--", *paths)
    changed = [path for path in os.fsdecode(done.stdout).split("\0") if path and (root / path).exists()]
    if changed:
        raise CannotDoError(f"{changed[0]}: has changes that are in no commit; commit or undo them, then remove it")


def write_texts(root: Path, files: Mapping[str, str]) -> None:
    """Write files of a repository, each as a whole.

    Raises:
        CannotDoError: one cannot be written.
        RefusedFileError: one leads out of the repository.
    """
    inside = Inside(root)
    for path, text in files.items():
        write_whole(inside.place(path), text.encode())


def follow(root: Path, old: Collection[str], new: Collection[str]) -> None:
    """Let git's index follow files that were moved: where it has an old one it takes the new ones for it.

    Raises:
        CannotDoError: git does not take one.
    """
    indexed = _indexed(root, old)
    if indexed:
        _git(root, "add", "--", *sorted({*indexed, *new}))


def refuse_ignored(root: Path, paths: Collection[str]) -> None:
    """Refuse files that are to be written and tracked where git ignores one.

    Raises:
        CannotDoError: it does.
    """
    here = (f"./{path}" for path in paths)  # it takes no path literally, and none that begins so for magic
    done = git(root, "--no-literal-pathspecs", "check-ignore", "--", *here) if paths else None
    if done is not None and done.returncode == 0:
        ignored = ", ".join(line.removeprefix("./") for line in os.fsdecode(done.stdout).splitlines())
        raise CannotDoError(f"{ignored}: git ignores it, and specs are found among what git tracks: see .gitignore")


def add(root: Path, paths: Collection[str]) -> None:
    """Add files to git's index, where there is git.

    Raises:
        CannotDoError: git does not take one.
    """
    if paths and git(root, "rev-parse", "--is-inside-work-tree").returncode == 0:
        _git(root, "add", "--", *paths)


def unstaged(root: Path, paths: Collection[str]) -> tuple[str, ...]:
    """Return those of some files of which git would still have to stage something; outside of git none."""
    asked = ("ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard")
    done = git(root, *asked, "--", *paths) if paths else None
    listed = frozenset(os.fsdecode(done.stdout).split("\0")) if done is not None else frozenset()
    return tuple(path for path in paths if path in listed)


def _indexed(root: Path, paths: Collection[str]) -> frozenset[str]:
    """Return those of some files that git's index has; outside of git it has none."""
    done = git(root, "ls-files", "-z", "--", *paths) if paths else None
    listed = os.fsdecode(done.stdout).split("\0") if done is not None and done.returncode == 0 else ()
    return frozenset(paths) & frozenset(listed)


def _git(root: Path, *words: str) -> None:
    done = git(root, *words)
    if done.returncode != 0:
        raise CannotDoError(f"git {words[0]}: {done.stderr.decode(errors='replace').strip()}")
