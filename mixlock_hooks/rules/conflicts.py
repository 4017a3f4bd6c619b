"""Does an answer hold what was asked? Whatever conda-lock says, a lock is written only if this finds nothing.

conda-lock 4 locks one project from both managers, in two versions, where a PyPI requirement does not accept
conda's (its issues 540 and 813); pip would overwrite conda's files.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.constraint import NotAConstraintError, as_match_spec, surely_satisfies
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.names import PypiName, pypi_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import PypiRequirement
from mixlock_hooks.model.solving import Need
from mixlock_hooks.model.urls import redacted
from mixlock_hooks.rules.lock_graph import LockGraph
from mixlock_hooks.rules.solve_problem import first_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.solving import CondaSide, SolveRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """A project that conda has in a version which PyPI's side does not accept.

    ``held`` and ``version`` are conda's name and version of it, ``brought`` is the version that PyPI would bring,
    empty where none; ``demands`` are those who do not accept conda's version, empty where nobody knows who, with what
    they need; ``needed`` is all that PyPI's side needs of it.
    """

    name: PypiName
    held: str
    version: str
    demands: tuple[tuple[str, str], ...]
    needed: tuple[str, ...]
    brought: str = ""

    def terms(self) -> frozenset[str]:
        """Return what conda must keep to, as match specs; what conda cannot be asked for is left to PyPI."""
        return frozenset(spec for constraint in self.needed for spec in _match_specs(self.held, constraint))


def _match_specs(name: str, constraint: str) -> Iterator[str]:
    with suppress(NotAConstraintError):
        yield f"{name} {as_match_spec(constraint)}"


def conflicts(packages: Sequence[LockedPackage], names: Counterparts) -> tuple[Conflict, ...]:
    """Find every project that both managers brought."""
    pip = [package for package in packages if package.manager is Manager.PIP]
    doubles = LockGraph(packages, names).doubles()
    return tuple(_twin_conflict(package, twin, pip) for package, twin in doubles)


def _twin_conflict(package: LockedPackage, twin: LockedPackage, pip: Sequence[LockedPackage]) -> Conflict:
    demands = tuple(_demands(package, twin, pip))
    return Conflict(
        name=pypi_name(package.name),
        held=twin.name,
        version=twin.version,
        brought=package.version,
        demands=demands,
        needed=tuple(constraint for _who, constraint in demands),
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
            if pypi_name(needed) == name and not surely_satisfies(twin.version, constraint):
                yield f"{other.name} {other.version}", constraint


_THE_SPEC = "the spec"


def unmet(
    needs: Sequence[Need],
    pypi: Sequence[PypiRequirement],
    free: frozenset[PypiName],
    conda: CondaSide,
) -> tuple[Conflict, ...]:
    """Return which of conda's versions are not what PyPI's side needs.

    Args:
        needs: what PyPI packages need of the projects that they could choose freely.
        pypi: the spec's requirements that hold on the platform.
        free: those projects.
        conda: what conda has.
    """
    own = [Need(by=_THE_SPEC, name=each.name, specifier=each.specifier) for each in pypi if each.name in free]
    found = (_unmet(name, conda, [*own, *needs]) for name in sorted(free) if name in conda.holders)
    return tuple(conflict for conflict in found if conflict.demands)


def _unmet(name: PypiName, conda: CondaSide, needs: Sequence[Need]) -> Conflict:
    held = conda.holders[name]
    version = conda.versions[held]
    about = [need for need in needs if need.name == name and need.specifier]
    return Conflict(
        name=name,
        held=held,
        version=version,
        demands=tuple((need.by, need.specifier) for need in about if not surely_satisfies(version, need.specifier)),
        needed=tuple(need.specifier for need in about),
    )


def refused_by(failure: EngineFailure, conda: CondaSide) -> tuple[Conflict, ...]:
    """Return the conflict of which a failure speaks by itself: with conda's python, or with a version of conda's."""
    if failure.kind is FailureKind.PYTHON and failure.constraint:
        return (_of_failure(failure, PypiName("python"), "python", conda),)
    name = pypi_name(failure.package) if failure.package else PypiName("")
    if failure.kind is FailureKind.NO_VERSION and failure.constraint and name in conda.holders:
        return (_of_failure(failure, name, conda.holders[name], conda),)
    return ()


def _of_failure(failure: EngineFailure, name: PypiName, held: str, conda: CondaSide) -> Conflict:
    by = failure.package if failure.kind is FailureKind.PYTHON else ""
    return Conflict(
        name=name,
        held=held,
        version=conda.versions[held],
        demands=((by, failure.constraint),),
        needed=(failure.constraint,),
    )


def held_to_conda(conflict: Conflict, request: SolveRequest) -> PypiRequirement:
    """Return the requirement that holds PyPI's side to the version conda has of a project."""
    return PypiRequirement(name=conflict.name, specifier=f"=={conflict.version}", place=request.environment.place)


def conflict_problem(request: SolveRequest, conflict: Conflict, words: str = "") -> Problem:
    """Return a conflict as the problem that names the conda pin and the PyPI requirement it blocks.

    Args:
        request: what was asked.
        conflict: whose version is not accepted, and by whom.
        words: what the engines said of it.
    """
    name = conflict.name
    demands = [
        f"{who or 'a PyPI requirement'} needs {name}{constraint}"
        for who, constraint in conflict.demands
        if who != _THE_SPEC
    ]
    demands += [f"the spec asks PyPI for {found.key}{found.specifier}" for found in _asked(request, name)]
    pin = next((found for found in request.spec.conda if found.name == conflict.held), None)
    held = f"conda holds {conflict.held} {conflict.version}"
    held += f" (`{pin.key}{pin.asked}`, line {pin.place.line})" if pin else ""
    return Problem(
        code=Code.SIDES_DISAGREE,
        place=_place_of(request, conflict, words) or (pin.place if pin else request.environment.place),
        claim=f"{held}, but {demands[0] if demands else f'PyPI brings {name} {conflict.brought}'}",
        detail=redacted("; ".join(filter(None, (*demands[1:4], words)))),
        hint=f"ask conda for a `{conflict.held}` that fits, or relax the PyPI requirement",
        environment=request.environment.name,
        platform=request.spec.platform,
    )


def _asked(request: SolveRequest, name: PypiName) -> Iterator[PypiRequirement]:
    return (found for found in request.spec.pypi if found.name == name)


def _place_of(request: SolveRequest, conflict: Conflict, words: str) -> Place | None:
    """Return where the spec asks for the project, or for who needs another version of it, or leads to them."""
    asked = {requirement.name: requirement.place for requirement in request.spec.pypi}
    by = [pypi_name(who.partition(" ")[0]) for who, _constraint in conflict.demands if who]
    named = first_named(request.spec.pypi, words)
    first = next((asked[each] for each in (conflict.name, *by) if each in asked), None)
    return first or (named.place if named else None)


def unlocked(answer: SolvedPlatform) -> tuple[str, ...]:
    """Return the projects and versions that were proposed for an answer and that it does not lock, sorted."""
    locked = {(pypi_name(found.name), found.version) for found in answer.packages if found.manager is Manager.PIP}
    proposed = answer.proposed or {}
    return tuple(sorted(f"{name} {version}" for name, version in proposed.items() if (name, version) not in locked))


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
                Code.NO_PYPI_ANSWER if package.manager is Manager.PIP else Code.NO_CONDA_ANSWER,
                f"`{package.name}` {package.version} comes without a sha256, so nobody could verify it",
                "ask the index's owner to serve hashes (PEP 503), or use another index",
                next((found for found in pypi if found.name == package.name), None),
            )


def _unsatisfied(
    request: SolveRequest, requirement: PypiRequirement, pip: Mapping[PypiName, LockedPackage]
) -> Iterator[Problem]:
    package = pip.get(requirement.name)
    if package is None:
        return
    if not surely_satisfies(package.version, requirement.specifier):
        claim = f"`{requirement.key}{requirement.specifier}` was locked as {package.version}"
        yield _problem(
            request, Code.NO_PYPI_ANSWER, claim, "the engine's answer does not fit: please report it", requirement
        )
    wanted = {value for value in requirement.hashes if value.startswith("sha256:")}
    if wanted and f"sha256:{package.sha256}" not in wanted:
        claim = (
            f"the index's file of `{requirement.name}` {package.version} has none of the hashes that are asked for"
        )
        yield _problem(
            request,
            Code.NO_PYPI_ANSWER,
            claim,
            "somebody changed the file, or the hash is another file's",
            requirement,
        )


def _problem(
    request: SolveRequest, code: Code, claim: str, hint: str, requirement: PypiRequirement | None = None
) -> Problem:
    return Problem(
        code=code,
        place=requirement.place if requirement else request.environment.place,
        claim=claim,
        hint=hint,
        environment=request.environment.name,
        platform=request.spec.platform,
    )
