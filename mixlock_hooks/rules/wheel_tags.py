"""Which wheels fit a target's glibc, told to a solver that knows few manylinux tags.

conda-lock 4 knows the manylinux tags 1, 2010, 2014, 2_17, 2_18, 2_24 and 2_28 (its issues 395 and 517), so a wheel
tagged ``manylinux_2_27`` would never fit, and an sdist would be locked in its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.model.platforms import LINUX_MACHINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mixlock_hooks.model.environment import PlatformSpec

_MANYLINUX = re.compile(r"manylinux_2_(?P<minor>\d+)_(?P<machine>\w+)")
_LEGACY = re.compile(r"manylinux(?:1|2010|2014)_")
_KNOWN = frozenset({17, 18, 24, 28})


def offered_name(name: str, spec: PlatformSpec) -> str:
    """Return the file name under which a file is offered: its own, but for a wheel whose fitting tags are unknown.

    Such a wheel is offered as ``manylinux2014``, which every target here has; the file stays the same.
    """
    machine = LINUX_MACHINES.get(spec.platform)
    if machine is None or not name.endswith(".whl"):
        return name
    front, _, tags = name.removesuffix(".whl").rpartition("-")
    platforms = tags.split(".")
    fitting = _fitting(platforms, machine, _glibc_minor(spec))
    if not fitting or fitting & _KNOWN or any(_LEGACY.match(platform) for platform in platforms):
        return name
    return f"{front}-manylinux2014_{machine}.whl"


def can_be_had(files: Iterable[str], spec: PlatformSpec) -> bool:
    """Tell whether one of a project's files suits the target's glibc: an sdist, or a wheel that is not too new."""
    return any(_suits(name, spec) for name in files)


def _suits(name: str, spec: PlatformSpec) -> bool:
    machine = LINUX_MACHINES.get(spec.platform)
    if machine is None or not name.endswith(".whl"):
        return True
    platforms = name.removesuffix(".whl").rpartition("-")[2].split(".")
    modern = [platform for platform in platforms if _MANYLINUX.fullmatch(platform)]
    return len(modern) < len(platforms) or bool(_fitting(platforms, machine, _glibc_minor(spec)))


def _fitting(platforms: Sequence[str], machine: str, glibc_minor: int) -> frozenset[int]:
    found = [match for platform in platforms if (match := _MANYLINUX.fullmatch(platform))]
    minors = [int(match["minor"]) for match in found if match["machine"] == machine]
    return frozenset(minor for minor in minors if minor <= glibc_minor)


def _glibc_minor(spec: PlatformSpec) -> int:
    version = next((version for name, version in spec.virtual_packages if name == "__glibc"), "2.17")
    found = re.match(r"2\.(\d+)", version)
    return int(found[1]) if found else min(_KNOWN)
