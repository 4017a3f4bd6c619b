"""Packages that stand in a lock of mixlock's own where one reader sees them and another does not."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.rules.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import Subdir


def virtual(lockfile: Lockfile, platform: Subdir) -> Iterator[Finding]:
    """Yield packages under the name of a virtual one, which no tool locks and nobody judges."""
    for package in lockfile.for_platform(platform):
        if package.name.startswith("__"):
            claim = f"`{package.name}` {package.version} is a virtual package, which no solve locks"
            yield Finding(code=Code.BODY, claim=claim, package=package)


def hidden(lockfile: Lockfile, platform: Subdir) -> Iterator[Finding]:
    """Yield entries that an installer could pass over, or take for another: none of them comes from a solve.

    Installers leave out what is optional or of another category than ``main``; nobody installs a package for a
    platform that the lock does not name; of two entries of one package each reader takes the one it likes.
    """
    yield from virtual(lockfile, platform)
    packages = lockfile.for_platform(platform)
    counts = Counter(map(_key, packages))
    for package in packages:
        named, count = f"`{package.name}` {package.version}", counts[_key(package)]
        if package.optional or package.category != "main":
            claim = f"{named} is optional, or of another category than `main`, so that installers leave it out"
            yield Finding(code=Code.BODY, claim=claim, package=package)
        elif count > 1:
            claim = f"{named} is in the lock {count} times for one platform"
            yield Finding(code=Code.CLOSURE, claim=claim, package=package)
    for package in lockfile.packages:
        if package.platform not in lockfile.platforms and platform == lockfile.platforms[0]:
            claim = f"`{package.name}` {package.version} is for {package.platform}, which the lock does not name"
            yield Finding(code=Code.BODY, claim=claim, package=package)


def _key(package: LockedPackage) -> tuple[Manager, str]:
    is_pip = package.manager is Manager.PIP
    return package.manager, canonicalize_name(package.name) if is_pip else package.name.lower()
