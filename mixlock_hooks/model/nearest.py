"""The nearest known word to one that is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word most like ``word``; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    return next(iter(get_close_matches(word, list(known), n=1)), "")


def meant(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Ask whether the nearest known word was meant; where none is near, return what else leads out."""
    near = nearest(word, known)
    return f"did you mean `{near}`?" if near else otherwise
