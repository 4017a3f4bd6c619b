"""A repository as every verb needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.pipeline.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.ports import Files, Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A repository: its settings, its two ports, and the names that conda packages have on PyPI.

    ``names`` is a function because most runs never need the map, and reading it takes time. ``shows_faults``: a fault
    of mixlock's own on one file is raised, so that its traceback is seen, instead of being a problem of that file.
    """

    settings: Settings
    files: Files
    repository: Repository
    names: Callable[[], Counterparts]
    shows_faults: bool = False

    @property
    def locks(self) -> Locks:
        """Return the repository's locks."""
        return Locks(self.files, self.settings.lock_dir)
