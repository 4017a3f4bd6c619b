"""Which versions a build's requirements are held to, and what is a requirement at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.wheel_plan import ABI, compilable_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.names import PypiName


def attempts_of(asked: Iterable[str], held: Mapping[PypiName, str]) -> tuple[tuple[str, ...], ...]:
    """Return the constraints to try, the strictest first.

    That is every held version but for those that the build's own requirements exclude; then only those that compiled
    code depends on; then, for builds that ask for the oldest that will do, nothing newer than those.
    """
    excluded = {pypi_name(each.name) for each in map(requirement, asked) if each and _excludes(each, held)}
    fitting = {name: version for name, version in held.items() if name not in excluded}
    bound = {name: version for name, version in fitting.items() if name in ABI}
    attempts = (
        tuple(f"{name}=={version}" for name, version in fitting.items()),
        tuple(f"{name}=={version}" for name, version in bound.items()),
        tuple(f"{name}{compilable_for(version)}" for name, version in bound.items()),
    )
    return tuple(dict.fromkeys(attempts))


def requirement(text: str) -> Requirement | None:
    """Parse a requirement (PEP 508); None where it is none."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _excludes(asked: Requirement, held: Mapping[PypiName, str]) -> bool:
    version = held.get(pypi_name(asked.name))
    return version is not None and not satisfies(version, str(asked.specifier))
