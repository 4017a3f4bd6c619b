"""The locks of a repository: where each one is, how its files are read, and how they are replaced together."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import stamp_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.lock_paths import (
    LOCKFILE,
    STAMP,
    WHEELHOUSE,
    LockPlaces,
    explicit_name,
    is_rendered,
    pip_name,
    platform_of,
    touched,
)
from mixlock_hooks.model.place import Place, at

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.stamp import Making, Stamp
    from mixlock_hooks.model.wheelhouse import BuiltWheel
    from mixlock_hooks.ports import Files, Readable


class UnreadableLockError(ValueError):
    """A ``conda-lock.yml`` that is there cannot be read; ``path`` is relative to the repository's root."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(why)
        self.path = path


def parse_lock(content: bytes, path: str) -> Lockfile:
    """Parse the content of a ``conda-lock.yml``.

    Raises:
        UnreadableLockError: it is not one of version 1.
    """
    from mixlock_hooks.formats import conda_lock_yml  # noqa: PLC0415 - a fresh lock is not parsed

    try:
        return conda_lock_yml.parse(content)
    except conda_lock_yml.NotALockfileError as error:
        raise UnreadableLockError(path, str(error)) from error


def _vouches(stamp: Stamp | None, content: bytes) -> bool:
    """Return whether a stamp is of just this ``conda-lock.yml``."""
    return stamp is not None and stamp.digests.get(LOCKFILE) == digest(content)


@dataclass(frozen=True, slots=True)
class LockFolder:
    """One environment's lock on disk, which may be missing, damaged or in conflict."""

    files: Files
    places: LockPlaces
    name: EnvironmentName

    @property
    def folder(self) -> str:
        """Return the folder, relative to the repository's root."""
        return self.places.folder(self.name)

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the folder, and the ``conda-lock.yml`` where it stands elsewhere: all that a command has to name."""
        return self.places.of(self.name)

    @property
    def shown(self) -> str:
        """Return the lock as a shell is told of it."""
        return " ".join(map(quote, self.roots))

    def is_touched(self, paths: frozenset[str]) -> bool:
        """Return whether one of some paths is of the lock, there or not."""
        return not touched(paths).isdisjoint(self.roots)

    def path(self, file: str = LOCKFILE) -> str:
        """Return the path of one of the lock's files, relative to the repository's root."""
        return self.places.lockfile(self.name) if file == LOCKFILE else f"{self.folder}/{file}"

    def left_behind(self) -> LockFolder | None:
        """Return the lock in whose folder a ``conda-lock.yml`` lies that belongs elsewhere; None where none does."""
        inside = self.in_folder()
        return inside if inside.path() != self.path() and inside.read() is not None else None

    def in_folder(self) -> LockFolder:
        """Return the lock as it is without ``lock-at``."""
        return replace(self, places=LockPlaces(self.places.lock_dir))

    def place(self, file: str = LOCKFILE, line: int = 1) -> Place:
        """Return a place in one of the lock's files."""
        return at(self.path(file), line)

    def names(self) -> tuple[str, ...]:
        """Return the names of the lock's files, sorted, with that of ``conda-lock.yml`` wherever it stands."""
        names = self.files.names(self.folder)
        if self.name not in self.places.elsewhere:
            return names
        here = {LOCKFILE} if self.files.read(self.path()) is not None else set()
        return tuple(sorted({*names} - {LOCKFILE} | here))

    def own_names(self) -> tuple[str, ...]:
        """Return the names of the lock's files, without what somebody else put into its folder."""
        return tuple(name for name in self.names() if name == LOCKFILE or is_rendered(name))

    def read(self, file: str = LOCKFILE) -> bytes | None:
        """Return the content of one of the lock's files; None where there is no such file."""
        return self.files.read(self.path(file))

    def lockfile(self, read: Callable[[str], bytes | None] | None = None) -> Lockfile | None:
        """Read ``conda-lock.yml`` and what its stamp records; None where there is no lock.

        Args:
            read: reads a path as another revision has it; by default the files as they are.

        Raises:
            UnreadableLockError: it cannot be read.
        """
        read = read or self.files.read
        content = read(self.path())
        if content is None:
            return None
        lockfile = parse_lock(content, self.path())
        beside = read(self.path(STAMP))
        if beside is None:
            return lockfile
        stamp = stamp_json.readable(beside)
        making = stamp.making if stamp else stamp_json.making_of(beside)
        return replace(lockfile, making=making, is_stamped=_vouches(stamp, content))

    def making(self) -> Making:
        """Return how the lock was made, as far as its stamp tells, also in conflict."""
        return stamp_json.making_of(self.read(STAMP) or b"")

    def stamp(self) -> Stamp | None:
        """Return what vouches for the lock's files; None where it is missing, in conflict or damaged."""
        content = self.read(STAMP)
        return stamp_json.readable(content) if content is not None else None

    def is_restorable(self, read: Callable[[str], bytes | None]) -> bool:
        """Return whether a commit has another ``conda-lock.yml`` than there is now, and a stamp that vouches for it.

        Args:
            read: reads a path as the commit has it.
        """
        stamp, content = stamp_json.readable(read(self.path(STAMP)) or b""), read(self.path()) or b""
        return _vouches(stamp, content) and content != self.read()

    def rendered_platforms(self) -> frozenset[Subdir]:
        """Return the platforms that rendered files of the lock are for."""
        return frozenset(platform for name in self.names() if (platform := platform_of(name)))

    def source(self) -> str:
        """Return the spec that the lock names as its source, relative to the root; empty where it names none."""
        from mixlock_hooks.formats import conda_lock_yml  # noqa: PLC0415 - most locks belong to a configured spec

        found = conda_lock_yml.source_of(self.read() or b"")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.path()), found)) if found else ""
        return "" if path.startswith(("..", "/")) else path

    def blocked(self, platforms: Collection[Subdir]) -> str:
        """Return the name of a file of the lock in whose place a folder stands; empty where none does."""
        rendered = (name for platform in platforms for name in (explicit_name(platform), pip_name(platform)))
        return next(filter(self._is_folder, (LOCKFILE, STAMP, WHEELHOUSE, *rendered)), "")

    def _is_folder(self, file: str) -> bool:
        try:
            self.read(file)
        except UsageError:
            return True
        return False

    def recorded_wheels(self) -> tuple[BuiltWheel, ...]:
        """Return the wheels that ``wheelhouse.json`` records; none where there is no such file.

        Raises:
            NotAWheelhouseError: it cannot be read.
        """
        from mixlock_hooks.formats import wheelhouse_json  # noqa: PLC0415 - few locks record wheels

        content = self.read(WHEELHOUSE)
        return wheelhouse_json.parse(content) if content is not None else ()

    def wheels_of(self, lockfile: Lockfile) -> tuple[BuiltWheel, ...]:
        """Return the recorded wheels whose sdists a lockfile still locks; none where the record cannot be read."""
        from mixlock_hooks.formats.wheelhouse_json import NotAWheelhouseError  # noqa: PLC0415 - as above
        from mixlock_hooks.rules.wheel_plan import still_locked  # noqa: PLC0415

        try:
            return still_locked(self.recorded_wheels(), lockfile)
        except NotAWheelhouseError:
            return ()

    def wheels_damage(self) -> str:
        """Return why ``wheelhouse.json`` cannot be read; empty where it can, or where there is none."""
        from mixlock_hooks.formats.wheelhouse_json import NotAWheelhouseError  # noqa: PLC0415 - as above

        try:
            self.recorded_wheels()
        except NotAWheelhouseError as error:
            return str(error)
        return ""

    def changed_by(self, files: Mapping[str, bytes], keep: Collection[str] = ()) -> tuple[str, ...]:
        """Return the names of the files that a new set would write or delete, sorted.

        Args:
            files: the new set by name.
            keep: names of rendered files that stay although the set lacks them.
        """
        written = {name for name, content in files.items() if self.read(name) != content}
        written |= {LOCKFILE} if self.left_behind() else set()
        return tuple(sorted({*written, *self._obsolete(files, keep)}))

    def replace(self, files: Mapping[str, bytes], keep: Collection[str] = ()) -> None:
        """Replace the lock's files by a new set, all of them or none; arguments as for ``changed_by``."""
        elsewhere = {LOCKFILE: self.path()} if self.name in self.places.elsewhere else {}
        self.files.replace_set(self.folder, files, self._obsolete(files, keep), elsewhere)
        old = self.left_behind()
        if old:
            self.files.replace_set(old.folder, {}, (LOCKFILE,))

    def _obsolete(self, files: Mapping[str, bytes], keep: Collection[str]) -> tuple[str, ...]:
        return tuple(name for name in self.names() if is_rendered(name) and name not in files and name not in keep)


@dataclass(frozen=True, slots=True)
class Locks:
    """Every lock of a repository."""

    files: Files
    places: LockPlaces

    def of(self, name: EnvironmentName) -> LockFolder:
        """Return one environment's lock, whether it is there or not."""
        return LockFolder(self.files, self.places, name)

    def names(self) -> tuple[EnvironmentName, ...]:
        """Return the environments that have a lock, sorted."""
        return self.names_in(self.files)

    def names_in(self, files: Readable) -> tuple[EnvironmentName, ...]:
        """Return the environments that have a lock in a version of the repository's files, sorted."""
        return self._locked(files, files.below(self.places.lock_dir))

    def _locked(self, files: Readable, listed: tuple[str, ...]) -> tuple[EnvironmentName, ...]:
        away = self.places.elsewhere
        inside = {name for path in listed if (name := self.places.owner(path, LOCKFILE))}
        there = {name for name, path in away.items() if files.read(path) is not None}
        return tuple(sorted(inside - away.keys() | there))

    def with_remains(self) -> tuple[tuple[EnvironmentName, ...], tuple[EnvironmentName, ...]]:
        """Return the environments that have a lock, and those of whose lock a stamp is left alone; both sorted."""
        listed = self.files.below(self.places.lock_dir)
        locked = self._locked(self.files, listed)
        stamped = {name for path in listed if (name := self.places.owner(path, STAMP))}
        return locked, tuple(sorted(stamped - {*locked}))

    def __iter__(self) -> Iterator[LockFolder]:
        return (self.of(name) for name in self.names())
