"""Plan a wheelhouse: which locked sdists need a wheel, for which targets, and what is recorded of them already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.wheelhouse import BuildTarget
from mixlock_hooks.rules.wheel_fit import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.name_map import NameMap
    from mixlock_hooks.model.names import PypiName, Subdir
    from mixlock_hooks.model.wheelhouse import BuiltWheel


def target_of(lockfile: Lockfile, platform: Subdir, virtual_packages: Mapping[str, str]) -> BuildTarget | None:
    """Return what wheels of one platform must suit; None where no python is locked for it."""
    python = next((found.version for found in lockfile.for_platform(platform) if _is_python(found)), None)
    if python is None:
        return None
    return BuildTarget(platform=platform, python=python, virtual_packages=virtual_packages)


def _is_python(package: LockedPackage) -> bool:
    return package.manager is Manager.CONDA and package.name == "python"


def sdists(
    lockfile: Lockfile, targets: Iterable[BuildTarget]
) -> tuple[tuple[LockedPackage, tuple[BuildTarget, ...]], ...]:
    """Return each locked sdist once for all targets that one build could serve: those with the same python."""
    groups: dict[tuple[str, str], tuple[LockedPackage, list[BuildTarget]]] = {}
    for target in targets:
        for package in lockfile.for_platform(target.platform):
            if package.is_sdist:
                groups.setdefault((package.sha256, target.python_minor), (package, []))[1].append(target)
    ordered = sorted(groups.values(), key=lambda pair: (pair[0].name, pair[0].sha256, pair[1][0].python))
    return tuple((package, tuple(found)) for package, found in ordered)


def held_versions(packages: Iterable[LockedPackage], names: NameMap) -> dict[PypiName, str]:
    """Return the versions of all that an environment installs, by PyPI's names; pip's win over conda's."""
    ordered = sorted(packages, key=lambda package: package.manager is Manager.PIP)
    return {name: package.version for package in ordered for name in _names(package, names)}


def _names(package: LockedPackage, names: NameMap) -> tuple[PypiName, ...]:
    if package.manager is Manager.PIP:
        return (pypi_name(package.name),)
    return tuple(names.pypi_names(package.name))


def python_closure(packages: Iterable[LockedPackage]) -> tuple[LockedPackage, ...]:
    """Return conda's python and all that it needs: what an interpreter is installed from."""
    by_name = {package.name: package for package in packages if package.manager is Manager.CONDA}
    wanted, found = ["python"], dict[str, "LockedPackage"]()
    while wanted:
        name = wanted.pop()
        if name in by_name and name not in found:
            found[name] = by_name[name]
            wanted += by_name[name].dependencies
    return tuple(found[name] for name in sorted(found))


def recorded_for(
    wheels: Iterable[BuiltWheel], package: LockedPackage, targets: Iterable[BuildTarget]
) -> Iterator[BuiltWheel]:
    """Yield the recorded wheels of an sdist that suit the first of the targets."""
    first = next(iter(targets))
    return (wheel for wheel in wheels if wheel.sdist_sha256 == package.sha256 and suits(wheel, first))


def without_sdist(names: Iterable[PypiName], lockfiles: Iterable[Lockfile]) -> tuple[PypiName, ...]:
    """Return the names of which no lock holds an sdist."""
    packages = (package for lockfile in lockfiles for package in lockfile.packages)
    locked = {pypi_name(package.name) for package in packages if package.is_sdist}
    return tuple(name for name in names if name not in locked)


def suits(wheel: BuiltWheel, target: BuildTarget) -> bool:
    """Tell whether a recorded wheel is for a target."""
    return target.platform in wheel.platforms and fits(wheel, target)


def still_locked(wheels: Iterable[BuiltWheel], lockfile: Lockfile) -> tuple[BuiltWheel, ...]:
    """Return the recorded wheels whose sdists are locked still."""
    locked = {package.sha256 for package in lockfile.packages if package.is_sdist}
    return tuple(wheel for wheel in wheels if wheel.sdist_sha256 in locked)


def hashes_for(wheels: Iterable[BuiltWheel], platform: Subdir) -> dict[str, tuple[str, ...]]:
    """Return the sha256 of the wheels of one platform, by that of their sdists."""
    found: dict[str, tuple[str, ...]] = {}
    for wheel in wheels:
        if platform in wheel.platforms:
            found[wheel.sdist_sha256] = tuple(sorted({*found.get(wheel.sdist_sha256, ()), wheel.sha256}))
    return found
