"""What stands beside a lock about how it was made, and what vouches for its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import Fingerprint, Subdir

SCHEMA = 2
"""The version of the form of a lock's files; a higher one was written by a newer mixlock.

Version 1 kept everything in ``conda-lock.yml`` and in comments of the explicit files, so that each change of a lock
changed the same lines.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """How a lock was made; nothing of it decides whether the lock is an answer.

    ``engine`` names the solvers and their versions, ``name_map`` is the digest of the name map. ``cutoffs`` are what
    nothing considered was newer than, for the platforms that had one, as ``model.cutoff`` writes it.
    """

    engine: str = ""
    name_map: str = ""
    cutoffs: Mapping[Subdir, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """What vouches for a lock: fingerprints of what was asked for each platform, and digests of its other files."""

    making: Making
    fingerprints: Mapping[Subdir, Fingerprint]
    digests: Mapping[str, str]
    schema: int = SCHEMA
