"""What a lock was solved from: the normalised inputs of one platform, as they are recorded and compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import PypiName
from mixlock_hooks.model.pypi_sources import PypiSources

if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1
"""The version of the recorded inputs; a higher one was written by a newer mixlock."""

OPTIONAL = frozenset(
    {"left_out", "implied", "constraints", "pip_constraints", "prereleases", "find_links", "index_of"}
)
"""Recorded only where there is something: locks from before they were known have none."""

IMPLIABLE = frozenset({"pip"})
"""All that may be asked for though nobody wrote it: conda's pip, which requirements of PyPI imply."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """Everything that decides a solve, in plain values without credentials.

    ``conda`` maps ``channel::name`` to version and build, python apart from it unless its channel is named;
    ``pypi`` holds canonical PEP 508 text, sorted. ``left_out`` lists what allowances leave out, ``CODE text``.
    ``constraints`` and ``pip_constraints`` are PEP 508 text too.
    ``implied`` names what of ``conda`` nobody wrote; it decides nothing, so it is not part of the fingerprint.
    Neither is ``exclude_newer``, which older locks record here: moving a cutoff, a policy of solving, is no drift.
    """

    platform: str
    channels: tuple[str, ...]
    indices: tuple[str, ...]
    default_index: str
    channel_priority: str
    virtual_packages: Mapping[str, str]
    python: str | None
    conda: Mapping[str, str]
    pypi: tuple[str, ...]
    exclude_newer: str = field(default="", compare=False)
    left_out: tuple[str, ...] = ()
    implied: tuple[str, ...] = field(default=(), compare=False)
    constraints: tuple[str, ...] = ()
    pip_constraints: tuple[str, ...] = ()
    prereleases: bool = False
    find_links: tuple[str, ...] = ()
    index_of: Mapping[str, str] = field(default_factory=dict)
    schema: int = field(default=SCHEMA)

    @property
    def pypi_sources(self) -> PypiSources:
        """Where PyPI's side looked."""
        bound = tuple((PypiName(name), url) for name, url in self.index_of.items())
        return PypiSources(
            indices=self.indices, default_index=self.default_index, index_of=bound, find_links=self.find_links
        )

    def as_table(self) -> dict[str, Any]:
        """Return the plain values that are recorded; what is optional only where there is something."""
        table = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {key: dict(value) if isinstance(value, Mapping) else value for key, value in table.items()}
        return {key: value for key, value in plain.items() if value or key not in OPTIONAL}

    def deciding(self) -> dict[str, Any]:
        """Return the plain values that are fingerprinted: what is recorded, without what decides nothing."""
        return {**{key: value for key, value in self.as_table().items() if key != "implied"}, "exclude_newer": ""}
