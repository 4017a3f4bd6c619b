"""Can a locked file be its package's? Its name says so, and who installs it reads nothing else of it first."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.locked import Manager

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.locked import LockedPackage

_HASHES = {"md5": re.compile(r"[0-9a-f]{32}"), "sha256": re.compile(r"[0-9a-f]{64}")}
_SDISTS = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar")
"""What sdists end in: PEP 527 leaves ``.tar.gz`` and ``.zip``, but the older files are on the indices still."""


def complaint(package: LockedPackage) -> str:
    """Return why a file cannot be the package's; empty where it can."""
    url, _hash, _fragment = package.url.partition("#")
    for kind, value in (("md5", package.md5), ("sha256", package.sha256)):
        if value and not (_HASHES[kind].fullmatch(value) and value.strip("0")):
            return f"has no {kind} but `{value[:70]}`"
    if package.manager is Manager.CONDA:
        return _of_conda(package, url)
    return _of_pypi(package, url)


def _of_conda(package: LockedPackage, url: str) -> str:
    """Judge ``NAME-VERSION-BUILD``: only a name may hold a dash, so who reads a file splits it from behind."""
    _base, _slash, rest = url.rpartition("://")[2].partition("/")
    *_channel, subdir, file = ["", *rest.split("/")] if "/" in rest else ["", "", rest]
    name, *version_and_build = unquote(package.stem).rsplit("-", 2)
    if name != package.name or len(version_and_build) < 2 or version_and_build[0] != package.version:  # noqa: PLR2004
        return f"is locked as a file of another name: {file}"
    if subdir not in {package.platform, "noarch"}:
        return f"is locked as a file of another platform: {subdir}"
    return ""


def _of_pypi(package: LockedPackage, url: str) -> str:
    file = unquote(url.rpartition("/")[2])
    try:
        version = Version(package.version)
    except InvalidVersion:
        return "has a version that is none"
    if not file.endswith(".whl"):
        return "" if _is_sdist_of(package, version, file) else f"is locked as a file of another name: {file}"
    try:
        name, of_file, _build, _tags = parse_wheel_filename(file)
    except (InvalidWheelFilename, InvalidVersion):
        return f"is locked as a file that is not a wheel: {file}"
    if name != canonicalize_name(package.name) or of_file != version:
        return f"is locked as a file of another name: {file}"
    return ""


def _is_sdist_of(package: LockedPackage, version: Version, file: str) -> bool:
    """Return whether a file's name is ``NAME-VERSION`` of a package (PEP 625).

    Older sdists have dashes in either part, so nothing tells where the version begins, and each place is tried.
    """
    suffix = next((each for each in _SDISTS if file.lower().endswith(each)), None)
    if suffix is None:
        return False
    parts = file[: -len(suffix)].split("-")
    splits = (("-".join(parts[:at]), "-".join(parts[at:])) for at in range(1, len(parts)))
    project = canonicalize_name(package.name)
    return any(canonicalize_name(name) == project and version in _versions(text) for name, text in splits)


def _versions(text: str) -> Iterator[Version]:
    """Yield what a text may be as a version; old build tools wrote the ``+`` of a local one as ``_`` or ``-``."""
    for spelling in {text, text.replace("_", "+", 1), text.replace("-", "+", 1)}:
        with suppress(InvalidVersion):
            yield Version(spelling)
