"""Merge two changes of one table: what one side changed goes over what the other left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

K = TypeVar("K")
V = TypeVar("V")


class BothChangedError(ValueError):
    """Both sides changed one entry, and not alike; the message names it."""


def merge_tables(base: Mapping[K, V], ours: Mapping[K, V], theirs: Mapping[K, V]) -> dict[K, V]:
    """Return the merged table, our entries first.

    Raises:
        BothChangedError: an entry cannot be merged.
    """
    merged: dict[K, V] = {}
    for key in dict.fromkeys((*ours, *theirs)):
        chosen = merge_values(base.get(key), ours.get(key), theirs.get(key), str(key))
        if chosen is not None:
            merged[key] = chosen
    return merged


def merge_values(base: V, ours: V, theirs: V, what: str) -> V:
    """Return the value that one side changed, or that neither did.

    Raises:
        BothChangedError: both changed it, and not alike.
    """
    if ours in (theirs, base):
        return theirs if ours == base else ours
    if theirs == base:
        return ours
    raise BothChangedError(f"both sides changed {what}")
