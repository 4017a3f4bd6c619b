"""What stops a run: the user's call was wrong, or the world did not do what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from mixlock_hooks.model.urls import redacted

if TYPE_CHECKING:
    from mixlock_hooks.model.problem import Problem


class UsageError(Exception):
    """The call or the configuration is wrong: exit status 2."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(redacted(message))
        self.problems = problems


class CannotDoError(Exception):
    """A tool, the network, the disk or a solve failed: exit status 3. ``problems`` say it with codes."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(redacted(message))
        self.problems = problems


class NoAnswerError(CannotDoError):
    """An engine looked at everything, and said that there is no answer to what was asked."""


class NoProposalError(CannotDoError):
    """There is no proposal for the PyPI side, or it did not stand: the full index decides."""


class BlockedError(NoAnswerError):
    """PyPI's side needs another version of a package than conda's side holds; ``demand`` is it as a match spec."""

    def __init__(self, message: str, problems: tuple[Problem, ...], demand: str) -> None:
        super().__init__(message, problems)
        self.demand = demand


class FailureKind(Enum):
    """What an engine complained of."""

    UNSATISFIABLE = "unsatisfiable"
    NO_VERSION = "no version"
    PYTHON = "python"
    NO_FILE = "no file"
    SOURCE = "source"
    BUILD = "build"
    BUILD_FAILED = "build failed"
    CHANGED_FILE = "changed file"
    WRONG_METADATA = "wrong metadata"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineFailure:
    """One failure: its kind, the package and constraint it names (empty where none), the engine's own words."""

    kind: FailureKind
    package: str = ""
    constraint: str = ""
    words: str = ""
