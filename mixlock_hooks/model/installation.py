"""Which mixlock is installed, as others can install it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledFrom:
    """A git repository and its revision: a tag where there is one.

    ``is_shared`` where other machines reach it. ``caveat`` is what whoever uses it must know; empty for nothing.
    """

    url: str
    revision: str
    is_shared: bool = True
    caveat: str = ""
