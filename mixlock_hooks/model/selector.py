"""Selectors: ``linux``, ``not win``, ``osx and arm64``, or a platform itself, judged for one platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.platforms import SELECTORS

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir


def admits(selector: str, platform: Subdir) -> bool:
    """Return whether a selector admits a platform; an empty one admits all. ``and`` binds tighter than ``or``."""
    if not selector:
        return True
    return any(_all_hold(part.split(" and "), platform) for part in selector.split(" or "))


def both(first: str, second: str) -> str:
    """Return the selector that admits where two do: an ``or`` in either is multiplied out."""
    if not first or not second:
        return first or second
    return " or ".join(f"{one} and {two}" for one in first.split(" or ") for two in second.split(" or "))


def _all_hold(terms: list[str], platform: Subdir) -> bool:
    return all(_holds(term.split(), platform) for term in terms)


def _holds(words: list[str], platform: Subdir) -> bool:
    negations, word = len(words) - 1, words[-1]
    return (word == platform or word in SELECTORS[platform]) == (negations % 2 == 0)
