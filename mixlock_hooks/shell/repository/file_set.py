"""Replace a set of files together: all of them or none.

Every new file is first written beside its target and synced, so that a full disk is met before anything old is
touched; then the old files are kept under a second name until the last rename is done.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def replace(folder: Path, files: Mapping[str, bytes], obsolete: tuple[str, ...] = ()) -> None:
    """Write ``files`` into ``folder`` and delete the ``obsolete`` names; on any failure the old set stays.

    Raises:
        CannotDoError: the folder cannot be written: no right, no space, not a folder.
    """
    made = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".mixlock-", dir=folder) as scratch_name:
            scratch = folder / scratch_name
            _write_all(scratch, files)
            with _signals_held():
                _swap(folder, scratch, tuple(files), obsolete)
    except OSError as error:
        _remove_empty(made)
        raise CannotDoError(
            f"{folder}: the lock cannot be written: {error.strerror}; what stood there is unchanged"
        ) from error
    except BaseException:
        _remove_empty(made)
        raise


def _write_all(scratch: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        with (scratch / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _swap(folder: Path, scratch: Path, names: tuple[str, ...], obsolete: tuple[str, ...]) -> None:
    backup = scratch / "old"
    backup.mkdir()
    kept: list[str] = []
    placed: list[str] = []
    try:
        for name in (*names, *obsolete):
            if (folder / name).exists():
                (folder / name).rename(backup / name)
                kept.append(name)
        for name in names:
            (scratch / name).rename(folder / name)
            placed.append(name)
    except BaseException:
        for name in kept:
            (backup / name).replace(folder / name)
        for name in placed:
            if name not in kept:
                (folder / name).unlink()
        raise


def _remove_empty(folders: list[Path]) -> None:
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back for the moment of renaming; they are delivered afterwards."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pending: list[int] = []
    held = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda got, _frame: pending.append(got)) for number in held}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for got in pending:
            signal.raise_signal(got)


def write_whole(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Write a file with these permissions, and its folder if need be.

    Raises:
        CannotDoError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).chmod(mode)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotDoError(f"{path.parent}: cannot be written: {error.strerror}") from error
