"""Conda subdirs (platforms, in prose): their selectors, virtual packages and markers.

The defaults for virtual packages are mixlock's own, never the host's: ``linux-64`` follows the user's document
(glibc 2.27, CUDA 11.2), the others conda-lock's values without CUDA.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import Subdir, VirtualName

if TYPE_CHECKING:
    from collections.abc import Mapping

LINUX_64 = Subdir("linux-64")
LINUX_AARCH64 = Subdir("linux-aarch64")
LINUX_PPC64LE = Subdir("linux-ppc64le")
OSX_64 = Subdir("osx-64")
OSX_ARM64 = Subdir("osx-arm64")
WIN_64 = Subdir("win-64")

DEFAULT_PLATFORMS = (LINUX_64, OSX_ARM64)

SELECTORS: Mapping[Subdir, frozenset[str]] = MappingProxyType(
    {
        LINUX_64: frozenset({"linux", "linux64", "unix", "x86_64"}),
        LINUX_AARCH64: frozenset({"linux", "aarch64", "unix"}),
        LINUX_PPC64LE: frozenset({"linux", "ppc64le", "unix"}),
        OSX_64: frozenset({"osx", "osx64", "unix", "x86_64"}),
        OSX_ARM64: frozenset({"osx", "arm64", "unix"}),
        WIN_64: frozenset({"win", "win64", "x86_64"}),
    }
)
"""What a ``# [selector]`` comment may name and be true for, per platform (conda-build's names)."""

KNOWN_PLATFORMS: tuple[Subdir, ...] = tuple(SELECTORS)


def _virtual(**versions: str) -> Mapping[VirtualName, str]:
    return MappingProxyType({VirtualName(f"__{name}"): version for name, version in versions.items()})


DEFAULT_VIRTUAL_PACKAGES: Mapping[Subdir, Mapping[VirtualName, str]] = MappingProxyType(
    {
        LINUX_64: _virtual(unix="0", linux="5.10", archspec="1 x86_64", glibc="2.27", cuda="11.2"),
        LINUX_AARCH64: _virtual(unix="0", linux="5.10", archspec="1 aarch64", glibc="2.28"),
        LINUX_PPC64LE: _virtual(unix="0", linux="5.10", archspec="1 ppc64le", glibc="2.28"),
        OSX_64: _virtual(unix="0", archspec="1 x86_64", osx="11.0"),
        OSX_ARM64: _virtual(unix="0", archspec="1 arm64", osx="11.0"),
        WIN_64: _virtual(win="0", archspec="1 x86_64"),
    }
)

VIRTUAL_PACKAGES: frozenset[VirtualName] = frozenset(
    VirtualName(f"__{name}")
    for name in ("archspec", "conda", "cuda", "cuda_arch", "glibc", "linux", "musl", "osx", "unix", "win")
)
"""Every virtual package that CEP 30 and conda know."""

_SYSTEMS_OF = MappingProxyType(
    {
        "__glibc": ("linux",),
        "__linux": ("linux",),
        "__musl": ("linux",),
        "__osx": ("osx",),
        "__win": ("win",),
        "__cuda": ("linux", "win"),
        "__cuda_arch": ("linux", "win"),
    }
)


def can_have(platform: Subdir, package: VirtualName) -> bool:
    """Return whether a platform can have a virtual package: no Mac has a glibc, or CUDA."""
    return platform.partition("-")[0] in _SYSTEMS_OF.get(package, (platform.partition("-")[0],))


_MARKERS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    "osx": {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    "win": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
}
_MACHINES = {"win-64": "AMD64", "64": "x86_64"}
LINUX_MACHINES: Mapping[Subdir, str] = MappingProxyType(
    {LINUX_64: "x86_64", LINUX_AARCH64: "aarch64", LINUX_PPC64LE: "ppc64le"}
)
"""What wheels call the machines of Linux."""


def marker_environment(platform: Subdir, python: str) -> dict[str, str]:
    """Return the PEP 508 marker variables of a target: its platform and CPython ``python`` (``X.Y.Z``)."""
    system, _, machine = platform.partition("-")
    return {
        **_MARKERS[system],
        "platform_machine": _MACHINES.get(platform) or _MACHINES.get(machine, machine),
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "implementation_version": python,
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }
