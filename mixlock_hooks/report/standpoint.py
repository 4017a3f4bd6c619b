"""Where the reader of a text stands: what it tells to type works there.

Whoever makes a text names paths from the repository's root, for nothing tells it where the text is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.problem import Problem

_OF_GIT = re.compile(r"`git (?=(?:add|check-ignore|checkout|restore|rm) )")
_OF_MIXLOCK = re.compile(r"`mixlock (?=[a-z])(?!(?:cache|completion|demo|explain)\b)")
"""A command that is about a repository; the others are about none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Standpoint:
    """A folder as a repository is seen from it.

    ``root`` is the repository's root as a path from there, empty where it is that folder; ``unfound``: mixlock takes
    another one for it there, unless ``--root`` names it. ``prefix`` is what leads from the folder that a service
    checked out to the root, empty or with ``/`` at its end.
    """

    root: str = ""
    unfound: bool = False
    prefix: str = ""

    def text(self, text: str) -> str:
        """Return a text whose commands, each in backticks, can be typed where the reader stands."""
        if self.root:
            text = _OF_GIT.sub(lambda _found: f"`git -C {quote(self.root)} ", text)
        return _OF_MIXLOCK.sub(lambda _found: f"`mixlock --root {quote(self.root)} ", text) if self.unfound else text

    def problem(self, problem: Problem) -> Problem:
        """Return a problem whose claim and hint tell what can be typed."""
        claim, hint = self.text(problem.claim), self.text(problem.hint)
        return problem if (claim, hint) == (problem.claim, problem.hint) else replace(problem, claim=claim, hint=hint)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with its place as a service finds it in what it checked out."""
        return replace(problem, place=replace(problem.place, path=f"{self.prefix}{problem.place.path}"))
