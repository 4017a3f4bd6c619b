"""What the story needs from the world. ``shell`` implements these; tests bring their own."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.locked import LockedPackage, SolvedPlatform
    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir
    from mixlock_hooks.model.origin import Origin
    from mixlock_hooks.model.pypi_sources import PypiSources
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.solving import CondaSide, Need, SolveRequest
    from mixlock_hooks.model.wheelhouse import Built, BuiltWheel, WheelPlan


class Readable(Protocol):
    """One version of a repository's files, by path relative to its root, with ``/``."""

    def read(self, path: str) -> bytes | None:
        """Return a file's content; None where there is no such file."""

    def below(self, folder: str) -> tuple[str, ...]:
        """Return the paths of all files below a folder, sorted."""


class Files(Readable, Protocol):
    """A repository's files as they are now."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names of the files in a folder, sorted; none where there is no such folder."""

    def replace_set(
        self,
        folder: str,
        files: Mapping[str, bytes],
        obsolete: tuple[str, ...],
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Replace a folder's files together and delete the obsolete ones; on any failure keep the old set.

        Args:
            folder: where they are, relative to the root.
            files: the new files by name.
            obsolete: names of files that go.
            elsewhere: the path from the root of each file, by name, that is not in the folder.
        """


class Repository(Protocol):
    """Which files a repository tracks."""

    @property
    def is_in_git(self) -> bool:
        """Whether there is git, which tells; outside of it every file counts as tracked."""

    def tracked(self) -> tuple[str, ...]:
        """Return the tracked paths relative to the root, with ``/``, sorted."""

    def left_out(self) -> frozenset[str]:
        """Return the tracked paths that a sparse checkout leaves out; they are read from git's index."""

    def ignored_by(self, path: str) -> str:
        """Return which rule makes git ignore an untracked path, with its place; empty where none does."""

    def committed(self, path: str) -> bytes | None:
        """Return a file as it was where this branch began (the merge base); None where it was not there.

        Raises ``CannotDoError`` where nothing tells where this branch began.
        """

    def stages(self, path: str) -> tuple[bytes | None, bytes | None, bytes | None]:
        """Return base, ours and theirs of a file in conflict, as git's index keeps them; None where there is none."""

    def at_head(self, path: str) -> bytes | None:
        """Return a file as the last commit has it; None where it has none."""

    def at(self, revision: str, path: str) -> bytes | None:
        """Return a file as a commit has it; None where it has none."""

    def origins(self, roots: tuple[str, ...]) -> Iterator[Origin]:
        """Yield the commits that some files and folders may come from: those being joined, the last, earlier ones."""

    def unlike_head(self, roots: tuple[str, ...]) -> frozenset[str] | None:
        """Return the tracked paths below some roots that differ from the last commit; None where nothing tells."""


class Engine(Protocol):
    """Solves one platform, the conda side first; a scratch space lives as long as the engine's context."""

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        """Solve the conda side; ``constraints`` are match specs that bind packages which are part of the answer.

        Raises ``EngineError`` where there is no answer.
        """

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        """Solve PyPI requirements against a conda side and lock both.

        Raises ``EngineError`` where there is no answer.
        """

    def needs(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> tuple[Need, ...]:
        """Return what PyPI's side needs of some of conda's packages when it may choose their versions itself.

        Raises ``EngineError`` where there is no answer even then.
        """


class Answers(Protocol):
    """Keeps what was solved for minutes."""

    def find(self, request: SolveRequest) -> tuple[SolvedPlatform, int] | None:
        """Return what was found for just this request, and how many seconds ago; None where nothing was."""

    def keep(self, request: SolveRequest, answer: SolvedPlatform) -> None:
        """Keep an answer."""


class Engines(Protocol):
    """Makes engines."""

    def open(self, request: SolveRequest) -> AbstractContextManager[Engine]:
        """Return an engine for one request."""


class OpenedEngines(Engines, Protocol):
    """Makes engines until it is closed."""

    @property
    def answers(self) -> Answers:
        """What these engines answered to a dry run."""

    def close(self) -> None:
        """End what was started ahead, once nothing more is solved."""


class OpenEngines(Protocol):
    """Opens the engines of a run."""

    def __call__(self, settings: Settings, names: Counterparts, progress: Progress) -> OpenedEngines:
        """Return what makes engines.

        Args:
            settings: which solver the repository wants for conda's side, and which uv.
            names: which PyPI projects conda packages are.
            progress: what is told of their work.
        """


class Wheels(Protocol):
    """Builds wheels, and keeps them."""

    def holds(self, sha256: str) -> str:
        """Return whether a wheel can be had without building: ``cached``, ``fetched``, or empty."""

    def known(self, plan: WheelPlan) -> Iterator[BuiltWheel]:
        """Yield what was built for a plan before, whatever the environment held then."""

    def building(self, plan: WheelPlan) -> AbstractContextManager[None]:
        """Let one build of a plan run at a time on this machine."""

    def build(self, plan: WheelPlan, requires: tuple[str, ...] = ()) -> Built:
        """Build a plan, with exact build requirements where they are given; the wheel can be had by its digest then.

        Raises ``CannotDoError`` with MIX403 where that is not possible.
        """

    def keep(self, plan: WheelPlan, wheel: BuiltWheel) -> None:
        """Let a wheel be found for its plan from now on, by who shares the cache too."""

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """Return the members in which two kept wheels differ, by their sha256."""

    def put(self, folder: str, file: str, sha256: str) -> None:
        """Lay a kept wheel into a folder of the repository."""

    def fetch(self, folder: str, package: LockedPackage, sources: PypiSources) -> None:
        """Lay a locked wheel of an index into a folder of the repository, verified."""


class ImportFlow(Protocol):
    """Imports flows with the real Metaflow, which runs their code."""

    def __call__(self, path: str) -> dict[str, Any]:
        """Return ``flows``, ``files`` and ``versions`` of a flow's file.

        Raises ``CannotDoError`` where it cannot be imported.
        """


class Progress(Protocol):
    """Told what a long run is doing."""

    def phase(self, environment: EnvironmentName, platform: Subdir, phase: str) -> None:
        """A solve entered a phase: ``conda``, ``proposal``, ``verification`` and so on."""

    def found(self, environment: EnvironmentName, platform: Subdir, words: str) -> None:
        """A phase found something worth a line to who wants to know more: how many packages, which were slow."""

    def ended(self, environment: EnvironmentName, platform: Subdir) -> None:
        """A solve ended, well or not."""
