"""What a drift run found, in one line for a person."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mixlock_hooks.model.drift import State

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = {
    State.DRIFTED: "drifted",
    State.MISSING: "without a lock",
    State.INVALID: "with errors in the spec",
    State.UNLOCKABLE: "unlockable",
}


def summary(states: Iterable[State]) -> str:
    """Count the environments in each state; fresh and drifted ones always. A stale stamp is a fresh lock's."""
    counts = Counter(states)
    stale = f" ({counts[State.STALE]} with a stale stamp)" if counts[State.STALE] else ""
    words = [f"{counts[State.FRESH] + counts[State.STALE]} fresh{stale}"]
    words += [f"{counts[state]} {text}" for state, text in _WORDS.items() if counts[state] or state is State.DRIFTED]
    return ", ".join(words)
