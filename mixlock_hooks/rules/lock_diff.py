"""What changed between two locks of one environment, package by package."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mixlock_hooks.model.package_change import PackageChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.locked import LockedPackage, Manager
    from mixlock_hooks.model.names import Subdir


def changes(before: Iterable[LockedPackage], after: Iterable[LockedPackage]) -> tuple[PackageChange, ...]:
    """Return every change, platforms that changed alike joined, sorted by manager and name."""
    old, new = _by_key(before), _by_key(after)
    joined: dict[tuple[Manager, str, str, str], list[Subdir]] = defaultdict(list)
    for key in sorted(old.keys() | new.keys()):
        was, now = old.get(key), new.get(key)
        if _file(was) != _file(now):
            manager, name, platform = key
            joined[manager, name, was.version if was else "", now.version if now else ""].append(platform)
    return tuple(
        PackageChange(manager=manager, name=name, before=was, after=now, platforms=tuple(platforms))
        for (manager, name, was, now), platforms in sorted(joined.items())
    )


def _file(package: LockedPackage | None) -> tuple[str, str, str] | None:
    return (package.url, package.md5, package.sha256) if package else None


def _by_key(packages: Iterable[LockedPackage]) -> dict[tuple[Manager, str, Subdir], LockedPackage]:
    return {(package.manager, package.name, package.platform): package for package in packages}
