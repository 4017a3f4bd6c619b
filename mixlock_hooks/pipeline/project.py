"""A repository as every verb needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.pipeline.locks import Locks

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.ports import Files, Repository


@dataclass(frozen=True, kw_only=True)
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

    def configuration(self) -> tuple[str, str]:
        """Return the file that configures mixlock, or is to, and its text; no text where there is no such file."""
        path = self.settings.source or ("pyproject.toml" if self.files.read("pyproject.toml") else "mixlock.toml")
        return path, (self.files.read(path) or b"").decode("utf-8")

    @cached_property
    def locks(self) -> Locks:
        """Return the repository's locks."""
        return Locks(self.files, self.settings.lock_places)
