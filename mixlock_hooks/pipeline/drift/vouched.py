"""Which locks are those of a commit: somebody reviewed them, so their own digests may speak for them.

Digests in a lock have no key. Who edits a lock makes them anew, so of a lock that differs from the commit under
comparison they prove nothing, and it is judged by what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project

_OURS = b"mixlock.schema"
_SUFFIXES = (".yml", ".yaml")
"""How the name of a ``conda-lock.yml`` ends, wherever ``lock-at`` puts it."""


def _nothing(_path: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouched:
    """The locks that are as a commit has them.

    ``differing`` are the paths that differ from it, None where there is no such commit; ``tracked`` are git's;
    ``before`` reads a file as the commit has it, and ``changed`` are the paths that differ from it, or are gone, also
    where no lock is believed. ``in_review`` is whether a change of locks is reviewed, or all is verified: another
    tool's lock must then say no more than its spec declares.
    """

    differing: frozenset[str] | None = None
    tracked: frozenset[str] = frozenset()
    before: Callable[[str], bytes | None] = _nothing
    changed: frozenset[str] = frozenset()
    in_review: bool = False

    def holds(self, lock: LockFolder) -> bool:
        """Return whether every file of a lock is the commit's, and none of the commit's is gone."""
        if self.differing is None:
            return False
        return all(lock.path(name) in self.tracked for name in lock.names()) and not lock.is_touched(self.differing)

    def was_ours(self, lock: LockFolder) -> bool:
        """Return whether the commit has this lock as one of mixlock's own, which no edit makes another tool's.

        Where the commit has none at this path it may be there under another: a lock of mixlock's own went then.
        """
        before = self.before(lock.path())
        if before is not None:
            return _OURS in before
        changed = (path for path in self.changed if path.endswith(_SUFFIXES))
        gone = (path for path in changed if _OURS not in (lock.files.read(path) or b""))
        return any(_OURS in (self.before(path) or b"") for path in gone)


def vouched(project: Project) -> Vouched:
    """Return which locks the last commit vouches for."""
    repository = project.repository
    differing = repository.unlike_head(project.locks.places.roots)
    return Vouched(
        differing=differing,
        tracked=frozenset(repository.tracked()),
        before=repository.at_head,
        changed=differing or frozenset(),
    )
