"""What a lock was solved from: the normalised inputs of one platform, as they are recorded and compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SCHEMA = 1
"""The version of the recorded inputs; a higher one was written by a newer mixlock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """Everything that decides a solve, in plain values without credentials.

    ``conda`` maps ``channel::name`` to version and build, python apart from it unless its channel is named;
    ``pypi`` holds canonical PEP 508 text, sorted. ``left_out`` is what allowances leave out, ``CODE text``, sorted.
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
    exclude_newer: str = ""
    left_out: tuple[str, ...] = ()
    schema: int = field(default=SCHEMA)

    def as_table(self) -> dict[str, Any]:
        """Return the plain values that are recorded and fingerprinted; ``left_out`` only where anything is."""
        table = asdict(self)
        return table if self.left_out else {key: value for key, value in table.items() if key != "left_out"}
