"""Environments that are like another: what both hold has the same version, whichever manager it comes from.

The other's versions bind a solve and add nothing to it; what the spec itself asks may prevent that, and is named.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.constraint import NotAConstraintError, is_version, surely_satisfies
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.solving import Likeness
from mixlock_hooks.rules.lock_graph import PYTHON, LockGraph, key_of
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.rules.match_specs import fits_match_spec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.solving import SolveRequest


def likeness(name: EnvironmentName, packages: Iterable[LockedPackage], names: Counterparts) -> Likeness:
    """Return what binds an environment that is to be like another.

    Args:
        name: the other.
        packages: what it has locked for the platform.
        names: which Python projects conda's packages are.
    """
    graph = LockGraph(packages, names)
    projects = {str(name): each for name, each in (*graph.twins.items(), *graph.pip.items())}
    return Likeness(
        environment=name,
        packages=graph.packages,
        conda=tuple(f"{each.name} =={each.version}" for each in (*graph.conda.values(), *graph.pip.values())),
        pypi=tuple(
            f"{project}=={each.version}"
            for project, each in sorted(projects.items())
            if project != PYTHON and is_version(each.version)
        ),
    )


def differing(mine: LockGraph, other: LockGraph) -> Iterator[tuple[LockedPackage, LockedPackage]]:
    """Yield each package that both hold in two versions, once, as mine and the other's."""
    told = set()
    pairs = [(package, other.conda.get(name)) for name, package in mine.conda.items()]
    pairs += [(package, other.of_pypi(name)) for name, package in (*mine.twins.items(), *mine.pip.items())]
    for package, counterpart in pairs:
        if counterpart and key_of(package) not in told and not _is_same(package.version, counterpart.version):
            told.add(key_of(package))
            yield package, counterpart


def prevented(request: SolveRequest, names: Counterparts) -> Iterator[Problem]:
    """Yield a problem for each requirement of a spec that does not admit what the other environment has."""
    if request.like is None:
        return
    other = LockGraph(request.like.packages, names)
    for wanted in request.spec.conda:
        package = other.conda.get(wanted.name)
        with suppress(NotAConstraintError):
            if package and not fits_match_spec(package, wanted.version):
                yield _problem(request, Code.NO_CONDA_ANSWER, wanted.place, wanted.shown, package)
    for asked in applicable(request.spec.pypi, other.target(request.spec)):
        package = other.of_pypi(asked.name)
        if package and not surely_satisfies(package.version, asked.specifier):
            yield _problem(request, Code.NO_PYPI_ANSWER, asked.place, f"{asked.key}{asked.specifier}", package)


def refused(request: SolveRequest, locked: LockGraph, names: Counterparts) -> Iterator[Problem]:
    """Yield the problems of an answer that is not like the other environment, for not every engine can be bound."""
    if request.like is None:
        return
    for package, other in differing(locked, LockGraph(request.like.packages, names)):
        code = Code.NO_CONDA_ANSWER if package.manager is Manager.CONDA else Code.NO_PYPI_ANSWER
        shown = f"{package.name} {package.version}, which its requirements lead to,"
        yield _problem(request, code, request.environment.place, shown, other)


def levels(environments: Sequence[EnvironmentSpec]) -> Iterator[tuple[EnvironmentSpec, ...]]:
    """Yield environments in the order in which they can be locked: what others are to be like goes before them."""
    waiting = list(environments)
    while waiting:
        names = {each.name for each in waiting}
        ready = tuple(each for each in waiting if each.like not in names) or tuple(waiting)
        yield ready
        waiting = [each for each in waiting if each not in ready]


def like_their_first(environments: Iterable[EnvironmentSpec]) -> tuple[EnvironmentSpec, ...]:
    """Return the environments of flows, those of each flow like the flow's first one."""
    first: dict[str, EnvironmentSpec] = {}
    return tuple(
        each if first.setdefault(_flow_of(each), each) is each else replace(each, like=first[_flow_of(each)].name)
        for each in environments
    )


def _flow_of(environment: EnvironmentSpec) -> str:
    return environment.name.rpartition("/")[0]


def _problem(request: SolveRequest, code: Code, place: Place, shown: str, other: LockedPackage) -> Problem:
    like = request.like.environment if request.like else ""
    return Problem(
        code=code,
        place=place,
        claim=f"`{shown}` does not accept {other.name} {other.version} of `{like}`, which this must match (`like`)",
        hint=f"relax it, lock another {other.name} in `{like}`, or take `like` out of the configuration",
        environment=request.environment.name,
        platform=request.spec.platform,
    )


def _is_same(version: str, other: str) -> bool:
    return version == other or surely_satisfies(version, f"=={other}")
