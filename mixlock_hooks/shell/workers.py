"""Threads that start programs, and what becomes of both when the run is broken off."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mixlock_hooks.shell import process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor


@contextmanager
def workers(jobs: int | None, *, broken_off_by: type[BaseException] = BaseException) -> Iterator[Executor]:
    """Give threads for as long as the block lasts.

    Args:
        jobs: how many; None for as many as Python finds right.
        broken_off_by: what ends every program that runs when it leaves the block, and lets none start until the next
            one; a process that goes on after a failure names only what ends itself.
    """
    process.begin()
    pool = ThreadPoolExecutor(max_workers=jobs)
    try:
        yield pool
    except broken_off_by:
        process.stop_all()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
