"""Whether a wheel suits a target: its compatibility tags against the target's python and virtual packages.

Source: PyPA specifications, platform compatibility tags; PEP 600 (``manylinux_x_y`` needs glibc x.y).
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from packaging.tags import compatible_tags, cpython_tags, parse_tag

from mixlock_hooks.model.platforms import LINUX_MACHINES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.wheelhouse import BuildTarget, BuiltWheel

_LEGACY_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MANYLINUX = re.compile(r"manylinux_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_OLD_MANYLINUX = re.compile(r"(?P<name>manylinux(?:1|2010|2014))_(?P<machine>\w+)")
_MACOS = re.compile(r"macosx_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_MAC_MACHINES = {"osx-64": {"x86_64", "universal2", "intel"}, "osx-arm64": {"arm64", "universal2"}}


def fits(wheel: BuiltWheel, target: BuildTarget) -> bool:
    """Return whether one of a wheel's tags suits a target."""
    tags = {tag for text in wheel.tags for tag in parse_tag(text)}
    major, minor = (int(part) for part in target.python_minor.split("."))
    known = {
        (tag.interpreter, tag.abi)
        for tag in chain(
            cpython_tags((major, minor), platforms=["any"]),
            compatible_tags((major, minor), interpreter=f"cp{major}{minor}", platforms=["any"]),
        )
    }
    return any((tag.interpreter, tag.abi) in known and _platform_fits(tag.platform, target) for tag in tags)


def _platform_fits(platform: str, target: BuildTarget) -> bool:
    if platform == "any":
        return True
    if target.platform.startswith("linux-"):
        return _linux_fits(platform, target)
    if target.platform.startswith("osx-"):
        return _macos_fits(platform, target)
    return platform == "win_amd64" and target.platform == "win-64"


def _linux_fits(platform: str, target: BuildTarget) -> bool:
    """``linux_x86_64`` says nothing of glibc: what it needs can only be read from what it holds."""
    machine = LINUX_MACHINES[target.platform]
    if platform == f"linux_{machine}":
        return True
    modern, old = _MANYLINUX.fullmatch(platform), _OLD_MANYLINUX.fullmatch(platform)
    if modern and modern["machine"] == machine:
        return (int(modern["major"]), int(modern["minor"])) <= glibc_of(target)
    return bool(old and old["machine"] == machine and _LEGACY_GLIBC[old["name"]] <= glibc_of(target))


def _macos_fits(platform: str, target: BuildTarget) -> bool:
    found = _MACOS.fullmatch(platform)
    wanted = _version(target.virtual_packages.get("__osx", ""), (11, 0))
    return bool(
        found
        and found["machine"] in _MAC_MACHINES[target.platform]
        and (int(found["major"]), int(found["minor"])) <= wanted
    )


def glibc_of(target: BuildTarget) -> tuple[int, int]:
    """Return the glibc that a target promises."""
    return _version(target.virtual_packages.get("__glibc", ""), (2, 17))


def _version(text: str, default: tuple[int, int]) -> tuple[int, int]:
    found = re.match(r"(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2] or 0)) if found else default


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
    """Return whether one of a project's files suits the target's glibc: an sdist, or a wheel that is not too new."""
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
