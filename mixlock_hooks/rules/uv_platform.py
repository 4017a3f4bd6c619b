"""Which of uv's target platforms a conda platform is."""

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


def uv_platforms(spec: PlatformSpec) -> tuple[str, ...]:
    """Return values of uv's ``--python-platform``, best first; none where uv has no such target.

    uv knows few versions of glibc. The next newer one lists every wheel that fits, and some that do not; the next
    older one lists only wheels that fit, and hides some that would.
    """
    if spec.platform in _FIXED:
        return (_FIXED[spec.platform],)
    glibc = next((version for name, version in spec.virtual_packages if name == "__glibc"), "2.17")
    found = re.match(r"2\.(\d+)", glibc)
    minor = int(found[1]) if found else _GLIBC_MINORS[0]
    newer = min((known for known in _GLIBC_MINORS if known >= minor), default=_GLIBC_MINORS[-1])
    older = max((known for known in _GLIBC_MINORS if known <= minor), default=_GLIBC_MINORS[0])
    machine = _MACHINES.get(spec.platform)
    if machine is None:
        return ()
    return tuple(f"{machine}-manylinux_2_{known}" for known in dict.fromkeys((newer, older)))
