"""The name map that ships with mixlock, read from the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.counterparts import Counterparts


_DATA = Path(__file__).parents[1] / "data"


@cache
def shipped() -> Counterparts:
    """Read the shipped name map; once a process."""
    from mixlock_hooks.formats.name_map import parse  # noqa: PLC0415 - most runs never need it

    return parse((_DATA / "name_map.tsv").read_text(encoding="utf-8"))
