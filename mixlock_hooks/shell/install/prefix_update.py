"""Update a prefix in place: find what stays when another lock is installed, clear what goes, judge what came out.

Only a prefix that is just as it was made is updated, by a lock with the same python: programs, bytecode and the
folder of libraries hang on that one. While it is changed its stamp says so: an update that is broken off is
completed by making the prefix anew.
"""

from __future__ import annotations

import json
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name

from mixlock_hooks.shell.install import prefix_contents as contents
from mixlock_hooks.shell.install.conda_prefix import HASHES, OWN, STAMP, WHEELS, begin, differences, unwritable
from mixlock_hooks.shell.install.constraints import projects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """What a prefix is to hold: conda's packages, and a key of each wheel by its project, empty for one to be built.

    ``stamp`` tells them, and how they are installed.
    """

    conda: Sequence[LockedPackage]
    wheels: Mapping[str, str]
    stamp: str

    @property
    def keeps_others(self) -> bool:
        """Return whether what is none of these stays."""
        return "keep-extra" in self.stamp


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What a prefix holds of other parts: packages of conda and projects that stay, projects that go.

    ``noted`` and ``hashed`` are its files as they were noted.
    """

    conda: frozenset[str]
    wheels: frozenset[str]
    gone: tuple[str, ...]
    noted: Mapping[str, contents.Found]
    hashed: Mapping[str, str]


def standing(prefix: Path, parts: Parts) -> Standing | None:
    """Return what stays in a prefix; None where it has to be made anew.

    That is one that is not whole, has another python, was made with other options, or ran scripts of packages.
    """
    try:
        head, _, listed = (prefix / STAMP).read_text("utf-8").partition("\n\n")
        stamp = head.partition("\n")[0]
        options = parts.stamp.partition(" ")[2]
        if stamp.partition(" ")[2] != options or "link-scripts" in options or differences(prefix, stamp) != ():
            return None
        installed: dict[str, str] = json.loads((prefix / WHEELS).read_bytes())
        hashed = json.loads((prefix / HASHES).read_bytes())
        conda = frozenset(_unchanged(prefix, parts.conda))
    except (OSError, ValueError):
        return None
    if "python" not in conda:
        return None
    kept = frozenset(name for name, key in parts.wheels.items() if key and installed.get(name) == key)
    gone = tuple(sorted(installed.keys() - kept))
    return Standing(conda=conda, wheels=kept, gone=gone, noted=json.loads(listed), hashed=hashed)


def _unchanged(prefix: Path, packages: Sequence[LockedPackage]) -> Iterator[str]:
    """Yield the packages that are installed from just the file that is locked."""
    locked = {package.name: package for package in packages}
    for record in contents.records(prefix):
        package = locked.get(record["name"])
        if package and record["url"] == package.url and _has_hashes(record, package):
            yield package.name


def _has_hashes(record: Mapping[str, Any], package: LockedPackage) -> bool:
    wanted = {"sha256": package.sha256, "md5": package.md5}
    return all(record.get(kind) == value for kind, value in wanted.items() if value)


def clear(prefix: Path, found: Standing, parts: Parts) -> None:
    """Begin an update: remove what nobody noted, but for what is asked to stay.

    Raises:
        CannotDoError: it cannot be removed.
    """
    try:
        begin(prefix)
        surplus = () if parts.keeps_others else contents.scan(prefix, OWN).keys() - found.noted.keys()
        for path in surplus:
            (prefix / path).unlink()
    except OSError as error:
        raise unwritable(prefix, error) from error


def drop_bytecode(prefix: Path) -> None:
    """Remove what python compiled by itself, and the folders that it alone kept: these are packages without a name.

    Bytecode is known by its source's size and time, which a newer file of a package may share.

    Raises:
        CannotDoError: it cannot be removed.
    """
    shipped = {path for record in contents.records(prefix) for path in _paths(record)}
    try:
        for cache in prefix.rglob("__pycache__"):
            for file in cache.iterdir():
                if file.relative_to(prefix).as_posix() not in shipped:
                    file.unlink()
            for folder in (cache, *cache.parents):
                if folder == prefix or any(folder.iterdir()):
                    break
                folder.rmdir()
    except OSError as error:
        raise unwritable(prefix, error) from error


def known(prefix: Path, found: Standing) -> dict[str, str]:
    """Return the hashes of files that stayed: those of packages that stayed, of the noted size and time."""
    theirs = {path for record in contents.records(prefix) if record["name"] in found.conda for path in _paths(record)}
    theirs.update(path for name, path in _of_wheels(prefix) if name in found.wheels)
    now = contents.scan(prefix, OWN)
    return {path: found.hashed[path] for path in theirs & now.keys() if now[path] == found.noted.get(path)}


def is_whole(prefix: Path, parts: Parts) -> bool:
    """Return whether an updated prefix holds just these parts, each with all of its files.

    It may not, where packages share files: whatever goes takes them along.
    """
    records, wanted = list(contents.records(prefix)), {package.url for package in parts.conda}
    urls = {record["url"] for record in records}
    found = contents.scan(prefix, OWN).keys()
    named = {path for record in records for path in _paths(record)} | {path for _name, path in _of_wheels(prefix)}
    theirs = {path for path in named if "__pycache__/" not in path}  # no scan finds these
    if not (wanted <= urls and theirs <= found and parts.wheels.keys() <= projects(prefix).keys()):
        return False
    others = (path for path in found - theirs if contents.counts(path) and not path.startswith("conda-meta/"))
    return parts.keeps_others or (wanted == urls and not any(others))


def _paths(record: Mapping[str, Any]) -> Iterator[str]:
    yield from (file["_path"] for file in record["paths_data"]["paths"] if file["path_type"] != "directory")


def _of_wheels(prefix: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of the wheels, each with its project; conda's packages tell theirs themselves."""
    of_conda = {path for record in contents.records(prefix) for path in _paths(record)}
    for record in (found for library in contents.libraries(prefix) for found in library.glob("*.dist-info/RECORD")):
        library = record.parents[1].relative_to(prefix).as_posix()
        if f"{library}/{record.parent.name}/METADATA" in of_conda:
            continue
        name = canonicalize_name(record.parent.name.partition("-")[0])
        yield from ((name, posixpath.normpath(f"{library}/{row[0]}")) for row in contents.rows(record, prefix))
