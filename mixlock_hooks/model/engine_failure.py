"""Why an engine gave no answer, as far as its words tell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
