"""Sets of versions as intervals over any total order, to know whether two constraints can be satisfied together.

A cut stands between versions: just before one, or just behind it. An interval is everything between two cuts.
"""

from __future__ import annotations

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
    """Return the versions that are in both sets."""
    pairs = ((one, two) for one in first for two in second)
    return tuple(interval for one, two in pairs for interval in between(max(one[0], two[0]), min(one[1], two[1])))


def meet_all(sets: Iterable[Intervals]) -> Intervals:
    """Return the versions that are in every set."""
    found = EVERYTHING
    for each in sets:
        found = meet(found, each)
    return found


def has(intervals: Intervals, version: object) -> bool:
    """Return whether a version is in a set."""
    return any(low <= before(version) and behind(version) <= high for low, high in intervals)
