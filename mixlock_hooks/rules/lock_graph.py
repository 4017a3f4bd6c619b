"""One platform's locked packages, found from either side: by conda's name, or by a PyPI name that conda's has too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.target import make_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.target import Target

PYTHON = "python"
Need = tuple[str, str, "LockedPackage | None"]


class LockGraph:
    """Packages of one platform.

    ``conda`` holds them by name, ``pip`` by normalized name, ``twins`` conda's by PyPI names; ``twice`` names what
    stands there more than once. Virtual packages, which conda-lock 1 wrote into some locks, are none of them. Equal
    names prove nothing: conda's ``brotli`` is a C library, PyPI's ``brotli`` is conda's ``brotli-python``.
    """

    def __init__(self, packages: Iterable[LockedPackage], names: Counterparts) -> None:
        self.packages = tuple(found for found in packages if not found.name.startswith("__"))
        self.conda = {found.name: found for found in self.packages if found.manager is Manager.CONDA}
        self.pip = {canonicalize_name(found.name): found for found in self.packages if found.manager is Manager.PIP}
        counts = Counter(key for key, _url in {(key_of(found), found.url) for found in self.packages})
        self.twice = tuple(name for (_manager, name), count in counts.items() if count > 1)
        held = names.holders(self.conda.values())
        self.twins = {str(project): package for project, package in held.items()}
        if PYTHON in self.conda:
            self.twins[PYTHON] = self.conda[PYTHON]
        self._needs: dict[int, tuple[LockedPackage, tuple[Need, ...]]] = {}
        self._targets: dict[tuple[Subdir, tuple[tuple[str, str], ...]], Target] = {}

    @property
    def python(self) -> str:
        """The version of the locked python; empty where there is none."""
        return self.conda[PYTHON].version if PYTHON in self.conda else ""

    def target(self, spec: PlatformSpec) -> Target:
        """Return the target of a spec's platform with the locked python."""
        asked = spec.platform, spec.virtual_packages
        if asked not in self._targets:
            self._targets[asked] = locked_target(*asked, self.conda.values())
        return self._targets[asked]

    def of_pypi(self, name: str) -> LockedPackage | None:
        """Return what is installed for a PyPI project: pip's package, else conda's of that name."""
        project = canonicalize_name(name)
        return self.pip.get(project) or self.twins.get(project)

    def doubles(self) -> Iterator[tuple[LockedPackage, LockedPackage]]:
        """Yield what would be installed twice: pip's package of a project, and conda's that provides it too."""
        return ((package, self.twins[name]) for name, package in self.pip.items() if name in self.twins)

    def needs(self, package: LockedPackage) -> tuple[Need, ...]:
        """Return what one of the packages needs: name, constraint, and what is locked for it.

        What the system has (conda's virtual packages) is not among it.
        """
        if id(package) not in self._needs:
            self._needs[id(package)] = package, tuple(self._looked_up(package))
        return self._needs[id(package)][1]

    def _looked_up(self, package: LockedPackage) -> Iterator[Need]:
        for name, constraint in package.dependencies.items():
            if package.manager is Manager.PIP:
                yield name, constraint, self.of_pypi(name)
            elif not name.startswith("__"):
                yield name, constraint, self.conda.get(name)

    def reachable(self, conda: Iterable[str], pypi: Iterable[str]) -> frozenset[PackageKey]:
        """Return the keys of all packages that are there because of requests, by conda's names and by PyPI's.

        A package of conda's may be what a PyPI package needs, but only conda's own requests bring it.
        """
        todo = [*(self.conda.get(name) for name in conda), *(self.pip.get(canonicalize_name(name)) for name in pypi)]
        found: set[PackageKey] = set()
        while todo:
            package = todo.pop()
            if package is None or key_of(package) in found:
                continue
            found.add(key_of(package))
            needs = (needed for _name, _constraint, needed in self.needs(package))
            todo += [needed for needed in needs if needed and needed.manager is package.manager]
        return frozenset(found)


def locked_target(
    platform: Subdir, virtual_packages: Iterable[tuple[str, str]], packages: Iterable[LockedPackage]
) -> Target:
    """Return the target of one platform's locked packages; only conda's tell which python it has."""
    conda = [package for package in packages if package.manager is Manager.CONDA]
    versions = {package.name: package.version for package in conda}
    return make_target(platform, virtual_packages, versions, {package.name: package.build for package in conda})


PackageKey = tuple[Manager, str]


def key_of(package: LockedPackage) -> PackageKey:
    """Return what tells a package of one platform from the others."""
    return package.manager, package.name
