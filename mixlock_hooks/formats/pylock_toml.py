"""``pylock.toml`` (PEP 751), as far as a proposal needs it: each package with its files and their hashes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import tomlkit

from mixlock_hooks.formats import toml_text
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.proposal import ProposedFile, ProposedProject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mixlock_hooks.model.locked import LockedPackage


def parse(text: str) -> tuple[ProposedProject, ...]:
    """Parse the packages of a lock that holds files of indices.

    Raises:
        ValueError: it is not TOML, or holds a package without a version or a file without URL.
    """
    try:
        return tuple(_project(raw) for raw in toml_text.loads(text).get("packages", []))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a pylock.toml of index files: {error}") from error


def render(packages: Sequence[LockedPackage], python: str, environment: str) -> str:
    """Render PyPI's packages of one platform (PEP 751), for the installers that read it.

    Args:
        packages: those of PyPI.
        python: the locked python's version, for whose minor version the files are; empty where none is known.
        environment: the marker of the platform.
    """
    from packaging.markers import Marker  # noqa: PLC0415 - only an export needs these
    from packaging.pylock import Package, PackageSdist, PackageWheel, Pylock  # noqa: PLC0415
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415
    from packaging.utils import canonicalize_name  # noqa: PLC0415
    from packaging.version import Version  # noqa: PLC0415

    def entry(package: LockedPackage) -> Package:
        url, hashes = package.url.partition("#")[0], {"sha256": package.sha256}
        return Package(
            name=canonicalize_name(package.name),
            version=Version(package.version),
            sdist=PackageSdist(name=package.file, url=url, hashes=hashes) if package.is_sdist else None,
            wheels=None if package.is_sdist else [PackageWheel(name=package.file, url=url, hashes=hashes)],
        )

    minor = ".".join(python.split(".")[:2])
    lock = Pylock(
        lock_version=Version("1.0"),
        created_by="mixlock",
        environments=[Marker(environment)],
        requires_python=SpecifierSet(f"=={minor}.*") if minor else None,
        packages=[entry(package) for package in sorted(packages, key=lambda found: found.name)],
    )
    lock.validate()
    return tomlkit.dumps(lock.to_dict())


def render_preference(packages: Mapping[str, str]) -> str:
    """Render names and versions as a lock that says no more: what a solver prefers to keep."""
    lines = ['lock-version = "1.0"', 'created-by = "mixlock"']
    for name, version in sorted(packages.items()):  # JSON's strings are TOML's, as names and versions have them
        lines += ["", "[[packages]]", f"name = {json.dumps(name)}", f"version = {json.dumps(version)}"]
    return "\n".join(lines) + "\n"


def _project(raw: dict[str, Any]) -> ProposedProject:
    return ProposedProject(name=pypi_name(raw["name"]), version=raw["version"], files=tuple(_files(raw)))


def _files(raw: dict[str, Any]) -> Iterator[ProposedFile]:
    """Yield wheels, then the sdist; the sha256 is empty where the index gives none."""
    for found in (*raw.get("wheels", ()), *((raw["sdist"],) if "sdist" in raw else ())):
        url = found["url"]
        name = found.get("name") or unquote(urlsplit(url).path.rpartition("/")[2])
        yield ProposedFile(name=name, url=url, sha256=found.get("hashes", {}).get("sha256", ""))
