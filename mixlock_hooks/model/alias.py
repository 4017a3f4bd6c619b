"""Named environments: ``NAME[:TAG]`` as people write it, and what it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

LATEST = "latest"
MOVABLE = frozenset({LATEST, "candidate", "stable"})
"""Tags that may move to another lock; any other is immutable once committed (the extension's rule)."""

_NAME = re.compile(r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*")
_TAG = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Alias:
    """A name and its tag."""

    name: str
    tag: str = LATEST

    def __str__(self) -> str:
        return f"{self.name}:{self.tag}"

    @property
    def movable(self) -> bool:
        """Return whether the alias may come to stand for another lock."""
        return self.tag in MOVABLE


@dataclass(frozen=True, kw_only=True, slots=True)
class AliasTarget:
    """What an alias stands for: an environment, the spec it comes from, what was asked, and its lock's digest."""

    environment: str
    source: str
    fingerprint: str
    lock: str


def alias(text: str) -> Alias:
    """Make an alias from ``NAME[:TAG]``.

    Raises:
        ValueError: name or tag break the rule: lower-case letters, digits, ``-``, ``_``; names also ``/``.
    """
    name, colon, tag = text.partition(":")
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"`{text}`: a name holds lower-case letters, digits, - and _, in parts between single slashes"
        )
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(f"`{text}`: a tag holds lower-case letters, digits, - and _")
    return Alias(name=name, tag=tag if colon else LATEST)


def is_lookup(text: str) -> bool:
    """Return whether a reference is one of the extension's own lookups: a step's path, or an identifier."""
    return text.startswith("step:") or re.fullmatch(r"[0-9a-f]{40}(?::[0-9a-f]{40})?", text) is not None
