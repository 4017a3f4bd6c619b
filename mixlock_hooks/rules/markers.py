"""Which PyPI requirements hold on a target: markers judged by its platform and locked python (PEP 508)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import Marker

from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.merge import join_pypi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.target import Target


def applicable(requirements: Iterable[PypiRequirement], target: Target) -> tuple[PypiRequirement, ...]:
    """Return the requirements whose markers hold, those of one project joined.

    Args:
        requirements: what is asked for the platform.
        target: the platform with its python; without one no requirement with a marker holds.
    """
    environment = marker_environment(target)
    joined: dict[PypiName, PypiRequirement] = {}
    for requirement in requirements:
        if not requirement.marker or (target.python and Marker(requirement.marker).evaluate(dict(environment))):
            known = joined.get(requirement.name)
            joined[requirement.name] = join_pypi(known, requirement) if known else requirement
    return tuple(joined.values())
