"""Join two changes of one table: what one side changed goes over what the other left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

K = TypeVar("K")
V = TypeVar("V")


class CannotMergeError(ValueError):
    """Two locks cannot be joined at all; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Joined(Generic[K, V]):
    """Two changes of one table as one.

    ``agreed`` are the entries that one side changed or neither did. ``disputed`` are those that both changed, not
    alike, as each side has them; None for one that a side took out.
    """

    agreed: Mapping[K, V]
    disputed: Mapping[K, tuple[V | None, V | None]]

    def resolved(self, choose: Callable[[V | None, V | None], V | None]) -> dict[K, V]:
        """Return the whole table, with each dispute as ``choose`` decides between our entry and theirs."""
        chosen = {key: choose(*sides) for key, sides in self.disputed.items()}
        return {**self.agreed, **{key: value for key, value in chosen.items() if value is not None}}


def join(base: Mapping[K, V], ours: Mapping[K, V], theirs: Mapping[K, V]) -> Joined[K, V]:
    """Join two changes of a table, our entries first."""
    agreed: dict[K, V] = {}
    disputed: dict[K, tuple[V | None, V | None]] = {}
    for key in dict.fromkeys((*ours, *theirs)):
        before, mine, other = base.get(key), ours.get(key), theirs.get(key)
        if mine not in (other, before) and other != before:
            disputed[key] = mine, other
        elif (value := other if mine == before else mine) is not None:
            agreed[key] = value
    return Joined(agreed=agreed, disputed=disputed)
