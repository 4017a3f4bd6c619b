"""A folder for one build, which goes away whatever a build left there; those of killed runs go too, afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.build.leftovers import remove
from mixlock_hooks.shell.machine_config import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "build-"
_STALE_SECONDS = 2 * 86400


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that nobody else can look into.

    Raises:
        CannotDoError: the cache cannot be written.
    """
    builds = cache_folder("builds")
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=builds)).resolve()
    except OSError as error:
        raise CannotDoError(f"{builds}: cannot be written: {error.strerror}") from error
    try:
        yield folder
    finally:
        remove(folder)
        _sweep(builds)


def _sweep(builds: Path) -> None:
    """Remove what runs left that were killed; what cannot be removed stays, and breaks nothing."""
    with suppress(OSError):
        for name in os.listdir(builds):  # noqa: PTH208 - one that vanishes meanwhile is no error
            old = builds / name
            with suppress(OSError):
                if name.startswith(_PREFIX) and time.time() - old.lstat().st_mtime > _STALE_SECONDS:
                    remove(old)
