"""A conda prefix that is made from locked packages, and known again by its stamp and by what it holds.

It is made under a lock and stamped at its end: one that was broken off, or was changed since, is made anew. One that
is just as it was made can be updated in place (``prefix_update``).
"""

from __future__ import annotations

import json
import shutil
import sys
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.install import prefix_contents as contents
from mixlock_hooks.shell.install.conda_part import install

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mixlock_hooks.shell.install.conda_part import CondaPart

STAMP = ".mixlock-stamp"
"""The file that tells what a prefix was made from, and its files; its date is that of the last use."""
HASHES = ".mixlock-hashes"
WHEELS = ".mixlock-wheels"
"""The file that tells which wheels a prefix was made from, by project."""
OWN = frozenset({STAMP, HASHES, WHEELS})

_BEGUN = "not made to its end\n"
_TOLD = 3


def differences(prefix: Path, stamp: str) -> tuple[str, ...] | None:
    """Return what of a prefix is not as it was made, file by file; empty where it is what a stamp says.

    None where it was not made to its end, from something else, or elsewhere.
    """
    try:
        head, _, listed = (prefix / STAMP).read_text("utf-8").partition("\n\n")
        if head != _head(prefix, stamp):
            return None
        noted, found = json.loads(listed), contents.scan(prefix, OWN)
        hashed = json.loads((prefix / HASHES).read_bytes()) if found != noted else {}
        differing = list(contents.differences(prefix, noted, found, hashed))
    except (OSError, ValueError):
        return None
    with suppress(OSError):  # who may only read it may still use it
        if differing or all(found[path] == then for path, then in noted.items()):
            (prefix / STAMP).touch()  # used today
        else:
            _stamp(prefix, stamp, {path: found[path] for path in noted})
    more = len(differing) - _TOLD
    return (*islice(differing, _TOLD), *([f"{more} more"] if more > 0 else []))


def is_made_from(prefix: Path, stamp: str) -> bool:
    """Return whether a prefix was made from something, to its end, and holds just that."""
    return differences(prefix, stamp) == ()


def mark(
    prefix: Path, stamp: str, wheels: Mapping[str, str] | None = None, known: Mapping[str, str] | None = None
) -> None:
    """Note what a prefix was made from and what it holds, once it is whole.

    Args:
        prefix: the prefix.
        stamp: what it was made from.
        wheels: the wheels, by project.
        known: hashes of files that stayed, which are not read again.

    Raises:
        CannotDoError: it cannot be written, or a file is another than its package says.
    """
    try:
        found = contents.scan(prefix, OWN)
        stayed = known or {}
        hashed = {**contents.hashes(prefix, [path for path in found if path not in stayed]), **stayed}
        contents.refuse_damage(prefix, hashed)
        (prefix / HASHES).write_text(json.dumps(hashed), encoding="utf-8")
        (prefix / WHEELS).write_text(json.dumps(wheels or {}), encoding="utf-8")
        _stamp(prefix, stamp, found)
    except OSError as error:
        raise unwritable(prefix, error) from error


def _stamp(prefix: Path, stamp: str, found: Mapping[str, contents.Found]) -> None:
    (prefix / STAMP).write_text(f"{_head(prefix, stamp)}\n\n{json.dumps(found)}", encoding="utf-8")


def _head(prefix: Path, stamp: str) -> str:
    place = str(prefix).replace("\n", "\\n")  # an empty line ends the head
    return f"{stamp}\n{place}"


def renew(prefix: Path, conda: CondaPart, descriptors: tuple[int, ...] = ()) -> None:
    """Make a prefix anew with conda's packages; where others are kept, in place.

    Args:
        prefix: a folder that is empty, stamped, or the caller's own.
        conda: the packages.
        descriptors: those of the lock that the caller holds.

    Raises:
        CannotDoError: one cannot be fetched, or is another than its hash says.
    """
    try:
        prefix.mkdir(parents=True, exist_ok=True)
        begin(prefix)
        for entry in [] if conda.keeps_others else list(prefix.iterdir()):
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != STAMP:
                entry.unlink()
    except OSError as error:
        raise unwritable(prefix, error) from error
    if conda.packages:
        install(conda, prefix, descriptors)


def begin(prefix: Path) -> None:
    """Note that a prefix is being changed: a run that is broken off leaves a folder of ours, which is not whole."""
    (prefix / STAMP).write_text(_BEGUN, encoding="utf-8")


def unwritable(prefix: Path, error: OSError) -> CannotDoError:
    """Return what is raised where a prefix cannot be written."""
    return CannotDoError(f"{error.filename or prefix}: cannot be written: {error.strerror}")


def python_in(prefix: Path) -> Path:
    """Return where a conda prefix has its python."""
    return prefix / ("python.exe" if sys.platform == "win32" else "bin/python")


def link_scripts(prefix: Path) -> tuple[str, ...]:
    """Return the packages that bring a script for after they are linked."""
    names = (path.name for path in (*prefix.glob("bin/.*-post-link.sh"), *prefix.glob("Scripts/.*-post-link.bat")))
    return tuple(sorted(name.removeprefix(".").rpartition("-post-link.")[0] for name in names))
