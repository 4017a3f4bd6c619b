"""A repository with a bare remote, as a clone has one, and a branch of a bot in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Repository


def with_raised_numpy(locked: Repository, remote: Path, branch: str) -> Repository:
    """Give a locked repository a remote, and a branch there that raises a version in the spec alone."""
    locked.git("init", "-q", "--bare", str(remote))
    locked.git("remote", "add", "origin", str(remote))
    locked.git("add", "locks")
    locked.git("commit", "-qm", "lock")
    locked.git("push", "-q", "origin", "main")
    locked.git("checkout", "-qb", branch)
    locked.write("environment.yml", locked.read("environment.yml").replace("numpy=1.26", "numpy=2.2"))
    locked.git("commit", "-qam", "Bump numpy")
    locked.git("push", "-q", "origin", branch)
    return locked
