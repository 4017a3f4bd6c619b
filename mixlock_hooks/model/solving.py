"""What is handed to a solver."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.build_permission import EVERYBODY, BuildPermission
from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.target import make_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.environment import CheckedSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import EnvironmentName, PypiName
from mixlock_hooks.model.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """Another environment whose versions a solve must have where it holds the same package.

    ``packages`` are what it has locked for the platform; ``conda`` are match specs, ``pypi`` requirements (PEP 508)
    that bind and add nothing.
    """

    environment: EnvironmentName
    packages: tuple[LockedPackage, ...]
    conda: tuple[str, ...]
    pypi: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class SolveRequest:
    """One environment for one platform; ``preferred`` are the old lock's packages, kept where they still fit.

    ``builds`` says whose build code may run to learn an old sdist's requirements;
    ``cutoff`` is what nothing considered may be newer than;
    ``refresh`` says that what an index answered minutes ago is not good enough; ``keeps_newer``: what is preferred
    may be newer than the cutoff; ``bounds`` pair names with versions (PEP 440) that they must have where locked;
    ``like`` is the environment whose versions they must have, too. ``floors`` are locked packages that may
    not go back to reach a bound; ``locked`` are all of the old lock, of which is told what was taken back since.
    """

    environment: CheckedSpec
    spec: PlatformSpec
    preferred: tuple[LockedPackage, ...] = ()
    builds: BuildPermission = EVERYBODY
    cutoff: Cutoff = field(default_factory=Cutoff)
    refresh: bool = False
    keeps_newer: bool = True
    bounds: tuple[tuple[str, str], ...] = ()
    like: Likeness | None = None
    floors: tuple[LockedPackage, ...] = ()
    locked: tuple[LockedPackage, ...] = ()

    @property
    def kept_files(self) -> frozenset[str]:
        """The preferred files that may be newer than the cutoff, by their sha256."""
        return frozenset(each.sha256 for each in self.preferred if each.sha256) if self.keeps_newer else frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaSide:
    """The answer of the conda side alone.

    ``versions`` and ``builds`` are those of all its packages, ``holders`` the package that stands for each Python
    project that they provide; ``answer`` is what the engine needs to give it again.
    """

    versions: Mapping[str, str]
    builds: Mapping[str, str] = field(default_factory=dict)
    holders: Mapping[PypiName, str] = field(default_factory=dict)
    answer: Any = None

    @property
    def held(self) -> dict[PypiName, str]:
        """The versions of the Python projects that it provides."""
        return {project: self.versions[name] for project, name in self.holders.items()}

    @property
    def python(self) -> str:
        """The version of python it holds; empty where it holds none."""
        return self.versions.get("python", "")

    def target(self, spec: PlatformSpec) -> Target:
        """Return the target of a spec's platform with the python that this side has."""
        return make_target(spec.platform, spec.virtual_packages, self.versions, self.builds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """What a PyPI package, ``by`` such as ``frames 1.0``, needs of a project: a specifier (PEP 440)."""

    by: str
    name: PypiName
    specifier: str
