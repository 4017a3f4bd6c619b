"""A proposal for the PyPI side: exact versions, and the files an index has of them."""

from __future__ import annotations

import hashlib
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
    announces of those beside the file (PEP 658), empty where it announces none. Where it ``must_be_hashed``, its page
    gives no sha256, and whoever takes it reads the whole of it first.
    """

    name: str
    url: str
    sha256: str
    metadata: str = ""
    metadata_sha256: str = ""
    must_be_hashed: bool = False

    @property
    def is_wheel(self) -> bool:
        """Return whether it is a wheel; else it is an sdist."""
        return self.name.endswith(".whl")

    @property
    def key(self) -> str:
        """Return what tells it from other files: its sha256, or that of its URL where it is not known yet."""
        return self.sha256 or hashlib.sha256(self.url.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedProject:
    """One project at the proposed version, with its files, wheels first."""

    name: PypiName
    version: str
    files: tuple[ProposedFile, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexFile:
    """A file as an index's page lists it; ``uploaded`` is None where the index does not say.

    ``source`` is the canonical URL of the index or page, which a cutoff may name.
    """

    file: ProposedFile
    version: Version
    requires_python: str = ""
    uploaded: datetime | None = None
    yanked: bool = False
    source: str = ""
