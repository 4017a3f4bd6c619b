"""What became of an upgrade that was asked for: it came, or something holds it back, or there is nothing newer."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name
from packaging.version import Version

from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.lock_graph import LockGraph, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.rules.lock_graph import PackageKey


def dependents(
    packages: Iterable[LockedPackage], names: Iterable[str], counterparts: Counterparts
) -> tuple[LockedPackage, ...]:
    """Return the packages that need some others, directly or through others still; not those themselves.

    Args:
        packages: one platform's, as they are locked.
        names: the others.
        counterparts: which Python projects conda's packages are.
    """
    graph = LockGraph(packages, counterparts)
    wanted = {canonicalize_name(name) for name in names}
    needing: dict[PackageKey, list[LockedPackage]] = defaultdict(list)
    for package in graph.packages:
        for _name, _constraint, needed in graph.needs(package):
            if needed:
                needing[key_of(needed)].append(package)
    todo = [package for package in graph.packages if canonicalize_name(package.name) in wanted]
    found: dict[PackageKey, LockedPackage] = {}
    while todo:
        for package in needing[key_of(todo.pop())]:
            if key_of(package) not in found and canonicalize_name(package.name) not in wanted:
                found[key_of(package)] = package
                todo.append(package)
    return tuple(found.values())


def may_stay(request: SolveRequest, name: PypiName, version: str) -> bool:
    """Return whether what is asked, constraints and bounds with it, admits a version of a project that is locked."""
    spec = request.spec
    asked = (each for each in (*spec.pypi, *spec.constraints, *spec.pip_constraints) if each.name == name)
    bounds = (specifier for bounded, specifier in request.bounds if pypi_name(bounded) == name)
    return all(satisfies(version, specifier) for specifier in (*(each.specifier for each in asked), *bounds))


def is_lower_bound(specifier: str) -> bool:
    """Return whether a specifier (PEP 440) admits every newer version than those that it excludes."""
    return bool(specifier) and all(part.strip().startswith(">") for part in specifier.split(","))


def floor_of(package: LockedPackage) -> str:
    """Return what keeps a package from going back: a match spec of conda's, a requirement (PEP 508) of PyPI's."""
    if package.manager is Manager.CONDA:
        return f"{package.name} >={package.version}"
    return f"{package.name}>={Version(package.version).public}"


_LIMITING = ("<", "==", "~=", "=")


def stayed(
    spec: PlatformSpec,
    before: Iterable[LockedPackage],
    after: Iterable[LockedPackage],
    names: Iterable[str],
    counterparts: Counterparts,
) -> Iterator[str]:
    """Yield a sentence for each package that was to be upgraded and was not, with who may hold it back.

    Args:
        spec: what is asked.
        before: the platform's packages as they were locked.
        after: the same as they are now.
        names: what was to be upgraded.
        counterparts: which Python projects conda's packages are.
    """
    wanted = {canonicalize_name(name) for name in names}
    versions = {(each.manager, each.name): each.version for each in before}
    graph = LockGraph(after, counterparts)
    for package in graph.packages:
        if (
            canonicalize_name(package.name) in wanted
            and versions.get((package.manager, package.name)) == package.version
        ):
            yield _held_back(spec, graph, package) or f"{_stays(package)}, nothing newer was found"


def held_back(
    spec: PlatformSpec, locked: Iterable[LockedPackage], names: Iterable[str], counterparts: Counterparts
) -> Iterator[str]:
    """Yield a sentence for each package that others limit as they are locked; see ``stayed``."""
    wanted, graph = {canonicalize_name(name) for name in names}, LockGraph(locked, counterparts)
    for package in graph.packages:
        if canonicalize_name(package.name) in wanted and (claim := _held_back(spec, graph, package)):
            yield claim


def _stays(package: LockedPackage) -> str:
    return f"`{package.name}` stays {package.version}"


def _held_back(spec: PlatformSpec, graph: LockGraph, package: LockedPackage) -> str:
    """Return who holds a package back; empty where nobody does."""
    holders = tuple(dict.fromkeys(_holders(spec, graph, package)))
    return f"{_stays(package)}: {'; '.join(holders)}" if holders else ""


def _holders(spec: PlatformSpec, graph: LockGraph, package: LockedPackage) -> Iterator[str]:
    """Yield who asks for no more than some version of a package."""
    for wanted in spec.conda:
        if wanted.name == package.name and _is_limiting(wanted.constraint):
            yield f"the spec asks for `{wanted.shown}`"
    for asked in spec.pypi:
        if asked.name == pypi_name(package.name) and _is_limiting(asked.specifier):
            yield f"the spec asks for `{asked.key}{asked.specifier}`"
    for other in graph.packages:
        for _name, constraint, needed in graph.needs(other):
            if needed is package and _is_limiting(constraint):
                yield f"{other.name} {other.version} needs {constraint}"


def _is_limiting(constraint: str) -> bool:
    return constraint not in {"", "*"} and any(
        part.strip().startswith(_LIMITING) or part.strip()[:1].isdigit()
        for part in constraint.replace("|", ",").split(",")
    )
