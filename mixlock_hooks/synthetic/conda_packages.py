"""Tiny conda packages and the channel that offers them: real archives, real repodata.

A `.conda` file is a zip archive of two tar archives in Zstandard frames, `info-` for what is told about the
package and `pkg-` for what is installed. A `.tar.bz2` file is one archive of both. What solvers read is the
`repodata.json` of each subdir.
"""

from __future__ import annotations

import bz2
import hashlib
import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from mixlock_hooks.synthetic.archives import render_tar, render_zip, render_zstd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

CHANNEL_SUBDIRS = ("linux-64", "noarch", "osx-arm64")
"""The subdirs a channel has even when they are empty; solvers ask for them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SyntheticCondaPackage:
    """One build of a conda package with a single file and `more` by path; `timestamp_ms` counts from 1970.

    Where a file holds `placeholder`, an installer writes the prefix instead. `links` are symbolic links by path,
    `entry_points` are those of a noarch Python package, `is_old` makes it a `.tar.bz2` file.
    """

    name: str
    version: str
    build: str = "0"
    build_number: int = 0
    depends: tuple[str, ...] = ()
    constrains: tuple[str, ...] = ()
    subdir: str = "noarch"
    timestamp_ms: int = 1_700_000_000_000
    more: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    placeholder: str = ""
    links: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    entry_points: tuple[str, ...] = ()
    is_old: bool = False

    @property
    def stem(self) -> str:
        """The name, the version and the build, as the file name has them."""
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def file_name(self) -> str:
        """The name of the file within its subdir."""
        return f"{self.stem}.tar.bz2" if self.is_old else f"{self.stem}.conda"

    @property
    def noarch(self) -> str | None:
        """How the package is spread over platforms: `python`, `generic`, or not at all."""
        if self.subdir != "noarch":
            return None
        return "python" if any(spec.split()[0] == "python" for spec in self.depends) else "generic"

    @property
    def installed_file(self) -> str:
        """The path of the file within the package.

        Installers move the `site-packages/` of a noarch Python package to where the interpreter looks.
        """
        if self.noarch == "python":
            return f"site-packages/{self.name.replace('-', '_')}.py"
        return f"share/{self.name}/version.py"


def write_channel(directory: Path, packages: Iterable[SyntheticCondaPackage]) -> None:
    """Write the packages and the repodata of every subdir below a directory, which need not exist."""
    repodata: dict[str, dict[str, Json]] = {subdir: {} for subdir in CHANNEL_SUBDIRS}
    for package in sorted(packages, key=lambda package: package.file_name):
        content = render_package(package)
        repodata.setdefault(package.subdir, {})[package.file_name] = _repodata_record(package, content)
        _write(directory / package.subdir / package.file_name, content)
    for subdir, records in repodata.items():
        _write(directory / subdir / "repodata.json", _render_repodata(subdir, records))


def render_package(package: SyntheticCondaPackage) -> bytes:
    """Render the file (conda's package specification, version 2 format, or 1 where it is old)."""
    text = f'"""A tiny conda package."""\n\n__version__ = "{package.version}"\n'.encode()
    files = {package.installed_file: text, **package.more}
    if package.is_old:
        return bz2.compress(render_tar({**_info_members(package, files), **files}, package.links))
    payload = render_tar(files, package.links)
    about = render_tar(_info_members(package, files))
    return render_zip(
        {
            "metadata.json": _render_json({"conda_pkg_format_version": 2}),
            f"pkg-{package.stem}.tar.zst": render_zstd(payload),
            f"info-{package.stem}.tar.zst": render_zstd(about),
        }
    )


def _info_members(package: SyntheticCondaPackage, files: Mapping[str, bytes]) -> dict[str, bytes]:
    members = {
        "info/files": "".join(f"{name}\n" for name in (*files, *package.links)).encode(),
        "info/index.json": _render_json(_index_record(package)),
        "info/paths.json": _render_json(_paths(files, package)),
    }
    if package.noarch == "python":
        points: dict[str, Json] = {"entry_points": list(package.entry_points)} if package.entry_points else {}
        link: Json = {"noarch": {"type": "python", **points}, "package_metadata_version": 1}
        members["info/link.json"] = _render_json(link)
    return members


def _paths(files: Mapping[str, bytes], package: SyntheticCondaPackage) -> Json:
    paths: list[Json] = [
        {
            "_path": name,
            "path_type": "hardlink",
            "sha256": hashlib.sha256(content).hexdigest(),
            "size_in_bytes": len(content),
            **_relocation(content, package.placeholder),
        }
        for name, content in files.items()
    ]
    paths += [{"_path": name, "path_type": "softlink"} for name in package.links]
    return {"paths": paths, "paths_version": 1}


def _relocation(content: bytes, placeholder: str) -> dict[str, Json]:
    if not placeholder or placeholder.encode() not in content:
        return {}
    return {"prefix_placeholder": placeholder, "file_mode": "binary" if b"\0" in content else "text"}


def _index_record(package: SyntheticCondaPackage) -> dict[str, Json]:
    record: dict[str, Json] = {
        "name": package.name,
        "version": package.version,
        "build": package.build,
        "build_number": package.build_number,
        "depends": list(package.depends),
        "constrains": list(package.constrains),
        "subdir": package.subdir,
        "timestamp": package.timestamp_ms,
    }
    return record if package.noarch is None else {**record, "noarch": package.noarch}


def _repodata_record(package: SyntheticCondaPackage, content: bytes) -> Json:
    return {
        **_index_record(package),
        "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
    }


def _render_repodata(subdir: str, records: dict[str, Json]) -> bytes:
    info: Json = {"subdir": subdir}
    old: dict[str, Json] = {name: record for name, record in records.items() if name.endswith(".tar.bz2")}
    new: dict[str, Json] = {name: record for name, record in records.items() if name not in old}
    return _render_json({"info": info, "packages": old, "packages.conda": new, "repodata_version": 1})


def _render_json(value: Json) -> bytes:
    return (json.dumps(value, indent=2, sort_keys=True) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
