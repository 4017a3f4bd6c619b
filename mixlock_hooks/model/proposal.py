"""A proposal for the PyPI side: exact versions, and the files an index has of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from packaging.version import Version

    from mixlock_hooks.model.names import PypiName


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedFile:
    """One file of an index.

    ``metadata`` are its core metadata where they are known without reading it; ``metadata_sha256`` is what the index
    announces of those beside the file (PEP 658), empty where it announces none.
    """

    name: str
    url: str
    sha256: str
    metadata: str = ""
    metadata_sha256: str = ""

    @property
    def is_wheel(self) -> bool:
        """Return whether it is a wheel; else it is an sdist."""
        return self.name.endswith(".whl")


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedProject:
    """One project at the proposed version, with its files, wheels first."""

    name: PypiName
    version: str
    files: tuple[ProposedFile, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexFile:
    """A file as an index's page lists it; ``uploaded`` is None where the index does not say."""

    file: ProposedFile
    version: Version
    requires_python: str = ""
    uploaded: datetime | None = None
    yanked: bool = False
