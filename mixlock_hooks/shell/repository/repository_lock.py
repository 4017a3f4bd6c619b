"""One writer at a time in a repository: a second run waits for the first."""

from __future__ import annotations

import hashlib
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.machine_config import RUNNING, cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def repository_lock(root: Path) -> Iterator[None]:
    """Hold the repository's lock; say so once if another run holds it.

    The lock lies in the user's cache, named by the root's path, so that the repository stays clean.
    """
    name = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:24]
    lock = FileLock(cache_folder(RUNNING) / f"{name}.lock")
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            sys.stderr.write(f"another mixlock is at work in {root}; waiting for it\n")
            lock.acquire()
    except OSError as error:
        words = f"the lock that keeps two runs apart cannot be taken: {error.strerror}"
        raise CannotDoError(f"{words}; MIXLOCK_CACHE_DIR names another folder") from error
    try:
        yield
    finally:
        lock.release()
