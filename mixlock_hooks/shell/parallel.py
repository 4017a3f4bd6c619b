"""A function over many values in several processes, where the system forks; else here, one after the other."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
R = TypeVar("R")

_FEW = 8
"""So many values are done before a process would have started."""
_work: list[tuple[Callable[[Any], Any], Sequence[Any]]] = []


def each(function: Callable[[T], R], values: Sequence[T], jobs: int) -> list[R]:
    """Return the function's results, in the order of the values.

    A forked process knows function and values without being sent them; only results are sent, so they must be
    picklable.
    """
    if jobs < 2 or len(values) < _FEW or sys.platform != "linux":  # noqa: PLR2004 - one process is this one
        return [function(value) for value in values]
    _work.append((function, values))
    try:
        with multiprocessing.get_context("fork").Pool(min(jobs, len(values)), _quiet) as pool:
            return pool.map(_one, range(len(values)), chunksize=max(1, len(values) // (4 * jobs)))
    finally:
        _work.pop()


def _quiet() -> None:
    """End without a word when told to: this process ends its own on an interruption."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _one(number: int) -> Any:
    function, values = _work[-1]
    return function(values[number])
