"""Whether a wheel that was built before is the one a plan needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.names import PypiName, pypi_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan

ABI = frozenset({PypiName("numpy")})
"""What compiled code depends on beyond its own build."""
_TWO, _OLDEST_FOR_TWO = 2, Version("1.23")


def is_of(wheel: BuiltWheel, plan: WheelPlan) -> bool:
    """Tell whether a kept wheel was built from a plan's sdist, with its python and what its environment holds."""
    built = pins(wheel.requires)
    return (
        wheel.sdist_sha256 == plan.package.sha256
        and wheel.name == pypi_name(plan.package.name)
        and wheel.version == plan.package.version
        and wheel.python == plan.python
        and all(plan.held.get(name, version) == version for name, version in built.items() if name not in ABI)
        and runs_with(wheel, plan.held)
        and was_given(wheel, plan.extra_requires)
    )


def was_given(wheel: BuiltWheel, extra_requires: Iterable[str]) -> bool:
    """Tell whether a wheel's build had what the repository adds to it, in versions that suit."""
    built = pins(wheel.requires)
    asked = [Requirement(text) for text in extra_requires]
    return all(
        (version := built.get(pypi_name(each.name))) is not None
        and each.specifier.contains(version, prereleases=True)
        for each in asked
    )


def runs_with(wheel: BuiltWheel, held: Mapping[PypiName, str]) -> bool:
    """Tell whether what a wheel was compiled against goes with what an environment holds."""
    built = pins(wheel.requires)
    return all(_goes_with(built[name], held[name]) for name in ABI if name in built and name in held)


def _goes_with(built: str, held: str) -> bool:
    """Tell whether code compiled against one numpy runs with another.

    Source: NumPy's documentation for downstream authors: what is compiled with 1.x runs with that 1.x and later ones,
    but not with 2; what is compiled with 2 runs with 2, and with 1.23 and later.
    """
    try:
        compiled, found = Version(built), Version(held)
    except InvalidVersion:
        return built == held
    if compiled.major >= _TWO:
        return found >= _OLDEST_FOR_TWO
    return found.major < _TWO and compiled <= found


def compilable_for(held: str) -> str:
    """Return the specifier of what else may be compiled against to run with a version; see ``_goes_with``."""
    return ">=2" if held.partition(".")[0] not in {"0", "1"} else f"<={held}"


def abi_of(wheel: BuiltWheel) -> tuple[str, ...]:
    """Return what a wheel's compiled code depends on, as ``name version``."""
    return tuple(f"{name} {version}" for name, version in pins(wheel.requires).items() if name in ABI)


def pins(requires: Iterable[str]) -> dict[PypiName, str]:
    """Return names and versions of requirements as a build records them, ``name==version``."""
    return {pypi_name(name): version for name, _, version in (text.partition("==") for text in requires)}
