"""What a lock was solved from: the normalised inputs of one platform, as they are recorded and compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
"""The version of the recorded inputs; a higher one was written by a newer mixlock."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """Everything that decides a solve, in plain values without credentials.

    ``conda`` maps ``channel::name`` to version and build, python apart from it unless its channel is named;
    ``pypi`` holds canonical PEP 508 text, sorted. ``implied`` names what of ``conda`` nobody wrote; it decides
    nothing, so the fingerprint is the same as if somebody had.
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
    implied: tuple[str, ...] = field(default=(), compare=False)
    schema: int = field(default=SCHEMA)
