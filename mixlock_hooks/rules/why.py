"""Why a package is in a lock: the shortest chain from each request that leads to it, through both managers."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mixlock_hooks.model.requirement import CondaRequirement
from mixlock_hooks.model.why import Chain, Link
from mixlock_hooks.rules.lock_graph import key_of
from mixlock_hooks.rules.markers import applicable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.rules.lock_graph import LockGraph


def chains(spec: PlatformSpec, locked: LockGraph, wanted: LockedPackage) -> tuple[Chain, ...]:
    """Return the shortest chain from every request that leads to a package, the shortest chains first.

    Args:
        spec: what is asked on the platform.
        locked: what is locked for it.
        wanted: one of the locked packages.
    """
    pypi = applicable(spec.pypi, locked.target(spec))
    asked: tuple[CondaRequirement | PypiRequirement, ...] = (*spec.conda, *pypi)
    found = [(each, _shortest(link, locked, wanted)) for each in asked for link in _first(each, locked)]
    complete = [Chain(place=each.place, links=links, implied=_is_implied(each)) for each, links in found if links]
    return tuple(sorted(complete, key=lambda chain: (len(chain.links), chain.place)))


def _first(asked: CondaRequirement | PypiRequirement, locked: LockGraph) -> Iterator[Link]:
    if isinstance(asked, CondaRequirement):
        package, constraint = locked.conda.get(asked.name), asked.asked
    else:
        package, constraint = locked.of_pypi(asked.name), asked.specifier
    if package:
        yield Link(name=asked.key, constraint=constraint, package=package)


def _is_implied(asked: CondaRequirement | PypiRequirement) -> bool:
    return isinstance(asked, CondaRequirement) and asked.implied


def _shortest(start: Link, locked: LockGraph, wanted: LockedPackage) -> tuple[Link, ...]:
    """Search breadth first; empty where nothing leads there."""
    todo: deque[tuple[Link, ...]] = deque([(start,)])
    seen = {key_of(start.package)}
    while todo:
        path = todo.popleft()
        if key_of(path[-1].package) == key_of(wanted):
            return path
        for name, constraint, package in locked.needs(path[-1].package):
            if package and key_of(package) not in seen:
                seen.add(key_of(package))
                todo.append((*path, Link(name=name, constraint=constraint, package=package)))
    return ()
