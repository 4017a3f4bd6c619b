"""What is handed to a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.build_permission import EVERYBODY, BuildPermission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.environment import CheckedSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage


@dataclass(frozen=True, kw_only=True, slots=True)
class SolveRequest:
    """One environment for one platform; ``preferred`` are the old lock's packages, kept where they still fit.

    ``builds`` says whose build code may run to learn an old sdist's requirements;
    ``cutoff`` is the moment after which nothing is considered (RFC 3339), empty for none;
    ``refresh`` says that what an index answered minutes ago is not good enough.
    """

    environment: CheckedSpec
    spec: PlatformSpec
    preferred: tuple[LockedPackage, ...] = ()
    builds: BuildPermission = EVERYBODY
    cutoff: str = ""
    refresh: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaSide:
    """The answer of the conda side alone.

    ``versions`` are those of all its packages, ``python_packages`` name the ones that depend on python;
    ``answer`` is what the engine needs to give it again.
    """

    versions: Mapping[str, str]
    python_packages: frozenset[str] = frozenset()
    answer: Any = None

    @property
    def python(self) -> str:
        """The version of python it holds; empty where it holds none."""
        return self.versions.get("python", "")
