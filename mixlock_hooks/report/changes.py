"""Lock changes as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.package_change import PackageChange

_SIGNS = {"added": "+", "removed": "-", "changed": "~", "rebuilt": "="}


def text(changes: Sequence[PackageChange]) -> str:
    """Render one line a change: sign, manager, name, versions, platforms."""
    return "".join(f"{_line(change)}\n" for change in changes)


def _line(change: PackageChange) -> str:
    versions = {
        "added": change.after,
        "removed": change.before,
        "changed": f"{change.before} -> {change.after}",
        "rebuilt": f"{change.after} (another build)",
    }[change.kind]
    platforms = ", ".join(change.platforms)
    return f"  {_SIGNS[change.kind]} {change.manager.value:<5} {change.name} {versions}  [{platforms}]"


def summary(changes: Sequence[PackageChange]) -> str:
    """Count the changes of each kind."""
    counts = {kind: sum(change.kind == kind for change in changes) for kind in _SIGNS}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "no package changed"
