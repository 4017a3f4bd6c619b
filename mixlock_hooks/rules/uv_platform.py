"""Which of uv's target platforms a conda platform is: never one that asks for a newer glibc than it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import PlatformSpec

_FIXED = {
    "osx-64": "x86_64-apple-darwin",
    "osx-arm64": "aarch64-apple-darwin",
    "win-64": "x86_64-pc-windows-msvc",
}
_MACHINES = {"linux-64": "x86_64", "linux-aarch64": "aarch64"}
_GLIBC_MINORS = (17, 28, *range(31, 41))


def uv_platform(spec: PlatformSpec) -> str:
    """Return the value of uv's ``--python-platform``: for Linux by ``__glibc``, at least manylinux_2_17."""
    if spec.platform in _FIXED:
        return _FIXED[spec.platform]
    glibc = next((version for name, version in spec.virtual_packages if name == "__glibc"), "2.17")
    found = re.match(r"2\.(\d+)", glibc)
    minor = int(found[1]) if found else _GLIBC_MINORS[0]
    newest = max((known for known in _GLIBC_MINORS if known <= minor), default=_GLIBC_MINORS[0])
    return f"{_MACHINES.get(spec.platform, 'x86_64')}-manylinux_2_{newest}"
