"""Which PyPI requirements hold on a target: markers judged by its platform and locked python (PEP 508)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.markers import Marker

from mixlock_hooks.model.platforms import marker_environment
from mixlock_hooks.rules.merge import join_pypi

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName, Subdir
    from mixlock_hooks.model.requirement import PypiRequirement


def applicable(requirements: Iterable[PypiRequirement], platform: Subdir, python: str) -> tuple[PypiRequirement, ...]:
    """Return the requirements whose markers hold, those of one project joined.

    Args:
        requirements: what is asked for the platform.
        platform: the target.
        python: the locked python's version, ``X.Y.Z``; without one no requirement with a marker holds.
    """
    environment = marker_environment(platform, python)
    joined: dict[PypiName, PypiRequirement] = {}
    for requirement in requirements:
        if not requirement.marker or (python and Marker(requirement.marker).evaluate(dict(environment))):
            known = joined.get(requirement.name)
            joined[requirement.name] = join_pypi(known, requirement) if known else requirement
    return tuple(joined.values())
