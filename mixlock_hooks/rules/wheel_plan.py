"""Plan a wheelhouse: which locked sdists need a wheel, for which targets, and what is recorded of them already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.rules.lock_graph import locked_target
from mixlock_hooks.rules.platform_tags import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.target import Target
    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan


def target_of(lockfile: Lockfile, platform: Subdir, virtual_packages: Mapping[str, str]) -> Target | None:
    """Return what wheels of one platform must suit; None where no python is locked for it."""
    found = locked_target(platform, virtual_packages.items(), lockfile.for_platform(platform))
    return found if found.python else None


def sdists(lockfile: Lockfile, targets: Iterable[Target]) -> tuple[tuple[LockedPackage, tuple[Target, ...]], ...]:
    """Return each locked sdist once for all targets that one build could serve: those of one python and ABI."""
    groups: dict[tuple[str, tuple[str, str]], tuple[LockedPackage, list[Target]]] = {}
    for target in targets:
        for package in lockfile.for_platform(target.platform):
            if package.is_sdist:
                groups.setdefault((package.sha256, (target.python_minor, target.abi)), (package, []))[1].append(
                    target
                )
    ordered = sorted(groups.values(), key=lambda pair: (pair[0].name, pair[0].sha256, pair[1][0].python))
    return tuple((package, tuple(found)) for package, found in ordered)


def held_versions(packages: Sequence[LockedPackage], names: Counterparts) -> dict[PypiName, str]:
    """Return the versions of all projects that an environment installs; pip's win over conda's."""
    conda = names.holders(package for package in packages if package.manager is Manager.CONDA)
    pip = {pypi_name(package.name): package for package in packages if package.manager is Manager.PIP}
    return {name: package.version for name, package in {**conda, **pip}.items()}


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
    wheels: Iterable[BuiltWheel], package: LockedPackage, targets: Iterable[Target]
) -> Iterator[BuiltWheel]:
    """Yield the recorded wheels of an sdist that suit the first of the targets."""
    first = next(iter(targets))
    return (wheel for wheel in wheels if wheel.sdist_sha256 == package.sha256 and suits(wheel, first))


def without_sdist(names: Iterable[PypiName], lockfiles: Iterable[Lockfile]) -> tuple[PypiName, ...]:
    """Return the names of which no lock holds an sdist."""
    packages = (package for lockfile in lockfiles for package in lockfile.packages)
    locked = {pypi_name(package.name) for package in packages if package.is_sdist}
    return tuple(name for name in names if name not in locked)


def suits(wheel: BuiltWheel, target: Target) -> bool:
    """Return whether a recorded wheel is for a target."""
    return target.platform in wheel.platforms and fits(wheel.tags, target)


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


ABI = frozenset({PypiName("numpy")})
"""What compiled code depends on beyond its own build."""
_TWO, _OLDEST_FOR_TWO = 2, Version("1.23")


def is_of(wheel: BuiltWheel, plan: WheelPlan) -> bool:
    """Return whether a kept wheel was built from a plan's sdist, with its python and what its environment holds."""
    built = pins(wheel.requires)
    return (
        wheel.sdist_sha256 == plan.package.sha256
        and wheel.name == pypi_name(plan.package.name)
        and wheel.version == plan.package.version
        and wheel.python == plan.python
        and all(plan.held.get(name, version) == version for name, version in built.items() if name not in ABI)
        and runs_with(wheel, plan.held)
        and was_given(wheel, plan.extra_requires)
    )


def was_given(wheel: BuiltWheel, extra_requires: Iterable[str]) -> bool:
    """Return whether a wheel's build had what the repository adds to it, in versions that suit."""
    built = pins(wheel.requires)
    asked = [Requirement(text) for text in extra_requires]
    return all(
        (version := built.get(pypi_name(each.name))) is not None and satisfies(version, str(each.specifier))
        for each in asked
    )


def runs_with(wheel: BuiltWheel, held: Mapping[PypiName, str]) -> bool:
    """Return whether what a wheel was compiled against goes with what an environment holds."""
    built = pins(wheel.requires)
    return all(_goes_with(built[name], held[name]) for name in ABI if name in built and name in held)


def _goes_with(built: str, held: str) -> bool:
    """Return whether code compiled against one numpy runs with another.

    Source: NumPy's documentation for downstream authors: what is compiled with 1.x runs with that 1.x and later ones,
    but not with 2; what is compiled with 2 runs with 2, and with 1.23 and later.
    """
    try:
        compiled, found = Version(built), Version(held)
    except InvalidVersion:
        return built == held
    if compiled.major >= _TWO:
        return found >= _OLDEST_FOR_TWO
    return found.major < _TWO and compiled <= found


def compilable_for(held: str) -> str:
    """Return the specifier of what else may be compiled against to run with a version; see ``_goes_with``."""
    return ">=2" if held.partition(".")[0] not in {"0", "1"} else f"<={held}"


def abi_of(wheel: BuiltWheel) -> tuple[str, ...]:
    """Return what a wheel's compiled code depends on, as ``name version``."""
    return tuple(f"{name} {version}" for name, version in pins(wheel.requires).items() if name in ABI)


def pins(requires: Iterable[str]) -> dict[PypiName, str]:
    """Return names and versions of requirements as a build records them, ``name==version``."""
    return {pypi_name(name): version for name, _, version in (text.partition("==") for text in requires)}
