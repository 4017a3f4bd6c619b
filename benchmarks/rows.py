"""What a benchmark yields, and the world in which it measures."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.timing import Command

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from benchmarks.timing import Timing


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line of the table.

    ``bar`` is in seconds of the clock, ``cpu_bar`` in seconds of the processor, ``peak_bar`` in MiB. ``least`` is how
    many times longer than mixlock a peer must take; less than one where mixlock may take longer.
    """

    group: str
    program: str
    what: str
    timing: Timing
    bar: float | None = None
    cpu_bar: float | None = None
    peak_bar: int | None = None
    least: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Where the repositories are made, and the environment of a machine that mirrors the real channels."""

    folder: Path
    environment: Mapping[str, str]

    def mixlock(self, root: Path, *words: str, statuses: frozenset[int] = frozenset({0})) -> Command:
        """Return the command as its console script starts it."""
        started = (sys.executable, "-c", "from mixlock_hooks.commands import run; run()", *words)
        return Command(words=started, folders=(root,), environment=self.environment, statuses=statuses)
