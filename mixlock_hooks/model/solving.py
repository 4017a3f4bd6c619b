"""What is handed to a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import CheckedSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage


@dataclass(frozen=True, kw_only=True, slots=True)
class SolveRequest:
    """One environment for one platform; ``preferred`` are the old lock's packages, kept where they still fit.

    ``builds_allowed`` says whether an old sdist's build code may run to learn its requirements.
    """

    environment: CheckedSpec
    spec: PlatformSpec
    preferred: tuple[LockedPackage, ...] = ()
    builds_allowed: bool = True
