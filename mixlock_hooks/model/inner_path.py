"""Which paths name a file of the repository: inside of it, and none of git's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_GITS = frozenset({".git", "git~1"})
"""git's folder, and the short name that Windows gives it."""


def complaint(path: str) -> str:
    r"""Say why a path names no file of a repository; empty where it does.

    Args:
        path: relative to the root, with ``/``; a backslash counts as one too, as Windows reads it.
    """
    parts = path.replace("\\", "/").split("/")
    if "\0" in path:
        return "holds a NUL"
    if path.startswith(("/", "\\")) or parts[0].endswith(":"):
        return "is not relative to the repository"
    if ".." in parts:
        return "leads out of the repository"
    return "is git's own" if is_gits_own(parts) else ""


def is_gits_own(parts: Iterable[str]) -> bool:
    """Return whether a path leads into git's folder, given the names that it is made of."""
    return any(part.rstrip(". ").casefold() in _GITS for part in parts)
