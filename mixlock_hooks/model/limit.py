"""What keeps a file from being chosen: the target, a cutoff, a yank, a pre-release."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class LimitKind(Enum):
    """What a limit is about: a release as a whole, or the python or platform in a wheel's tags."""

    RELEASE = "release"
    PYTHON_TAG = "python tag"
    PLATFORM_TAG = "platform tag"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One limit in words; its ``claim`` follows a version (``needs glibc 2.28, this environment has 2.27``).

    ``setting`` is what would admit the file; ``order`` is how far away that is, 0 for the nearest.
    """

    claim: str
    kind: LimitKind = LimitKind.RELEASE
    setting: str = ""
    order: int = 0
