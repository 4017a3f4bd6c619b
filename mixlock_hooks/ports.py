"""What the story needs from the world. ``shell`` implements these; tests bring their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.solving import SolveRequest


class Files(Protocol):
    """A repository's files, by path relative to its root, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted; none where there is no such folder."""

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""

    def replace_set(self, folder: str, files: Mapping[str, bytes], obsolete: tuple[str, ...]) -> None:
        """Replace a folder's files together and delete the obsolete ones; on any failure keep the old set."""


class Repository(Protocol):
    """Which files a repository tracks."""

    def tracked(self) -> tuple[str, ...]:
        """Return the tracked paths relative to the root, with ``/``, sorted."""


class Solver(Protocol):
    """Answers what was asked for one platform with exact packages."""

    def solve(self, request: SolveRequest) -> SolvedPlatform:
        """Solve one platform; raise ``CannotDoError`` with MIX3xx problems where there is no answer."""


class Progress(Protocol):
    """Told what a long run is doing."""

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """A solve entered a phase: ``conda``, ``pypi`` or ``conda-lock``."""

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """A solve ended, well or not."""
