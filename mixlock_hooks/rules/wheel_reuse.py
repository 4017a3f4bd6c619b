"""Whether a wheel that was built before is the one a plan needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.names import PypiName, pypi_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan

ABI = frozenset({PypiName("numpy")})
"""What compiled code must meet in the version it was built against, or in a newer one of the same major version."""


def is_of(wheel: BuiltWheel, plan: WheelPlan) -> bool:
    """Tell whether a kept wheel was built from a plan's sdist, with its python and what its environment holds."""
    built = _requirements(wheel)
    return (
        wheel.sdist_sha256 == plan.package.sha256
        and wheel.name == pypi_name(plan.package.name)
        and wheel.version == plan.package.version
        and wheel.python == plan.python
        and all(plan.held.get(name, version) == version for name, version in built.items() if name not in ABI)
        and runs_with(wheel, plan.held)
    )


def runs_with(wheel: BuiltWheel, held: Mapping[PypiName, str]) -> bool:
    """Tell whether what a wheel was compiled against goes with what an environment holds."""
    built = _requirements(wheel)
    return all(_goes_with(built[name], held[name]) for name in ABI if name in built and name in held)


def _goes_with(built: str, held: str) -> bool:
    try:
        return Version(built).major == Version(held).major and Version(built) <= Version(held)
    except InvalidVersion:
        return built == held


def _requirements(wheel: BuiltWheel) -> dict[PypiName, str]:
    return {pypi_name(name): version for name, _, version in (text.partition("==") for text in wheel.requires)}
