"""Does an answer hold what was asked? Whatever conda-lock says, a lock is written only if this finds nothing.

conda-lock 4 locks one project from both managers, in two versions, where a PyPI requirement does not accept
conda's (its issues 540 and 813); pip would overwrite conda's files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.constraint import NotAConstraintError, satisfies
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import PypiRequirement
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.solving import SolveRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """A project that both managers brought, and the PyPI packages that do not accept conda's version of it."""

    package: LockedPackage
    twin: LockedPackage
    demands: tuple[tuple[str, str], ...]


def conflicts(packages: Sequence[LockedPackage], names: Counterparts) -> tuple[Conflict, ...]:
    """Find every project that both managers brought."""
    pip = [package for package in packages if package.manager is Manager.PIP]
    return tuple(
        Conflict(package=package, twin=twin, demands=tuple(_demands(package, twin, pip)))
        for package, twin in LockGraph(packages, names).doubles()
    )


def of_one_name(packages: Sequence[LockedPackage], names: Counterparts) -> Iterator[str]:
    """Yield what must be known of each PyPI package beside a conda package of its name that is not the same project.

    Both may stand, but either may bring a program of that name. A wheel with extension modules (its tag names an ABI)
    is a library, and is passed over.
    """
    locked = LockGraph(packages, names)
    named = {canonicalize_name(name): package for name, package in locked.conda.items()}
    for name, package in locked.pip.items():
        other = named.get(name)
        if other and name not in locked.twins and not package.has_extension_modules:
            yield (
                f"conda's {other.name} {other.version} is not PyPI's {package.name} {package.version}, so both are "
                "locked; where both bring a program of that name, the one that is installed last wins"
            )


def _demands(package: LockedPackage, twin: LockedPackage, pip: Sequence[LockedPackage]) -> Iterator[tuple[str, str]]:
    name = pypi_name(package.name)
    for other in pip:
        for needed, constraint in other.dependencies.items():
            if pypi_name(needed) == name and not _accepts(constraint, twin.version):
                yield f"{other.name} {other.version}", constraint


def _accepts(constraint: str, version: str) -> bool:
    """Return whether a need is known to accept a version; one that nobody can read is not."""
    try:
        return satisfies(version, constraint)
    except NotAConstraintError:
        return False


def held_to_conda(conflict: Conflict, request: SolveRequest) -> PypiRequirement:
    """Return the requirement that holds PyPI's side to the version conda has of a project."""
    name = pypi_name(conflict.package.name)
    return PypiRequirement(name=name, specifier=f"=={conflict.twin.version}", place=request.environment.place)


def conflict_problem(request: SolveRequest, conflict: Conflict) -> Problem:
    """Return a conflict as the problem that names the conda pin and the PyPI requirement it blocks."""
    name, twin = pypi_name(conflict.package.name), conflict.twin
    demands = [f"{who} needs {name}{constraint}" for who, constraint in conflict.demands]
    demands += [f"the spec asks PyPI for {found.key}" for found in request.spec.pypi if found.name == name]
    pin = next((found for found in request.spec.conda if found.name == twin.name), None)
    held = f"conda holds {twin.name} {twin.version}"
    held += f" (`{pin.key}{pin.asked}`, line {pin.place.line})" if pin else ""
    asked = next((found.place for found in request.spec.pypi if found.name == name), None)
    return Problem(
        code="MIX303",
        place=asked or _place_of(request, demands),
        claim=f"{held}, but {demands[0] if demands else f'PyPI brings {name} {conflict.package.version}'}",
        detail="; ".join(demands[1:4]),
        hint=f"ask conda for a `{twin.name}` that fits, or relax the PyPI requirement",
        environment=request.environment.name,
        platform=request.spec.platform,
    )


def disagreements(
    request: SolveRequest, pypi: Sequence[PypiRequirement], packages: Sequence[LockedPackage]
) -> Iterator[Problem]:
    """Yield every other way in which locked packages are not an answer.

    Args:
        request: what was asked.
        pypi: the PyPI requirements that hold on the platform.
        packages: what was locked for it.
    """
    pip = {pypi_name(package.name): package for package in packages if package.manager is Manager.PIP}
    for requirement in pypi:
        yield from _unsatisfied(request, requirement, pip)
    for package in packages:
        if not (package.sha256 or (package.manager is Manager.CONDA and package.md5)):
            yield _problem(
                request,
                "MIX302" if package.manager is Manager.PIP else "MIX301",
                f"`{package.name}` {package.version} comes without a sha256, so nobody could verify it",
                "ask the index's owner to serve hashes (PEP 503), or use another index",
                next((found for found in pypi if found.name == package.name), None),
            )


def _place_of(request: SolveRequest, demands: Sequence[str]) -> Place:
    first = demands[0].split(" ", 1)[0] if demands else ""
    return next((found.place for found in request.spec.pypi if found.name == first), request.environment.place)


def _unsatisfied(
    request: SolveRequest, requirement: PypiRequirement, pip: Mapping[PypiName, LockedPackage]
) -> Iterator[Problem]:
    package = pip.get(requirement.name)
    if package is None:
        return
    if not _accepts(requirement.specifier, package.version):
        claim = f"`{requirement.key}{requirement.specifier}` was locked as {package.version}"
        yield _problem(request, "MIX302", claim, "the engine's answer does not fit: please report it", requirement)
    wanted = {value for value in requirement.hashes if value.startswith("sha256:")}
    if wanted and f"sha256:{package.sha256}" not in wanted:
        claim = (
            f"the index's file of `{requirement.name}` {package.version} has none of the hashes that are asked for"
        )
        yield _problem(
            request, "MIX302", claim, "somebody changed the file, or the hash is another file's", requirement
        )


def _problem(
    request: SolveRequest, code: str, claim: str, hint: str, requirement: PypiRequirement | None = None
) -> Problem:
    return Problem(
        code=code,
        place=requirement.place if requirement else request.environment.place,
        claim=claim,
        hint=hint,
        environment=request.environment.name,
        platform=request.spec.platform,
    )
