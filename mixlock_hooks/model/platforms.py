"""Conda subdirs (platforms, in prose): their selectors, virtual packages and marker words.

The defaults for virtual packages are mixlock's own, never the host's: ``linux-64`` follows the user's document
(glibc 2.27, CUDA 11.2), the others conda-lock's values without CUDA; macOS is 13.0 (``docs/decisions/0016``).
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import Subdir, VirtualName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LINUX_64 = Subdir("linux-64")
OSX_ARM64 = Subdir("osx-arm64")

DEFAULT_PLATFORMS = (LINUX_64, OSX_ARM64)

MACHINES: Mapping[Subdir, str] = MappingProxyType(
    {
        LINUX_64: "x86_64",
        Subdir("linux-aarch64"): "aarch64",
        Subdir("linux-ppc64le"): "ppc64le",
        Subdir("osx-64"): "x86_64",
        OSX_ARM64: "arm64",
        Subdir("win-64"): "AMD64",
        Subdir("win-arm64"): "ARM64",
        Subdir("win-32"): "x86",
        Subdir("linux-32"): "i686",
        Subdir("linux-armv6l"): "armv6l",
        Subdir("linux-armv7l"): "armv7l",
        Subdir("linux-ppc64"): "ppc64",
        Subdir("linux-riscv64"): "riscv64",
        Subdir("linux-s390x"): "s390x",
        Subdir("emscripten-wasm32"): "wasm32",
        Subdir("wasi-wasm32"): "wasm32",
        Subdir("freebsd-64"): "amd64",
        Subdir("zos-z"): "s390x",
    }
)
"""Every subdir of conda's list (``conda.base.constants.KNOWN_SUBDIRS``), and ``platform.machine()`` there."""

KNOWN_PLATFORMS: tuple[Subdir, ...] = tuple(MACHINES)


def system_of(platform: Subdir) -> str:
    """Return the system that a subdir begins with: ``linux``, ``osx``, ``win`` and so on."""
    return platform.partition("-")[0]


def pypi_is_locked_for(platform: Subdir) -> bool:
    """Return whether conda-lock has a PyPI side for a platform (``conda_lock.pypi_solver.PlatformEnv``)."""
    return system_of(platform) in {"linux", "osx"} or platform == "win-64"


def _selectors(platform: Subdir) -> frozenset[str]:
    """Return conda-build's words for a platform (``conda_build.metadata.get_selectors``)."""
    system, _, width = platform.partition("-")
    words = {system}
    if system in {"linux", "osx", "emscripten"}:
        words.add("unix")
    if width.isdecimal():
        words |= {f"{system}{width}", "x86"} | ({"x86_64"} if width == "64" else set())
    else:
        words |= {width} | ({"arm"} if system == "linux" and width.startswith("arm") else set())
    return frozenset(words)


SELECTORS: Mapping[Subdir, frozenset[str]] = MappingProxyType(
    {platform: _selectors(platform) for platform in KNOWN_PLATFORMS}
)
"""What a ``# [selector]`` comment may name and be true for, per platform (conda-build's names)."""


def _virtual(platform: Subdir) -> Mapping[VirtualName, str]:
    found = {"archspec": f"1 {_ARCHSPECS.get(platform, MACHINES[platform])}", **_OF_SYSTEM[system_of(platform)]}
    return MappingProxyType(
        {VirtualName(f"__{name}"): version for name, version in {**found, **_OF_PLATFORM.get(platform, {})}.items()}
    )


_ARCHSPECS = {Subdir("win-64"): "x86_64", Subdir("win-arm64"): "arm64", Subdir("freebsd-64"): "x86_64"}
_OF_SYSTEM: Mapping[str, Mapping[str, str]] = {
    "linux": {"unix": "0", "linux": "5.10", "glibc": "2.28"},
    "osx": {"unix": "0", "osx": "13.0"},
    "win": {"win": "0"},
    "emscripten": {"unix": "0"},
    "wasi": {},
    "freebsd": {"unix": "0"},
    "zos": {"unix": "0"},
}
_OF_PLATFORM: Mapping[Subdir, Mapping[str, str]] = {
    LINUX_64: {"glibc": "2.27", "cuda": "11.2"},
    Subdir("linux-riscv64"): {"glibc": "2.39"},  # no older tag of manylinux exists for this machine
}

DEFAULT_VIRTUAL_PACKAGES: Mapping[Subdir, Mapping[VirtualName, str]] = MappingProxyType(
    {platform: _virtual(platform) for platform in KNOWN_PLATFORMS}
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
        "__unix": ("linux", "osx", "emscripten", "freebsd"),
        "__win": ("win",),
        "__cuda": ("linux", "win"),
        "__cuda_arch": ("linux", "win"),
    }
)


def can_have(platform: Subdir, package: VirtualName) -> bool:
    """Return whether a platform can have a virtual package: no Mac has a glibc, or CUDA."""
    return system_of(platform) in _SYSTEMS_OF.get(package, (system_of(platform),))


def with_asked(
    platform: Subdir, defaults: Mapping[VirtualName, str], asked: Iterable[tuple[VirtualName, str]]
) -> dict[VirtualName, str]:
    """Return the virtual packages of a platform: what is asked and can be had goes over the defaults.

    A machine has one C library, so asking for ``__musl`` alone takes ``__glibc`` away, and the reverse.
    """
    wanted = {name: version for name, version in asked if can_have(platform, name)}
    found = {**defaults, **wanted}
    for library, other in (("__musl", "__glibc"), ("__glibc", "__musl")):
        if library in wanted and other not in wanted:
            found.pop(VirtualName(other), None)
    return found
