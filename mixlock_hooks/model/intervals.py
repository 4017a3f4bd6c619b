"""Sets of versions as intervals over any total order, to know whether two constraints can be satisfied together.

A cut stands between versions: just before one, or just behind it. An interval is everything between two cuts.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Cut = tuple[int, Any, int]
"""Below everything, at a version, or above everything; the version; before it (0) or behind it (1)."""
Intervals = tuple[tuple[Cut, Cut], ...]
"""A set of versions; empty where no version is in it."""

BOTTOM: Cut = (-1, None, 0)
TOP: Cut = (1, None, 0)
EVERYTHING: Intervals = ((BOTTOM, TOP),)
NOTHING: Intervals = ()
_SEVERAL = 2


def before(version: object) -> Cut:
    """Return the cut just below a version."""
    return (0, version, 0)


def behind(version: object) -> Cut:
    """Return the cut just above a version."""
    return (0, version, 1)


def between(low: Cut, high: Cut) -> Intervals:
    """Return all versions between two cuts."""
    return ((low, high),) if low < high else NOTHING


def outside(low: Cut, high: Cut) -> Intervals:
    """Return all versions but those between two cuts."""
    return (*between(BOTTOM, low), *between(high, TOP))


def meet(first: Intervals, second: Intervals) -> Intervals:
    """Return the versions that are in both sets, in time that grows with the sum of their sizes."""
    ones, twos = _disjoint(first), _disjoint(second)
    found: list[tuple[Cut, Cut]] = []
    one = two = 0
    while one < len(ones) and two < len(twos):
        low, high = max(ones[one][0], twos[two][0]), min(ones[one][1], twos[two][1])
        if low < high:
            found.append((low, high))
        if ones[one][1] < twos[two][1]:
            one += 1
        else:
            two += 1
    return tuple(found)


def _disjoint(intervals: Intervals) -> Intervals:
    """Return a set's intervals in order, those that overlap or touch joined."""
    if len(intervals) < _SEVERAL:
        return intervals
    found: list[tuple[Cut, Cut]] = []
    for low, high in sorted(intervals):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    return tuple(found)


def meet_all(sets: Iterable[Intervals]) -> Intervals:
    """Return the versions that are in every set; sets of like size meet, so that many small ones cost little."""
    waiting = list(sets)
    while len(waiting) > 1:
        pairs = zip(waiting[::2], waiting[1::2], strict=False)
        waiting = [*starmap(meet, pairs), *waiting[len(waiting) & ~1 :]]
    return waiting[0] if waiting else EVERYTHING


def has(intervals: Intervals, version: object) -> bool:
    """Return whether a version is in a set."""
    return any(low <= before(version) and behind(version) <= high for low, high in intervals)
