"""What mixlock keeps for this user, and how it is removed: its own folders alone, whatever else lies beside them."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.machine_config import CACHE_FOLDER, CACHES, RUNNING, cache_root

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheFolder:
    """One folder of the cache, and the bytes of the files in it."""

    path: Path
    size: int


def cache_folders() -> Iterator[CacheFolder]:
    """Yield the folders of the cache that may go, by name; a link in the place of one is none.

    What tells of runs that go on is not among them.

    Raises:
        CannotDoError: the cache may be shared with other tools, whose folders have the same names.
    """
    if os.environ.get(CACHE_FOLDER) or cache_root().is_symlink():
        raise CannotDoError(f"{cache_root()}: others may keep files there too, so nothing is removed: do it by hand")
    for name in sorted(CACHES - {RUNNING}):
        path = cache_root() / name
        if path.is_dir() and not path.is_symlink():
            yield CacheFolder(path=path, size=_size(path))


def _size(folder: Path) -> int:
    """Return the bytes of all files in a folder, those that several names share counted once."""
    seen: set[tuple[int, int]] = set()
    total = 0
    for parent, _folders, names in os.walk(folder):
        for name in names:
            try:
                found = os.lstat(f"{parent}/{name}")
            except OSError:
                continue  # somebody removed it meanwhile
            if stat.S_ISREG(found.st_mode) and (found.st_dev, found.st_ino) not in seen:
                seen.add((found.st_dev, found.st_ino))
                total += found.st_size
    return total


def remove(folder: CacheFolder) -> None:
    """Remove a folder of the cache; no link is followed.

    Raises:
        CannotDoError: it cannot be removed.
    """
    try:
        for parent, folders, _names in os.walk(folder.path):
            for name in folders:  # unpacked packages may be read-only
                if not os.path.islink(f"{parent}/{name}"):  # noqa: PTH114 - of many files
                    os.chmod(f"{parent}/{name}", 0o700)  # noqa: PTH101 - as above
        shutil.rmtree(folder.path)
    except OSError as error:
        raise CannotDoError(f"{folder.path}: cannot be removed: {error.strerror}") from error
