"""What to say of a word that is unknown: the nearest known one, or what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FEW = 8
"""Names that one line shows."""


def nearest(word: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Return the known word most like ``word``; empty where none is near.

    Args:
        word: the unknown word.
        known: the known ones.
        likeness: how alike they must be, from 0 to 1 (``difflib``).
    """
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    return next(iter(get_close_matches(word, list(known), n=1, cutoff=likeness)), "")


def few(names: Sequence[str], separator: str = ", ") -> str:
    """Return names in one line that stays short: the first ones, where there are many."""
    return separator.join(names[:FEW]) + (f"{separator}…" if len(names) > FEW else "")


def meant(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Ask whether the nearest known word was meant; where none is near, return what else leads out."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else otherwise
