"""Constraints: what a package must be if it is there; they add none.

Those of the configuration bind a package of that name whoever installs it, those of a file of pip's (``-c``) what is
PyPI's; conda keeps to the latter where it can, for pip would replace what does not.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.constraint import NotAConstraintError, as_match_spec, surely_satisfies
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules.findings import Finding
from mixlock_hooks.rules.markers import applicable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import CondaSide, SolveRequest
    from mixlock_hooks.rules.lock_graph import LockGraph


def for_conda(spec: PlatformSpec) -> tuple[str, ...]:
    """Return the match specs that bind what conda chooses."""
    return tuple(f"{each.name} {as_match_spec(each.specifier)}" for each in spec.constraints)


def broken_by(spec: PlatformSpec, conda: CondaSide) -> dict[PypiName, str]:
    """Return the projects that conda holds against a constraint of pip's, with the match spec that keeps to it.

    Args:
        spec: what is asked on the platform.
        conda: conda's answer.
    """
    found = {}
    for each in applicable(spec.pip_constraints, conda.target(spec)) if spec.pypi else ():
        held = conda.holders.get(each.name)
        if held and not surely_satisfies(conda.versions[held], each.specifier):
            with suppress(NotAConstraintError):
                found[each.name] = f"{held} {as_match_spec(each.specifier)}"
    return found


def for_pypi(spec: PlatformSpec) -> tuple[str, ...]:
    """Return the requirements (PEP 508) that bind what PyPI's side chooses."""
    return tuple(
        f"{each.name}{each.specifier}{f'; {each.marker}' if each.marker else ''}"
        for each in (*spec.constraints, *spec.pip_constraints)
    )


def binding(spec: PlatformSpec, locked: LockGraph, package: LockedPackage) -> Iterator[PypiRequirement]:
    """Yield the constraints that a locked package is under.

    Args:
        spec: what is asked on the platform.
        locked: what is locked for it.
        package: one of the locked packages.
    """
    of_pip = applicable(spec.pip_constraints, locked.target(spec)) if package.manager is Manager.PIP else ()
    for each in (*spec.constraints, *of_pip):
        under_its_name = locked.of_pypi(each.name) is package
        if under_its_name or (package.manager is Manager.CONDA and package.name == each.name):
            yield each


def violated(spec: PlatformSpec, locked: LockGraph) -> Iterator[Finding]:
    """Yield each locked package that is not what a constraint wants it to be."""
    if not (spec.constraints or spec.pip_constraints):
        return
    for package in locked.packages:
        for each in binding(spec, locked, package):
            if not surely_satisfies(package.version, each.specifier):
                wanted = f"a constraint wants `{each.name}{each.specifier}`"
                claim = f"`{package.name}` {package.version} is locked, and {wanted}"
                yield Finding(code=Code.REQUIREMENT, claim=claim, place=each.place)


def refused(request: SolveRequest, locked: LockGraph) -> Iterator[Problem]:
    """Yield the problems of an answer that an engine gave against a constraint, for not every engine takes them.

    Args:
        request: what was asked.
        locked: the answer.
    """
    for found in violated(request.spec, locked):
        yield Problem(
            code=Code.NO_PYPI_ANSWER,
            place=found.place if found.place and found.place.path else request.environment.place,
            claim=found.claim,
            hint="relax the constraint, or ask for a version that it admits",
            environment=request.environment.name,
            platform=request.spec.platform,
        )
