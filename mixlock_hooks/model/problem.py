"""What a user can mend: a code, a place, a claim and a way out.

Secrets are taken out of the texts here, once, so that no report and no log can repeat one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.codes import Code
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.place import Place


class Severity(str, Enum):
    """How much a problem weighs: only an error makes a run fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One finding.

    ``claim`` says what is wrong, ``hint`` how to get out of it, ``detail`` an engine's own words; ``subject`` is what
    the spec asks for, as it was written, where an allowance may leave it out of the lock.
    """

    code: Code
    place: Place
    claim: str
    hint: str = ""
    detail: str = ""
    severity: Severity = Severity.ERROR
    environment: EnvironmentName | None = None
    platform: Subdir | None = None
    subject: str = ""

    def __post_init__(self) -> None:
        for text in ("claim", "hint", "detail", "subject"):
            object.__setattr__(self, text, redacted(getattr(self, text)))

    def softened(self, severity: Severity) -> Problem:
        """Return the same problem at another severity."""
        return replace(self, severity=severity)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by place and code, each told once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.place, problem.code, problem.claim)))


def has_errors(problems: Iterable[Problem]) -> bool:
    """Return whether any problem makes the run fail."""
    return bool(errors(problems))


def errors(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return the problems that make a run fail."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)
