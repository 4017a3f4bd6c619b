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


def _nothing(_path: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Vouched:
    """The locks that are as a commit has them.

    ``differing`` are the paths that differ from it, None where there is no such commit; ``tracked`` are git's;
    ``before`` reads a file as the commit has it.
    """

    differing: frozenset[str] | None = None
    tracked: frozenset[str] = frozenset()
    before: Callable[[str], bytes | None] = _nothing

    def holds(self, lock: LockFolder) -> bool:
        """Return whether every file of a lock is the commit's, and none of the commit's is gone."""
        if self.differing is None:
            return False
        return all(lock.path(name) in self.tracked for name in lock.names()) and not lock.is_touched(self.differing)

    def was_ours(self, lock: LockFolder) -> bool:
        """Return whether the commit has this lock as one of mixlock's own, which no edit makes another tool's."""
        return _OURS in (self.before(lock.path()) or b"")


def vouched(project: Project) -> Vouched:
    """Return which locks the last commit vouches for."""
    repository = project.repository
    differing = repository.unlike_head(project.locks.places.roots)
    return Vouched(differing=differing, tracked=frozenset(repository.tracked()), before=repository.at_head)
