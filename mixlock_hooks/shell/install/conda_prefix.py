"""A conda prefix that is made from locked packages, and known again by its stamp and by what it holds.

It is made under a lock and stamped at its end: one that was broken off, or was changed since, is made anew. One that
is just as it was made can be updated in place (``prefix_update``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.install import prefix_contents as contents
from mixlock_hooks.shell.machine_config import cache_folder, mirrors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from filelock import FileLock

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir

STAMP = ".mixlock-stamp"
"""The file that tells what a prefix was made from, and its files; its date is that of the last use."""
HASHES = ".mixlock-hashes"
WHEELS = ".mixlock-wheels"
"""The file that tells which wheels a prefix was made from, by project."""
OWN = frozenset({STAMP, HASHES, WHEELS})

_BEGUN = "not made to its end\n"
_LONGEST = 254
"""Bytes that conda-build keeps free for a prefix in packages (``PREFIX_PLACEHOLDER``), without the closing zero."""
_TOLD = 3
_REMEDIES = {
    "hash mismatch": "the channel has another file than the lock says; `mixlock lock --verify` explains",
    "404": "the channel no longer has this file; `mixlock lock --upgrade-package {name}` looks for another one",
    "longer than the placeholder": "`--prefix` names a shorter one",
    "No space left": "make room, or name another disk with `--prefix` and MIXLOCK_CACHE_DIR",
}
"""What helps, by a word of the library that installs; ``name`` is the package's."""
_FILE = re.compile(r"(?P<name>[\w.\-]+)-[^-\s/]+-[^-\s/]+\.(?:conda|tar\.bz2)\b")


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaPart:
    """What is asked of the library that installs conda packages.

    ``platform`` is the packages'; ``runs_scripts`` lets those run that packages bring for after they are linked;
    ``keeps_others`` leaves packages alone that are not among these. ``kept`` are those that stay as they are.
    """

    packages: Sequence[LockedPackage]
    platform: Subdir
    runs_scripts: bool = False
    keeps_others: bool = False
    kept: frozenset[str] = frozenset()


@contextmanager
def held(prefix: Path) -> Iterator[tuple[int, ...]]:
    """Keep other runs from changing a prefix; yield the descriptors that programs keep which change it for us.

    A program that outlives this run, because the run was killed, still holds the lock on POSIX.

    Raises:
        CannotDoError: the folder that holds it cannot be written.
    """
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock_of(prefix)
        lock.acquire()
    except OSError as error:
        raise unwritable(prefix, error) from error
    try:
        yield (lock.descriptor,) if isinstance(lock, _PosixLock) else ()
    finally:
        lock.release()


def _lock_of(prefix: Path) -> _PosixLock | FileLock:
    if os.name == "posix":
        return _PosixLock(prefix)
    from filelock import FileLock  # noqa: PLC0415 - takes long to import, and POSIX can do more

    return FileLock(f"{prefix}.lock", thread_local=False)


class _PosixLock:
    """A lock on a file (flock), which is held as long as any process has its descriptor."""

    def __init__(self, prefix: Path) -> None:
        self.descriptor = os.open(f"{prefix}.lock", os.O_RDWR | os.O_CREAT, 0o644)

    def acquire(self) -> None:
        """Wait for the lock."""
        import fcntl  # noqa: PLC0415 - Windows has none

        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def release(self) -> None:
        """Give the lock back."""
        os.close(self.descriptor)


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


def refuse_foreign(prefix: Path) -> None:
    """Refuse a folder that holds anything and that mixlock did not make: making it anew would delete what it holds.

    Raises:
        UsageError: it is such a folder, or no folder.
    """
    if prefix.is_symlink() or (prefix.exists() and not prefix.is_dir()):
        raise UsageError(f"{prefix}: is not a folder, so nothing is installed there")
    if prefix.is_dir() and any(prefix.iterdir()) and not (prefix / STAMP).is_file():
        raise UsageError(f"{prefix}: is neither empty nor made by mixlock, so nothing is installed there")


def refuse_long(prefix: Path) -> None:
    """Refuse a prefix whose path does not fit into what conda packages keep free for it, or into ``PATH``.

    Raises:
        UsageError: it is too long, or holds what separates folders there.
    """
    if os.pathsep in os.fspath(prefix).removeprefix(prefix.drive):
        raise UsageError(f"{prefix}: `{os.pathsep}` separates folders in PATH, so nothing would be found there")
    length = len(os.fsencode(prefix))
    if length > _LONGEST:
        raise UsageError(f"{prefix}: a prefix of conda's may be {_LONGEST} bytes long, and this is {length}")


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


def install(conda: CondaPart, prefix: Path, descriptors: tuple[int, ...]) -> None:
    """Install locked conda packages into a prefix.

    Raises:
        CannotDoError: a package cannot be fetched, or is another than its hash says.
    """
    order = {
        "prefix": str(prefix),
        "platform": conda.platform,
        "cache": str(cache_folder("conda-packages")),
        "mirrors": {name: list(found) for name, found in mirrors().items()},
        "link_scripts": conda.runs_scripts,
        "keeps_others": conda.keeps_others,
        "kept": sorted(conda.kept),
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
            for package in conda.packages
        ],
    }
    command = [sys.executable, "-m", "mixlock_hooks.shell.install.conda_install"]
    here = cache_folder("conda-packages")  # python imports from where it runs: no folder of the repository's
    done = process.start(command, env=os.environ, cwd=here, keeps=descriptors).finish(json.dumps(order))
    if done.status:
        words = done.last_words.strip()
        remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in words), "")
        missing = _FILE.search(words)
        remedy = remedy.format(name=missing["name"] if missing else "NAME")
        raise CannotDoError(f"conda's part cannot be installed: {words}{remedy and f' ({remedy})'}")
