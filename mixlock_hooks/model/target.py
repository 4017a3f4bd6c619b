"""The target of a platform: what a file must suit to be installed there, as one value.

Whatever chooses, offers, verifies or builds a file asks this value, and so does whoever evaluates a marker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.platforms import LINUX_64, MACHINES, system_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from packaging.markers import Marker

    from mixlock_hooks.model.names import Subdir

Version = tuple[int, int]

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")
_PYTHON_BUILD = re.compile(r"(?:^|_)(?P<abi>cp\d+t|pypy\d*|graalpy\w*)$")
_ABI_BUILD = re.compile(r"(?:^|_)(?P<abi>cp\d+\w*|pypy\d+_pp\d+|graalpy\w+)$")
_PYPY_BUILD = re.compile(r"(?:^|_)(?P<release>\d+)_pypy")
_NAMES = {"cp": "cpython", "pypy": "pypy", "graalpy": "graalpy"}
_MARKER_NAMES = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
_LAST_WITH_M = (3, 7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a file must suit: a platform, its virtual packages, and the python of the conda side with its ABI.

    ``python`` is ``X.Y.Z``, empty where the conda side has none; ``abi`` is the ABI tag of its extension modules
    (``cp312``, ``cp314t`` for a free-threaded one, ``pypy39_pp73``). ``virtual_packages`` are pairs of a name and a
    version, with a build behind a space.
    """

    platform: Subdir
    virtual_packages: tuple[tuple[str, str], ...]
    python: str = ""
    abi: str = ""

    @property
    def python_minor(self) -> str:
        """Return the python as ``X.Y``."""
        return ".".join(self.python.split(".")[:2])

    @property
    def python_version(self) -> Version:
        """Return the python's first two numbers; zeros where there is none."""
        return version_of(self.python) or (0, 0)

    @property
    def implementation(self) -> str:
        """Return which python it is, as ``sys.implementation`` names it."""
        return next((name for start, name in _NAMES.items() if self.abi.startswith(start)), "cpython")

    @property
    def is_free_threaded(self) -> bool:
        """Return whether its python has no global interpreter lock (PEP 703)."""
        return self.implementation == "cpython" and self.abi.endswith("t")

    @property
    def machine(self) -> str:
        """Return ``platform.machine()`` of the target."""
        return MACHINES.get(self.platform, self.platform.partition("-")[2])

    def has(self, virtual_package: str) -> str:
        """Return the version of a virtual package, without a build; empty where the target has none."""
        return next((text.partition(" ")[0] for name, text in self.virtual_packages if name == virtual_package), "")

    @property
    def glibc(self) -> Version | None:
        """Return the version of glibc; None where the C library is another, or none is promised."""
        return None if self.has("__musl") else version_of(self.has("__glibc"))

    @property
    def musl(self) -> Version | None:
        """Return the version of musl, where that is the C library."""
        return version_of(self.has("__musl"))

    @property
    def macos(self) -> Version | None:
        """Return the version of macOS."""
        return version_of(self.has("__osx"))

    @property
    def shown_python(self) -> str:
        """Return the python in words: ``python 3.14.0``, ``free-threaded python 3.14.0``, ``pypy 3.9.18``."""
        if self.is_free_threaded:
            return f"free-threaded python {self.python}"
        return f"{'python' if self.implementation == 'cpython' else self.implementation} {self.python}"


def version_of(text: str) -> Version | None:
    """Return the first two numbers of a version, the second 0 where it is missing; None where there is none."""
    found = _VERSION.match(text)
    return (int(found[1]), int(found[2] or 0)) if found else None


def make_target(
    platform: Subdir,
    virtual_packages: Iterable[tuple[str, str]],
    versions: Mapping[str, str],
    builds: Mapping[str, str],
) -> Target:
    """Return the target of a platform whose conda side is known.

    Args:
        platform: the subdir.
        virtual_packages: names and versions.
        versions: versions of conda's packages by name; without ``python`` the target has none.
        builds: their build strings.
    """
    python = versions.get("python", "")
    return Target(
        platform=platform,
        virtual_packages=tuple(sorted((str(name), version) for name, version in virtual_packages)),
        python=python,
        abi=_abi(python, builds) if python else "",
    )


def _abi(python: str, builds: Mapping[str, str]) -> str:
    """Return the ABI tag: that of ``python_abi``'s build, or of python's own, or the usual one of CPython.

    conda-forge's ``python_abi`` has builds such as ``8_cp314t`` and ``4_pypy39_pp73``; its python has ``…_cp314t``,
    ``…_73_pypy`` and, of old, ``…_cpython``.
    """
    major, minor = version_of(python) or (0, 0)
    usual = f"cp{major}{minor}{'m' if (major, minor) <= _LAST_WITH_M else ''}"
    of_python = _PYTHON_BUILD.search(builds.get("python", ""))
    of_abi = _ABI_BUILD.search(builds.get("python_abi", ""))
    if of_python and of_python["abi"].startswith("cp"):
        return of_python["abi"]
    if of_abi:
        return of_abi["abi"]
    if of_python and of_python["abi"].startswith("pypy"):
        release = _PYPY_BUILD.search(builds["python"])
        return f"pypy{major}{minor}_pp{release['release'] if release else '73'}"
    return of_python["abi"] if of_python else usual


_MARKERS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    "osx": {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
    "win": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
    "emscripten": {"os_name": "posix", "sys_platform": "emscripten", "platform_system": "Emscripten"},
    "wasi": {"os_name": "posix", "sys_platform": "wasi", "platform_system": "wasi"},
    "freebsd": {"os_name": "posix", "sys_platform": "freebsd", "platform_system": "FreeBSD"},
    "zos": {"os_name": "posix", "sys_platform": "zos", "platform_system": "OS/390"},
}


def markers_of(platform: Subdir) -> str:
    """Return the marker (PEP 508) that holds on a platform, and on no other that a lock may be for."""
    machine = MACHINES.get(platform, "")
    system = _MARKERS[system_of(platform)]["sys_platform"]
    return f"sys_platform == '{system}'" + (f" and platform_machine == '{machine}'" if machine else "")


def marker_environment(target: Target) -> dict[str, str]:
    """Return the PEP 508 marker variables of a target.

    ``platform_release`` and ``platform_version`` name one machine's kernel, which no target does: they are empty, as
    they are for uv's ``--python-platform``.
    """
    return {
        **_MARKERS[system_of(target.platform)],
        "platform_machine": target.machine,
        "platform_python_implementation": _MARKER_NAMES[target.implementation],
        "implementation_name": target.implementation,
        "implementation_version": _implementation_version(target),
        "python_full_version": target.python,
        "python_version": target.python_minor,
        "platform_release": "",
        "platform_version": "",
        "extra": "",
    }


def _implementation_version(target: Target) -> str:
    """Return CPython's own version; another's is known only as far as its ABI tag names it."""
    found = re.search(r"_pp(\d)(\d+)$", target.abi)
    return f"{found[1]}.{found[2]}.0" if found else target.python


def is_decidable(marker: Marker) -> bool:
    """Return whether a marker compares what can be compared: ``os_name ~= 'posix'`` no installer can judge."""
    try:
        marker.evaluate(dict(_SOMEWHERE))
    except ValueError:
        return False
    return True


def may_hold(marker: Marker, platform: Subdir) -> bool:
    """Return whether a marker may hold on a platform whose python is not known; a doubt is a yes."""
    if any(name in str(marker) for name in ("python_full_version", "implementation_version")):
        return True
    targets = (Target(platform=platform, virtual_packages=(), python=python) for python in _PYTHONS)
    return any(marker.evaluate(dict(marker_environment(target))) for target in targets)


_PYTHONS = tuple(f"3.{minor}.0" for minor in range(7, 21))
"""Versions for which a marker is tried where the python is not known yet."""
_SOMEWHERE = marker_environment(Target(platform=LINUX_64, virtual_packages=(), python="3.12.0"))
"""A target to try a marker on: whether it can be judged depends on no target."""
