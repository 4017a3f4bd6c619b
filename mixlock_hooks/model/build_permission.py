"""Whose build code may run to learn what an sdist needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import PypiName


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildPermission:
    """Everybody's, nobody's, or that of the projects named."""

    everybody: bool = False
    names: frozenset[PypiName] = frozenset()

    @property
    def nobody(self) -> bool:
        """Tell whether no build code may run at all."""
        return not self.everybody and not self.names


EVERYBODY = BuildPermission(everybody=True)
NOBODY = BuildPermission()
