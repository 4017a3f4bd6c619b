"""Replace a set of files so that at every instant it is the old one, the new one, or one that a lock completes.

New files are written and synced in a scratch folder outside of the set, so a full disk is met before anything old
is touched. Then each goes into its place by one ``os.replace``, and none is ever half written. The stamp, which
vouches for the others, is taken away before the first and comes last: a run that is killed in between leaves a lock
without a stamp, which drift reports. ``mixlock lock`` renders everything anew from the lockfile, which is always
whole. Source: rename(2), fsync(2).
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_PREFIX = "mixlock-"


def replace(
    folder: Path,
    files: Mapping[str, bytes],
    obsolete: tuple[str, ...] = (),
    *,
    scratch: Path,
    elsewhere: Mapping[str, Path] = MappingProxyType({}),
) -> None:
    """Write ``files`` into ``folder`` and delete the ``obsolete`` names; on any failure the old set stays.

    Args:
        folder: where the set is; made if need be, and removed if nothing is left in it.
        files: the new files by name.
        obsolete: names of files that go.
        scratch: a folder outside of the set, best on its file system; made if need be.
        elsewhere: where each file is, by name, that is not in the folder.

    Raises:
        CannotDoError: the folder cannot be written: no right, no space, not a folder.
    """
    places = {name: elsewhere.get(name, folder / name) for name in (*files, *obsolete, STAMP)}
    folders = sorted({folder, *(places[name].parent for name in files)})
    made = _absent(folders)
    try:
        for each in folders:
            each.mkdir(parents=True, exist_ok=True)
        with _scratch_folder(scratch) as own:
            _write_all(own, files)
            with _signals_held():
                _swap(places, own, sorted(files, key=_order), obsolete)
                _sync(folders)
    except OSError as error:
        _remove_empty(made)
        said = f"the lock cannot be written: {error.strerror}; what stood there is unchanged"
        raise CannotDoError(f"{folder}: {said}") from error
    except BaseException:
        _remove_empty(made)
        raise
    if not files:
        _remove_empty([folder])


def _absent(folders: Iterable[Path]) -> list[Path]:
    """Return the folders that are not there, and their parents that are not, the deepest first."""
    found = {each for folder in folders for each in (folder, *folder.parents) if not each.exists()}
    return sorted(found, key=lambda each: -len(each.parts))


def _order(name: str) -> tuple[int, str]:
    """Return when a file goes into its place: what others are rendered from first, what vouches for others last."""
    return (0 if name == LOCKFILE else 2 if name == STAMP else 1), name


@contextmanager
def _scratch_folder(parent: Path) -> Iterator[Path]:
    """Give a scratch folder, and sweep those that runs left which were killed."""
    parent.mkdir(parents=True, exist_ok=True)
    for old in parent.glob(f"{_PREFIX}*"):
        owner = old.name.removeprefix(_PREFIX).partition("-")[0]
        if not (owner.isdecimal() and _is_alive(int(owner))):
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=f"{_PREFIX}{os.getpid()}-", dir=parent, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)
    _remove_empty([parent])


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _write_all(scratch: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        with (scratch / name).open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _swap(places: Mapping[str, Path], scratch: Path, names: list[str], obsolete: tuple[str, ...]) -> None:
    """Put each new file into its place, and delete what is obsolete; undo both if that fails half way."""
    backup = scratch / "old"
    _back_up(places, backup, (*names, *obsolete))
    try:
        if STAMP in names:
            places[STAMP].unlink(missing_ok=True)
        for name in sorted(obsolete, key=_order, reverse=True):
            places[name].unlink(missing_ok=True)
        for name in names:
            _put(scratch / name, places[name])
    except BaseException:
        for name in (*names, *obsolete):
            with suppress(OSError):  # what cannot be put back was not taken away either; the others are
                if (backup / name).exists():
                    _put(backup / name, places[name])
                else:
                    places[name].unlink(missing_ok=True)
        raise


def _put(source: Path, target: Path) -> None:
    """Put a file into its place by renaming it, also onto another file system, such as a volume that is mounted."""
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        beside = target.with_name(f".{_PREFIX}{target.name}")
        try:
            shutil.copy2(source, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)


def _back_up(places: Mapping[str, Path], backup: Path, names: Iterable[str]) -> None:
    backup.mkdir()
    for name in names:
        if places[name].exists():
            shutil.copy2(places[name], backup / name)


def _sync(folders: Iterable[Path]) -> None:
    """Have the system write the folders' entries to the disk; Windows has no such call."""
    for folder in folders if os.name == "posix" else ():
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


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
        raise CannotDoError(f"{path}: cannot be written: {error.strerror}") from error


def write_output(path: Path, content: bytes) -> None:
    """Write a file that a person names: through a link, into a device or a pipe, else as a whole.

    Raises:
        CannotDoError: it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            with target.open("wb", buffering=0) as stream:
                stream.write(content)
            return
    except OSError as error:
        raise CannotDoError(f"{path}: cannot be written: {error.strerror}") from error
    write_whole(target, content)
