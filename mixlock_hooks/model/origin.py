"""Where files of a repository may have come from: one commit, or two that were joined."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Revisions as git names them, empty for none; ``words`` say what is kept where a lock is taken from there.

    ``theirs`` is what was joined with ``ours``, and ``base`` what both grew from.
    """

    ours: str
    theirs: str = ""
    base: str = ""
    words: str
