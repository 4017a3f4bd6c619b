"""Which extras a set of projects is asked for, by the spec and by each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from mixlock_hooks.model.names import PypiName, pypi_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.requirement import PypiRequirement


def requested_extras(
    asked: Iterable[PypiRequirement], projects: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> dict[PypiName, frozenset[str]]:
    """Return the extras of every project that something needs.

    Args:
        asked: the spec's requirements that hold on the target.
        projects: the metadata of what was chosen.
        environment: the target's marker variables.
    """
    found: dict[PypiName, set[str]] = defaultdict(set)
    todo = [(requirement.name, frozenset(requirement.extras)) for requirement in asked]
    seen: set[tuple[PypiName, frozenset[str]]] = set()
    while todo:
        name, extras = todo.pop()
        if name not in projects or (name, extras) in seen:
            continue
        seen.add((name, extras))
        provided = {extra for extra in projects[name].extras if pypi_name(extra) in set(map(pypi_name, extras))}
        found[name] |= provided
        for requirement, _extra in projects[name].holding(environment, provided):
            if isinstance(requirement, Requirement):
                todo.append((pypi_name(requirement.name), frozenset(requirement.extras)))
    return {name: frozenset(extras) for name, extras in found.items()}
