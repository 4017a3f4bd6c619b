"""Lock changes as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.package_change import ChangeKind
from mixlock_hooks.report import neutral

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.package_change import PackageChange

_SIGNS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "-",
    ChangeKind.UPGRADED: "^",
    ChangeKind.DOWNGRADED: "v",
    ChangeKind.REBUILT: "=",
    ChangeKind.RELOCATED: "@",
    ChangeKind.REHASHED: "!",
    ChangeKind.MOVED: ">",
}
SAME_VERSION = {
    ChangeKind.REBUILT: "another build",
    ChangeKind.RELOCATED: "the same file from another address",
    ChangeKind.REHASHED: "the same file name with another hash",
}
"""What happened to a package whose version stayed."""
_MANY = 8
"""New packages that are still listed one by one."""
SHOWN = {Manager.CONDA: "conda", Manager.PIP: "PyPI"}
"""What a manager is called where people read it."""


def text(changes: Sequence[PackageChange]) -> str:
    """Render one line a change: sign, manager, name, versions, platforms."""
    return neutral.lines(_line(change) for change in changes)


def folded(changes: Sequence[PackageChange]) -> str:
    """Count many packages of which every one is new, for nobody compares them with anything; empty for others.

    A package that two platforms have is one.
    """
    names = {(change.manager, change.name) for change in changes}
    if len(names) <= _MANY or any(change.kind is not ChangeKind.ADDED for change in changes):
        return ""
    counts = ((SHOWN[manager], sum(found is manager for found, _name in names)) for manager in Manager)
    told = ", ".join(f"{count} {manager}" for manager, count in counts if count)
    return f"{len(names)} added: {told} (`-v` lists them)"


def _line(change: PackageChange) -> str:
    platforms = ", ".join(change.platforms)
    return f"  {_SIGNS[change.kind]} {change.manager.value:<5} {change.name} {versions(change)}  [{platforms}]"


def versions(change: PackageChange) -> str:
    """Say from which version to which a package went, and where it came from if it moved."""
    if change.kind is ChangeKind.MOVED:
        return f"{change.before} of {SHOWN[change.manager_before]} -> {change.after} of {SHOWN[change.manager]}"
    if change.kind in SAME_VERSION:
        return f"{change.after} ({SAME_VERSION[change.kind]})"
    return " -> ".join(version for version in (change.before, change.after) if version)


def origin(change: PackageChange) -> str:
    """Say whose a package is, and whose it was if it moved."""
    return " -> ".join(dict.fromkeys((SHOWN[change.manager_before], SHOWN[change.manager])))


def summary(changes: Sequence[PackageChange]) -> str:
    """Count the changes of each kind."""
    counts = {kind.value: sum(change.kind is kind for change in changes) for kind in ChangeKind}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "no package changed"
