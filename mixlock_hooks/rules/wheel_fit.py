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
    from mixlock_hooks.model.wheelhouse import BuildTarget, BuiltWheel

_LEGACY_GLIBC = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_MANYLINUX = re.compile(r"manylinux_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_OLD_MANYLINUX = re.compile(r"(?P<name>manylinux(?:1|2010|2014))_(?P<machine>\w+)")
_MACOS = re.compile(r"macosx_(?P<major>\d+)_(?P<minor>\d+)_(?P<machine>\w+)")
_MAC_MACHINES = {"osx-64": {"x86_64", "universal2", "intel"}, "osx-arm64": {"arm64", "universal2"}}


def fits(wheel: BuiltWheel, target: BuildTarget) -> bool:
    """Tell whether one of a wheel's tags suits a target."""
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
