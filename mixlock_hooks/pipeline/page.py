"""A lock as a page shows it: the packages of all platforms together, and what its last change did."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.lock_page import LockPage, ShownFile, ShownNeed, ShownPackage
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.urls import redacted
from mixlock_hooks.pipeline.diff import Versions, diff
from mixlock_hooks.pipeline.lock.record import recorded_inputs
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project


def page_of(project: Project, found: FoundLock, versions: Versions | None, since: str) -> LockPage:
    """Return a lock's page.

    Args:
        project: the repository.
        found: the lock, on the platforms that are wanted.
        versions: the files before and after the lock's last change; None where nothing tells.
        since: when that was, or why nothing tells.
    """
    deltas = diff(project, versions, [found.name]) if versions else ()
    lock = project.locks.of(found.name)
    return LockPage(
        name=found.name,
        source=lock.source(),
        channels=found.lockfile.channels,
        platforms=found.lockfile.platforms,
        packages=tuple(_packages(project, found)),
        change=deltas[0] if deltas else None,
        since=since,
    )


def _packages(project: Project, found: FoundLock) -> Iterator[ShownPackage]:
    by_id: dict[str, list[LockedPackage]] = defaultdict(list)
    needs: dict[str, dict[ShownNeed, None]] = defaultdict(dict)
    asked: set[str] = set()
    recorded = {platform: recorded_inputs(found.lockfile, platform) for platform in found.lockfile.platforms}
    for platform in found.lockfile.platforms:
        graph = LockGraph(found.lockfile.for_platform(platform), project.names())
        asked.update(_asked(recorded[platform], project.locks.of(found.name).place(), graph))
        for package in graph.packages:
            by_id[_id(package)].append(package)
            for name, constraint, needed in graph.needs(package):
                shown = ShownNeed(name=name, constraint=constraint, id=_id(needed) if needed else "")
                needs[_id(package)][shown] = None
    for key, packages in sorted(by_id.items(), key=lambda item: (item[1][0].name.lower(), item[0])):
        yield ShownPackage(
            id=key,
            name=packages[0].name,
            manager=packages[0].manager,
            versions=tuple(_versions(packages)),
            needs=tuple(sorted(needs[key], key=lambda need: need.name)),
            is_asked=key in asked if all(recorded.values()) else None,
        )


def _asked(recorded: Inputs | None, place: Place, graph: LockGraph) -> Iterator[str]:
    """Yield the packages that the lock records as asked for; none where it records nothing, or cannot be read."""
    if recorded is None:
        return
    try:
        spec = recorded_spec.parse(recorded, place)
    except ValueError:
        return
    conda = (graph.conda.get(requirement.name) for requirement in spec.conda)
    pypi = (graph.pip.get(canonicalize_name(requirement.name)) for requirement in spec.pypi)
    yield from (_id(package) for package in (*conda, *pypi) if package)


def _versions(packages: Iterable[LockedPackage]) -> Iterator[tuple[str, tuple[ShownFile, ...]]]:
    """Yield each version with its files."""
    files: dict[str, dict[tuple[str, str], list[Subdir]]] = defaultdict(lambda: defaultdict(list))
    for package in packages:
        hashed = f"sha256:{package.sha256}" if package.sha256 else f"md5:{package.md5}"
        files[package.version][package.url, hashed].append(package.platform)
    for version, found in files.items():
        shown = (
            ShownFile(url=redacted(url), hash=hashed, platforms=tuple(on)) for (url, hashed), on in found.items()
        )
        yield version, tuple(shown)


def _id(package: LockedPackage) -> str:
    name = canonicalize_name(package.name) if package.manager is Manager.PIP else package.name
    return f"{package.manager.value}:{name}"
