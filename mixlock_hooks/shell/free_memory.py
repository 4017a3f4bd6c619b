"""How much memory this machine can give, in a container as much as that may have."""

from __future__ import annotations

import os
import re
from pathlib import Path

_AVAILABLE = re.compile(r"^MemAvailable:\s+(\d+) kB$", re.MULTILINE)
_CGROUP = Path("/sys/fs/cgroup")
_LIMITS = (
    ("memory.max", "memory.current"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
)
"""What a control group may have and has, of version 2 and 1; without a limit there is a word, or a huge number."""
_MEBIBYTE = 1024**2
OF_A_SOLVE = 250 * _MEBIBYTE
"""What one solve takes: uv 165 for 172 packages, then conda-lock 80, and its part of the metadata that all share."""


def free_memory(meminfo: Path = Path("/proc/meminfo"), cgroup: Path = _CGROUP) -> int | None:
    """Return the bytes of memory that programs may still take; None where the system does not tell."""
    known = [found for found in (_of_machine(meminfo), *_of_groups(cgroup)) if found is not None]
    return max(0, min(known)) if known else None


def _of_machine(meminfo: Path) -> int | None:
    found = _AVAILABLE.search(_text(meminfo))
    if found:
        return int(found[1]) * 1024
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # Windows has no sysconf, macOS not these names
        return None


def _of_groups(cgroup: Path) -> list[int]:
    limits = [(_text(cgroup / most), _text(cgroup / used)) for most, used in _LIMITS]
    return [int(most) - int(used) for most, used in limits if most.isdecimal() and used.isdecimal()]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def jobs_within(free: int | None, asked: int, solves: int) -> tuple[int, str]:
    """Return how many solves may run at a time, and why fewer than could; that is empty where memory does not decide.

    Args:
        free: bytes of memory, None where nobody knows.
        asked: how many are asked for at most.
        solves: how many there are to do.
    """
    fit = asked if free is None else max(1, free // OF_A_SOLVE)
    if fit >= min(asked, solves):
        return asked, ""
    at_a_time = "one solve at a time" if fit == 1 else f"{fit} solves at a time"
    each = OF_A_SOLVE // _MEBIBYTE
    return fit, f"{at_a_time}: {(free or 0) // _MEBIBYTE} MiB of memory are free, and each takes up to {each}"
