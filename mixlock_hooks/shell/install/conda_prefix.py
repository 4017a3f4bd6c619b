"""A conda prefix that is made once from locked packages, and known again by its stamp.

It is made under a lock, from nothing, and stamped at its end: one that was broken off, or was changed since, is made
anew.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from filelock import FileLock

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.machine_config import cache_folder, mirrors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage

STAMP = ".mixlock-stamp"
"""The file that tells what a prefix was made from; its date is that of the last use."""


_BEGUN = "not made to its end\n"
_LONGEST = 254
"""Bytes that conda-build keeps free for a prefix in packages (``PREFIX_PLACEHOLDER``), without the closing zero."""


@contextmanager
def held(prefix: Path) -> Iterator[None]:
    """Keep other runs from changing a prefix.

    Raises:
        CannotDoError: the folder that holds it cannot be written.
    """
    lock = FileLock(f"{prefix}.lock", thread_local=False)
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise _unwritable(prefix, error) from error
    try:
        yield
    finally:
        lock.release()


def is_made_from(prefix: Path, stamp: str) -> bool:
    """Return whether a prefix was made from something, to its end, and holds no other packages since."""
    try:
        made = (prefix / STAMP).read_text(encoding="utf-8") == _told(prefix, stamp)
        (prefix / STAMP).touch()  # used today
    except OSError:
        return False
    return made


def mark(prefix: Path, stamp: str) -> None:
    """Note what a prefix was made from, once it is whole.

    Raises:
        CannotDoError: it cannot be written.
    """
    try:
        (prefix / STAMP).write_text(_told(prefix, stamp), encoding="utf-8")
    except OSError as error:
        raise _unwritable(prefix, error) from error


def _told(prefix: Path, stamp: str) -> str:
    packages = (*prefix.glob("conda-meta/*.json"), *prefix.glob("lib/python*/site-packages/*.dist-info"))
    return "\n".join([stamp, *sorted(package.name for package in packages)])


def renew(prefix: Path, conda: Sequence[LockedPackage]) -> None:
    """Make a prefix anew with conda's packages.

    Raises:
        CannotDoError: one cannot be fetched, or is another than its hash says.
    """
    shutil.rmtree(prefix, ignore_errors=True)
    try:
        prefix.mkdir(parents=True, exist_ok=True)
        (prefix / STAMP).write_text(_BEGUN, encoding="utf-8")  # a run that is broken off leaves a folder of ours
    except OSError as error:
        raise _unwritable(prefix, error) from error
    if conda:
        _install(conda, prefix)


def refuse_foreign(prefix: Path) -> None:
    """Refuse a folder that holds anything and that mixlock did not make: making it anew would delete what it holds.

    Raises:
        UsageError: it is such a folder, or no folder.
    """
    if prefix.is_symlink() or (prefix.exists() and not prefix.is_dir()):
        raise UsageError(f"{prefix}: is no folder, so nothing is installed there")
    if prefix.is_dir() and any(prefix.iterdir()) and not (prefix / STAMP).is_file():
        raise UsageError(f"{prefix}: is neither empty nor made by mixlock, so nothing is installed there")


def refuse_long(prefix: Path) -> None:
    """Refuse a prefix whose path does not fit into what conda packages keep free for it.

    Raises:
        UsageError: it is too long.
    """
    length = len(os.fsencode(prefix))
    if length > _LONGEST:
        raise UsageError(f"{prefix}: a prefix of conda's may be {_LONGEST} bytes long, and this is {length}")


def _unwritable(prefix: Path, error: OSError) -> CannotDoError:
    return CannotDoError(f"{prefix}: cannot be written: {error.strerror}")


def python_in(prefix: Path) -> Path:
    """Return where a conda prefix has its python."""
    return prefix / ("python.exe" if sys.platform == "win32" else "bin/python")


def _install(packages: Sequence[LockedPackage], prefix: Path) -> None:
    """Install locked conda packages of this machine's platform into a prefix.

    Raises:
        CannotDoError: a package cannot be fetched, or is another than its hash says.
    """
    order = {
        "prefix": str(prefix),
        "platform": host_platform(),
        "cache": str(cache_folder("conda-packages")),
        "mirrors": {name: list(found) for name, found in mirrors().items()},
        "packages": [
            {
                "name": package.name,
                "version": package.version,
                "build": package.build,
                "url": package.url,
                "md5": package.md5,
                "sha256": package.sha256,
                "depends": [f"{name} {constraint}".strip() for name, constraint in package.dependencies.items()],
            }
            for package in packages
        ],
    }
    prefix.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "mixlock_hooks.shell.install.conda_install"]
    done = process.start(command, env=os.environ, cwd=prefix.parent).finish(json.dumps(order))
    if done.status:
        raise CannotDoError(done.last_words.strip())
