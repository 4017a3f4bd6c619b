"""What keeps a file from being chosen: the target, a cutoff, a yank, a pre-release."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """One limit in words; its ``claim`` follows a version (``needs glibc 2.28, this environment has 2.27``).

    ``setting`` is what would admit the file; ``order`` is how far away that is, 0 for the nearest;
    ``is_of_python`` tells a limit of the version or ABI of python.
    """

    claim: str
    setting: str = ""
    order: int = 0
    is_of_python: bool = False
