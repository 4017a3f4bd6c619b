"""What changed between two locks of one environment, package by package."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.package_change import ChangeKind, LockDelta, PackageChange
from mixlock_hooks.model.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir
    from mixlock_hooks.model.wheelhouse import BuiltWheel

    _Key = tuple[Manager, str, Subdir]
    _Packages = Mapping[_Key, LockedPackage]


def compare_locks(
    environment: EnvironmentName,
    before: Lockfile | None,
    after: Lockfile | None,
    names: Counterparts,
    *,
    disagreeing: tuple[str, ...] = (),
) -> LockDelta:
    """Return what differs between two locks of one environment; None stands for no lock.

    Args:
        environment: whose locks they are.
        before: the old lock.
        after: the new lock.
        names: what conda packages are called on PyPI, so that a package that moved is told.
        disagreeing: files beside the new lock that do not say what it says.
    """
    old, new = (lock.packages if lock else () for lock in (before, after))
    was, now = (lock.platforms if lock else () for lock in (before, after))
    known = {host_of(package.url) for package in old}
    came_from = {package.channel for package in old}
    listed = (before.channels, after.channels) if before and after else ((), ())
    had = {(package.name, package.version, package.platform) for package in old if package.is_sdist}
    return LockDelta(
        environment=environment,
        platforms=now or was,
        changes=changes(old, new, names),
        came=before is None,
        gone=after is None,
        new_platforms=tuple(platform for platform in now if platform not in was) if before else (),
        lost_platforms=tuple(platform for platform in was if platform not in now) if after else (),
        hosts=tuple(sorted({host_of(package.url) for package in new} - known)) if before else (),
        channels=tuple(sorted({package.channel for package in new} - came_from)) if before else (),
        order=listed if listed[0] != listed[1] else None,
        needs=other_needs(old, new),
        disagreeing=disagreeing,
        sdists=tuple(
            found for found in new if found.is_sdist and (found.name, found.version, found.platform) not in had
        ),
    )


def changes(
    before: Iterable[LockedPackage], after: Iterable[LockedPackage], names: Counterparts
) -> tuple[PackageChange, ...]:
    """Return every change, platforms that changed alike joined, sorted by manager and name."""
    old, new = _by_key(before), _by_key(after)
    moved = _moved(old, new, names)
    joined: dict[tuple[ChangeKind, Manager, str, str, str], list[Subdir]] = defaultdict(list)
    for key in sorted((old.keys() | new.keys()) - set(moved.values())):
        was, now = old.get(moved.get(key, key)), new.get(key)
        if _file(was) != _file(now):
            kind = ChangeKind.MOVED if key in moved else _kind(was, now)
            manager, name, platform = key
            joined[kind, manager, name, was.version if was else "", now.version if now else ""].append(platform)
    found = [
        PackageChange(kind=kind, manager=manager, name=name, before=was, after=now, platforms=tuple(platforms))
        for (kind, manager, name, was, now), platforms in joined.items()
    ]
    return tuple(sorted(found, key=lambda change: (change.manager, change.name, change.before, change.after)))


def other_needs(before: Iterable[LockedPackage], after: Iterable[LockedPackage]) -> tuple[str, ...]:
    """Return a sentence for each package that is the same file in two locks, and needs other packages in them."""
    old, new = _by_key(before), _by_key(after)
    return tuple(
        f"`{now.name}` {now.version} needs other packages on {now.platform} than the lock says"
        for key, now in sorted(new.items())
        if key in old and _file(old[key]) == _file(now) and dict(old[key].dependencies) != dict(now.dependencies)
    )


def other_wheels(before: Iterable[BuiltWheel], after: Iterable[BuiltWheel]) -> Iterator[str]:
    """Yield a sentence for each wheel that is recorded for an sdist and was not: who installs takes it instead."""
    were = {(wheel.sdist_sha256, wheel.file): wheel.sha256 for wheel in before}
    for wheel in after:
        was = were.get((wheel.sdist_sha256, wheel.file), "")
        if was != wheel.sha256:
            how = f"was sha256:{was}" if was else "is new"
            yield f"the wheel of `{wheel.name}` {wheel.version} is {wheel.file} sha256:{wheel.sha256}, {how}"


def _moved(old: _Packages, new: _Packages, names: Counterparts) -> dict[_Key, _Key]:
    """Return the packages that the other manager had before, each with its old key."""
    came, gone = new.keys() - old.keys(), old.keys() - new.keys()
    found: dict[_Key, _Key] = {}
    were = {(project, key[2]): key for key in sorted(gone) for project in _projects(old[key], names)}
    for key in sorted(came):
        origins = (were.get((project, key[2])) for project in _projects(new[key], names))
        origin = next((was for was in origins if was and was[0] is not key[0]), None)
        if origin:
            found[key] = origin
    return found


def _projects(package: LockedPackage, names: Counterparts) -> tuple[PypiName, ...]:
    if package.manager is Manager.CONDA:
        return names.projects(package.name, (package.url,))
    return (pypi_name(package.name),)


def _kind(was: LockedPackage | None, now: LockedPackage | None) -> ChangeKind:
    if was is None:
        return ChangeKind.ADDED
    if now is None:
        return ChangeKind.REMOVED
    if is_newer(was.version, now.version):
        return ChangeKind.UPGRADED
    if is_newer(now.version, was.version):
        return ChangeKind.DOWNGRADED
    if was.file != now.file or was.version != now.version:
        return ChangeKind.REBUILT
    return ChangeKind.RELOCATED if _has_hash_of(was, now) else ChangeKind.REHASHED


def _has_hash_of(was: LockedPackage, now: LockedPackage) -> bool:
    """Return whether two packages share a hash, and the later one lacks none that the earlier one had."""
    pairs = [(was.md5, now.md5), (was.sha256, now.sha256)]
    had = [(mine, theirs) for mine, theirs in pairs if mine]
    return bool(had) and all(mine == theirs for mine, theirs in had)


def is_newer(was: str, now: str) -> bool:
    """Compare versions as the package's own world does: PEP 440, else conda's order, else as text."""
    try:
        return Version(now) > Version(was)
    except InvalidVersion:
        from rattler import Version as CondaVersion  # noqa: PLC0415 - few versions need it
        from rattler.exceptions import InvalidVersionError  # noqa: PLC0415

    try:
        return bool(CondaVersion(now) > CondaVersion(was))
    except InvalidVersionError:
        return now > was


def _file(package: LockedPackage | None) -> tuple[str, ...] | None:
    return (package.version, package.url, package.md5, package.sha256) if package else None


def _by_key(packages: Iterable[LockedPackage]) -> dict[_Key, LockedPackage]:
    return {(package.manager, package.name, package.platform): package for package in packages}
