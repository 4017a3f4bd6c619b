"""What git does not carry from clone to clone: untracked files, the merge driver, hooks of pre-commit."""

from __future__ import annotations

import os
import shutil
import sys
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.shell.repository.git import git

if TYPE_CHECKING:
    from pathlib import Path


def untracked(root: Path) -> tuple[str, ...]:
    """Return the files that git neither tracks nor ignores; outside of git there are none."""
    done = git(root, "ls-files", "-z", "--others", "--exclude-standard")
    return tuple(filter(None, os.fsdecode(done.stdout).split("\0")))


def has_merge_driver(root: Path) -> bool:
    """Return whether this clone knows how mixlock merges a lock."""
    return git(root, "config", "--get", "merge.mixlock.driver").returncode == 0


def has_commit_hook(root: Path) -> bool:
    """Return whether something runs at commits in this clone, as ``pre-commit install`` has it."""
    done = git(root, "rev-parse", "--git-path", "hooks/pre-commit")
    return done.returncode == 0 and (root / os.fsdecode(done.stdout).rstrip("\n")).is_file()


def set_merge_driver() -> str:
    """Return the command that tells a clone how mixlock merges a lock, with a mixlock that git will find."""
    program = "mixlock" if shutil.which("mixlock") else f"{quote(sys.executable)} -m mixlock_hooks"
    return f"git config merge.mixlock.driver {quote(f'{program} merge-driver %O %A %B %P')}"
