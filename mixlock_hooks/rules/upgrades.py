"""What became of an upgrade that was asked for: it came, or something holds it back, or there is nothing newer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage

_LIMITING = ("<", "==", "~=", "=")


def stayed(
    spec: PlatformSpec,
    before: Iterable[LockedPackage],
    after: Iterable[LockedPackage],
    names: Iterable[str],
    counterparts: Counterparts,
) -> Iterator[str]:
    """Yield a sentence for each package that was to be upgraded and was not, with who may hold it back.

    Args:
        spec: what is asked.
        before: the platform's packages as they were locked.
        after: the same as they are now.
        names: what was to be upgraded.
        counterparts: which Python projects conda's packages are.
    """
    wanted = {canonicalize_name(name) for name in names}
    versions = {(each.manager, each.name): each.version for each in before}
    graph = LockGraph(after, counterparts)
    for package in graph.packages:
        if (
            canonicalize_name(package.name) in wanted
            and versions.get((package.manager, package.name)) == package.version
        ):
            holders = tuple(dict.fromkeys(_holders(spec, graph, package)))
            why = f": {'; '.join(holders)}" if holders else ", nothing newer was found"
            yield f"`{package.name}` stays {package.version}{why}"


def _holders(spec: PlatformSpec, graph: LockGraph, package: LockedPackage) -> Iterator[str]:
    """Yield who asks for no more than some version of a package."""
    for wanted in spec.conda:
        if wanted.name == package.name and _is_limiting(wanted.constraint):
            yield f"the spec asks for `{wanted.shown}`"
    for asked in spec.pypi:
        if asked.name == pypi_name(package.name) and _is_limiting(asked.specifier):
            yield f"the spec asks for `{asked.key}{asked.specifier}`"
    for other in graph.packages:
        for _name, constraint, needed in graph.needs(other):
            if needed is package and _is_limiting(constraint):
                yield f"{other.name} {other.version} needs {constraint}"


def _is_limiting(constraint: str) -> bool:
    return constraint not in {"", "*"} and any(
        part.strip().startswith(_LIMITING) or part.strip()[:1].isdigit()
        for part in constraint.replace("|", ",").split(",")
    )
