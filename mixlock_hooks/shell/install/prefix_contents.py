"""What a prefix holds: every file with its size, its time and its hash, noted once it is whole, compared later.

Sizes and times are compared first, which a scan of the folder tells. Only a file with another time is read, since an
archive or an image that holds a prefix may cut times short. A file that nobody installed counts where python, a
shell or a tool that lists packages would find it: there it shadows, or adds, what no lock holds.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

_BLOCK = 2**20
_CACHES = "__pycache__"
_FOUND_BY_TOOLS = re.compile(
    r"conda-meta/[^/]+\.json|etc/conda/.+|(bin|Scripts)/[^/]+|pyvenv\.cfg|pip\.(conf|ini)"
    r"|[Ll]ib/(python[^/]+/)?([^/]+/)*([^/]+\.(py|pyc|pth|so(\.\d+)*|dylib|pyd)|[^/]+\.(dist-info|egg-info)(/.+)?)"
)


Found: TypeAlias = "list[int]"
"""A file's size and time, as a scan finds them and JSON keeps them."""


def libraries(prefix: Path) -> tuple[Path, ...]:
    """Return the folders where python finds what is installed in a prefix or a virtualenv."""
    return (*prefix.glob("lib/python3*/site-packages"), *prefix.glob("Lib/site-packages"))


def scan(prefix: Path, passed_over: frozenset[str]) -> dict[str, Found]:
    """Return every file and link below a prefix, by path; what python compiles by itself is none.

    Args:
        prefix: the prefix.
        passed_over: names of files at its top that do not count.
    """
    found: dict[str, Found] = {}
    waiting = [(str(prefix), "")]
    while waiting:  # a recursion of generators took twice as long
        folder, inner = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    told = entry.stat(follow_symlinks=False)
                    found[inner + entry.name] = [told.st_size, told.st_mtime_ns]
                elif entry.name != _CACHES:
                    waiting.append((entry.path, f"{inner}{entry.name}/"))
    for name in passed_over:
        found.pop(name, None)
    return found


def hashes(prefix: Path, found: Collection[str]) -> dict[str, str]:
    """Return the SHA-256 of each file, and the target of each link."""
    with ThreadPoolExecutor(max_workers=4) as pool:  # hashing and reading wait for each other
        return dict(zip(found, pool.map(lambda path: _hash(prefix / path), found), strict=True))


def _hash(path: Path) -> str:
    if path.is_symlink():
        return f"-> {os.readlink(path)}"  # noqa: PTH115 - a Path would normalise it
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def differences(
    prefix: Path, noted: Mapping[str, Found], found: Mapping[str, Found], hashed: Mapping[str, str]
) -> Iterator[str]:
    """Yield each file that is not as it was noted, with what became of it.

    Args:
        prefix: the prefix.
        noted: its files when it was whole.
        found: its files now.
        hashed: their hashes when it was whole.
    """
    for path, then in noted.items():
        now = found.get(path)
        if now is None:
            yield f"{path} is gone"
        elif now != then and (now[0] != then[0] or _hash(prefix / path) != hashed.get(path)):
            yield f"{path} was changed"
    yield from (f"{path} is of no locked package" for path in found if path not in noted and counts(path))


def counts(path: str) -> bool:
    """Return whether python, a shell or a tool that lists packages would find a file that nobody installed."""
    return _FOUND_BY_TOOLS.fullmatch(path) is not None


def refuse_damage(prefix: Path, hashed: Mapping[str, str]) -> None:
    """Refuse files that are not what their package says they are: it came as it is locked, so it is wrong itself.

    Raises:
        CannotDoError: there is one.
    """
    promised: dict[str, dict[str, str]] = {}
    for path, sha256, name in (*_of_conda(prefix), *_of_wheels(prefix)):
        promised.setdefault(path, {})[sha256] = name
    for path, expected in promised.items():
        if path in hashed and hashed[path] not in expected and not hashed[path].startswith("-> "):
            name = next(iter(expected.values()))
            raise CannotDoError(
                f"{prefix / path}: is not the file that {name} says it holds, so the package itself is wrong "
                f"(`mixlock lock --upgrade-package {name}` looks for another one)"
            )


def records(prefix: Path) -> Iterator[dict[str, Any]]:
    """Yield what conda's packages tell of themselves.

    Raises:
        CannotDoError: a record is none of conda's.
    """
    for path in sorted(prefix.glob("conda-meta/*.json")):
        try:
            record: dict[str, Any] = json.loads(path.read_bytes())
            {*(record["name"], record["version"], record["url"]), *(_known(file) for file in _files(record))}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotDoError(f"{path}: is no record of conda's: delete {prefix}, and install again") from error
        yield record


def _files(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = record["paths_data"]["paths"]
    return found


def _known(file: Mapping[str, str]) -> tuple[str, str]:
    return file["_path"], file["path_type"]


def rows(record: Path, prefix: Path) -> Iterator[list[str]]:
    """Yield what a wheel tells of its files: path, hash, size (PyPA specifications, recording installed projects).

    Raises:
        CannotDoError: it is no such list.
    """
    try:
        with record.open(encoding="utf-8", newline="") as file:
            yield from (row for row in csv.reader(file) if row)
    except (OSError, ValueError, csv.Error) as error:
        raise CannotDoError(f"{record}: is no list of files: delete {prefix}, and install again") from error


def _of_conda(prefix: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the files of conda packages, their hashes and names, but for those that the prefix is written into."""
    for record in records(prefix):
        for file in _files(record):
            if file.get("sha256") and not file.get("prefix_placeholder") and file["path_type"] == "hardlink":
                yield file["_path"], file["sha256"], record["name"]


def _of_wheels(prefix: Path) -> Iterator[tuple[str, str, str]]:
    """Yield the files beside the metadata of wheels, their hashes and projects; programs are made, not copied."""
    for record in (found for library in libraries(prefix) for found in library.glob("*.dist-info/RECORD")):
        library = record.parents[1].relative_to(prefix).as_posix()
        name = record.parent.name.partition("-")[0]
        for path, hashed, *_size in (row for row in rows(record, prefix) if len(row) > 1):
            kind, _, value = hashed.partition("=")
            if kind == "sha256" and not path.startswith(".."):
                with suppress(ValueError):  # what is no hash promises nothing
                    yield f"{library}/{path}", base64.urlsafe_b64decode(f"{value}==").hex(), name
