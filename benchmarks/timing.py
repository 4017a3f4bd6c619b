"""Measure whole processes, start-up and all: what a person or a hook waits for."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Command:
    """A program, where it runs, and the statuses with which it did its work; ``folders`` are visited in turn."""

    words: tuple[str, ...]
    folders: tuple[Path, ...]
    environment: Mapping[str, str]
    statuses: frozenset[int] = frozenset({0})


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """Seconds: the best and the middle of several runs, and the middle of the processor's; the largest process."""

    best: float
    median: float
    cpu: float
    peak: int
    runs: int


def measure(command: Command, runs: int) -> Timing:
    """Run a command several times, after one run in its first folder that warms the program.

    Raises:
        RuntimeError: it ended with a status that it should not have: what did not do its work has no time.
    """
    _run(command.words, command.folders[0], command)
    times = [_visit(command) for _ in range(runs)]
    return Timing(
        best=min(wall for wall, _cpu, _peak in times),
        median=median(wall for wall, _cpu, _peak in times),
        cpu=median(cpu for _wall, cpu, _peak in times),
        peak=max(peak for _wall, _cpu, peak in times),
        runs=runs,
    )


def _visit(command: Command) -> tuple[float, float, int]:
    """Run a command in each of its folders; return seconds of the clock, of the processor, and MiB of one process."""
    walls, cpus, peaks = zip(*(_run(command.words, folder, command) for folder in command.folders), strict=True)
    return sum(walls), sum(cpus), max(peaks)


def _run(words: Sequence[str], folder: Path, command: Command) -> tuple[float, float, int]:
    began = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=folder, env=command.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.statuses:
        raise RuntimeError(f"{' '.join(words)} in {folder}: exit status {process.returncode}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
