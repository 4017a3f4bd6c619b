"""A proposal for the PyPI side: exact versions, and the files an index has of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import PypiName


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedFile:
    """One file of an index."""

    name: str
    url: str
    sha256: str

    @property
    def is_wheel(self) -> bool:
        """Tell whether it is a wheel; else it is an sdist."""
        return self.name.endswith(".whl")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedProject:
    """One project at the proposed version, with its files, wheels first."""

    name: PypiName
    version: str
    files: tuple[ProposedFile, ...]
