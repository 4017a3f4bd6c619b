"""Compare two versions of all locks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import environment_of, lockfile_path
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.pipeline.locks import UnreadableLockError, parse_lock
from mixlock_hooks.rules.lock_diff import compare_locks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.package_change import LockDelta
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import Readable


def diff(project: Project, before: Readable, after: Readable, wanted: Sequence[str] = ()) -> tuple[LockDelta, ...]:
    """Return what differs, environment by environment; those that are equal are left out.

    Args:
        project: the repository, for its settings and names.
        before: the old version.
        after: the new version.
        wanted: names of environments; all where none is named.

    Raises:
        UsageError: neither version has a lock of a wanted environment.
        CannotDoError: a lock cannot be read.
    """
    lock_dir = project.settings.lock_dir
    paths = {*before.below(lock_dir), *after.below(lock_dir)}
    found = sorted({name for path in paths if (name := environment_of(path, lock_dir))})
    known = {environment_name(name) if name not in found else name for name in wanted}
    if not known <= set(found):
        raise UsageError(f"{', '.join(sorted(known - set(found)))}: neither version has a lock of that name")
    chosen = [name for name in found if not known or name in known]
    return tuple(delta for name in chosen if (delta := _delta(project, name, before, after)))


def _delta(project: Project, name: EnvironmentName, before: Readable, after: Readable) -> LockDelta | None:
    path = lockfile_path(project.settings.lock_dir, name)
    old, new = before.read(path), after.read(path)
    if old == new:
        return None
    return compare_locks(name, _readable(old, path), _parsed(new, path), project.names())


def _readable(content: bytes | None, path: str) -> Lockfile | None:
    """Read the old side; one that nobody could read is none, or the change that mends it could not be told."""
    try:
        return _parsed(content, path)
    except CannotDoError:
        return None


def _parsed(content: bytes | None, path: str) -> Lockfile | None:
    try:
        return parse_lock(content, path) if content is not None else None
    except UnreadableLockError as error:
        raise CannotDoError(f"{path}: {error}") from error
