"""A package that differs between two locks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.locked import Manager
    from mixlock_hooks.model.names import Subdir


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageChange:
    """One package that came, went or changed; a version is empty where there is none."""

    manager: Manager
    name: str
    before: str
    after: str
    platforms: tuple[Subdir, ...]

    @property
    def kind(self) -> str:
        """Say what happened: ``added``, ``removed``, ``changed``, or ``rebuilt`` where the version stayed."""
        if not self.before:
            return "added"
        if not self.after:
            return "removed"
        return "rebuilt" if self.before == self.after else "changed"
