"""The order in which packages can be installed: what is needed comes first."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.locked import LockedPackage


def install_order(packages: Iterable[LockedPackage]) -> tuple[LockedPackage, ...]:
    """Sort one manager's packages so that each comes after what it depends on, else by name.

    A cycle (python and pip) is entered at its first name.
    """
    by_name = {package.name: package for package in sorted(packages, key=lambda package: package.name)}
    waiting = {
        name: {needed for needed in package.dependencies if needed in by_name and needed != name}
        for name, package in by_name.items()
    }
    needed_by: dict[str, list[str]] = {name: [] for name in by_name}
    for name, needs in waiting.items():
        for needed in needs:
            needed_by[needed].append(name)
    ready = [name for name, needs in waiting.items() if not needs]
    heapify(ready)
    ordered: list[LockedPackage] = []
    while waiting:
        name = heappop(ready) if ready else min(waiting, key=lambda each: (len(waiting[each]), each))
        if waiting.pop(name, None) is None:
            continue
        ordered.append(by_name[name])
        for dependent in needed_by[name]:
            if dependent in waiting:
                waiting[dependent].discard(name)
                if not waiting[dependent]:
                    heappush(ready, dependent)
    return tuple(ordered)
