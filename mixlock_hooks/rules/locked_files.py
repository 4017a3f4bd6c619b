"""Does a locked file belong to its package? Its name, its platform, its hash and its scheme say so, or do not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.locked import LockedPackage, Manager

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir

_HASHES = {"md5": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}
_FOREIGN_TAGS = {
    "linux": ("win", "macosx"),
    "osx": ("win", "linux", "manylinux", "musllinux"),
    "win": ("macosx", "linux"),
}


def complaint(package: LockedPackage) -> str:
    """Say why a file cannot be the package's; empty where it can."""
    url, _hash, _fragment = package.url.partition("#")
    for kind, value in (("md5", package.md5), ("sha256", package.sha256)):
        if value and not _HASHES[kind].fullmatch(value):
            return f"has no {kind} but `{value[:70]}`"
    if package.manager is Manager.CONDA:
        return _of_conda(package, url)
    return _of_pypi(package, url)


def _of_conda(package: LockedPackage, url: str) -> str:
    _base, _slash, rest = url.rpartition("://")[2].partition("/")
    *_channel, subdir, file = ["", *rest.split("/")] if "/" in rest else ["", "", rest]
    if not unquote(package.stem).startswith(f"{package.name}-{package.version}-"):
        return f"is locked as a file of another name: {file}"
    if subdir not in {package.platform, "noarch"}:
        return f"is locked as a file of another platform: {subdir}"
    return ""


def _of_pypi(package: LockedPackage, url: str) -> str:
    file = unquote(url.rpartition("/")[2])
    if not file.endswith(".whl"):
        return "" if _is_sdist_of(package, file) else f"is locked as a file of another name: {file}"
    try:
        name, version, _build, tags = parse_wheel_filename(file)
        if name != canonicalize_name(package.name) or version != Version(package.version):
            return f"is locked as a file of another name: {file}"
    except (InvalidWheelFilename, InvalidVersion):
        return f"is locked as a file that is no wheel: {file}"
    if all(_is_foreign(tag.platform, package.platform) for tag in tags):
        return f"is locked as a file of another platform: {file}"
    return ""


def _is_foreign(tag: str, platform: Subdir) -> bool:
    return tag.startswith(_FOREIGN_TAGS[platform.partition("-")[0]])


def _is_sdist_of(package: LockedPackage, file: str) -> bool:
    """Tell whether a file's name begins with the project's; what has no such name is a direct reference."""
    if not file.endswith((".tar.gz", ".zip", ".tar.bz2")):
        return "." not in file or "://" not in package.url
    return canonicalize_name(file).startswith(canonicalize_name(package.name))
