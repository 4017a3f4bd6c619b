"""Compare two versions of all locks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, wheelhouse_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import LOCKFILE, WHEELHOUSE, platform_of
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.nearest import few, meant
from mixlock_hooks.model.settings import ExplicitHash
from mixlock_hooks.pipeline.lock.record import is_older, is_recorded, render_beside
from mixlock_hooks.pipeline.locks import UnreadableLockError
from mixlock_hooks.rules.lock_diff import compare_locks, other_wheels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.package_change import LockDelta
    from mixlock_hooks.model.wheelhouse import BuiltWheel
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import Readable


@dataclass(frozen=True, kw_only=True, slots=True)
class Versions:
    """Two versions of a repository's files, and the paths of all that differ, came or went between them."""

    before: Readable
    after: Readable
    differing: frozenset[str]


def diff(project: Project, versions: Versions, wanted: Sequence[str] = ()) -> tuple[LockDelta, ...]:
    """Return what differs, environment by environment; those that are equal are left out.

    Args:
        project: the repository, for its settings and names.
        versions: the old and the new files.
        wanted: names of environments; all where none is named.

    Raises:
        UsageError: neither version has a lock of a wanted environment.
        CannotDoError: a lock cannot be read.
    """
    locks, places = project.locks, project.settings.lock_places
    found = sorted({*locks.names_in(versions.before), *locks.names_in(versions.after)})
    known = {environment_name(name) if name not in found else name for name in wanted}
    for name in sorted(known - set(found)):
        way_out = meant(name, found, f"locks: {few(found) or 'none'}")
        raise UsageError(f"{name}: neither version has a lock of that name; {way_out}")
    touched = {*(path.rpartition("/")[0] for path in versions.differing), *versions.differing}
    chosen = [name for name in found if (not known or name in known) and not touched.isdisjoint(places.of(name))]
    return tuple(delta for name in chosen if (delta := _delta(project, name, versions)))


def _delta(project: Project, name: EnvironmentName, versions: Versions) -> LockDelta | None:
    lock = project.locks.of(name)
    before, after = _Once(versions.before), _Once(versions.after)
    was = _as_it_was(lock, before)
    old, new = before.read(was.path()), after.read(lock.path())
    lockfile = _parsed(lock, after)
    disagreeing = () if new is None or lockfile is None else _disagreeing(after, lock, new, lockfile)
    wheels = tuple(other_wheels(_wheels(was, before), _wheels(lock, after)))
    if old == new and not disagreeing and not wheels:
        return None
    found = compare_locks(name, _readable(was, before), lockfile, project.names(), disagreeing=disagreeing)
    return replace(found, wheels=wheels)


def _wheels(lock: LockFolder, files: _Once) -> tuple[BuiltWheel, ...]:
    """Return the wheels that a version records; none where the record cannot be read, which is told as such."""
    try:
        return wheelhouse_json.parse(files.read(lock.path(WHEELHOUSE)) or b"")
    except wheelhouse_json.NotAWheelhouseError:
        return ()


def _as_it_was(lock: LockFolder, before: _Once) -> LockFolder:
    """Return a lock where the old version has it: what says ``lock-at`` now may not have said so then."""
    inside = lock.in_folder()
    moved = before.read(lock.path()) is None and before.read(inside.path()) is not None
    return inside if moved else lock


class _Once:
    """A version of which each file is read once, for as long as one environment is looked at."""

    def __init__(self, files: Readable) -> None:
        self.read = cache(files.read)
        self.below = files.below


def _disagreeing(files: Readable, lock: LockFolder, content: bytes, lockfile: Lockfile) -> tuple[str, ...]:
    """Return the files of a lock of mixlock's own that are not what it renders, ``conda-lock.yml`` included."""
    if not is_recorded(lockfile) or is_older(lockfile):
        return ()
    recorded = files.read(lock.path(WHEELHOUSE))
    try:
        wheels = wheelhouse_json.parse(recorded) if recorded is not None else ()
    except wheelhouse_json.NotAWheelhouseError:
        return (WHEELHOUSE,)
    yml = conda_lock_yml.render(lockfile, conda_lock_yml.source_of(content))
    names = {path.removeprefix(f"{lock.folder}/") for path in files.below(lock.folder)}
    beside = {name for name in names if platform_of(name)}
    unlike: list[str] | None = None
    for hashed in ExplicitHash:
        rendered = {LOCKFILE: yml, **render_beside(lockfile, content, wheels, hashed)}
        asked = sorted(rendered.keys() | beside) if unlike is None else unlike
        unlike = [name for name in asked if not _is(files.read(lock.path(name)), rendered.get(name, b""))]
        if not unlike:  # most locks are what the first of them gives
            break
    return tuple(unlike or ())


def _is(found: bytes | None, rendered: bytes) -> bool:
    return found is not None and digest(found) == digest(rendered)


def _readable(lock: LockFolder, files: Readable) -> Lockfile | None:
    """Read the old side; one that nobody could read is none, or the change that mends it could not be told."""
    try:
        return _parsed(lock, files)
    except CannotDoError:
        return None


def _parsed(lock: LockFolder, files: Readable) -> Lockfile | None:
    try:
        return lock.lockfile(files.read)
    except UnreadableLockError as error:
        raise CannotDoError(f"{error.path}: {error}") from error
