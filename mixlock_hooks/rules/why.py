"""Why a package is in a lock: the shortest chain from each request that leads to it, through both managers."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from mixlock_hooks.model.why import Chain, Link
from mixlock_hooks.rules.lock_graph import key_of
from mixlock_hooks.rules.markers import applicable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.rules.lock_graph import LockGraph


def chains(spec: PlatformSpec, locked: LockGraph, wanted: LockedPackage) -> tuple[Chain, ...]:
    """Return the shortest chain from every request that leads to a package, the shortest chains first.

    Args:
        spec: what is asked on the platform.
        locked: what is locked for it.
        wanted: one of the locked packages.
    """
    found = [(place, _shortest(link, locked, wanted)) for place, link in _requests(spec, locked)]
    complete = [Chain(place=place, links=links) for place, links in found if links]
    return tuple(sorted(complete, key=lambda chain: (len(chain.links), chain.place)))


def _requests(spec: PlatformSpec, locked: LockGraph) -> Iterator[tuple[Place, Link]]:
    for asked in spec.conda:
        package = locked.conda.get(asked.name)
        if package:
            yield asked.place, Link(name=asked.key, constraint=asked.asked, package=package)
    for needed in applicable(spec.pypi, spec.platform, locked.python):
        package = locked.of_pypi(needed.name)
        if package:
            yield needed.place, Link(name=needed.key, constraint=needed.specifier, package=package)


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
