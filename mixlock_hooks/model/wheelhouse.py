"""Wheels built from locked sdists: what is to be built, what was, and what a repository records of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.model.cutoff import Cutoff

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.build_permission import BuildPermission
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.pypi_sources import PypiSources
    from mixlock_hooks.model.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class BuiltWheel:
    """One wheel, and what built it.

    ``sdist_sha256`` is that of the locked file it was built from; ``tags`` are its compatibility tags (PyPA
    specifications); ``platforms`` are those of the lock that it suits; ``python`` is the ``X.Y`` that built it;
    ``glibc`` the newest that a library in it needs, empty for none;
    ``requires`` are the build requirements as they were installed, ``name==version``; ``epoch`` is the
    ``SOURCE_DATE_EPOCH`` of the build, in seconds; ``builder`` names what built it.
    """

    name: PypiName
    version: str
    sdist_sha256: str
    file: str
    sha256: str
    tags: tuple[str, ...]
    platforms: tuple[Subdir, ...]
    python: str
    glibc: str
    requires: tuple[str, ...]
    epoch: int
    builder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelPlan:
    """One sdist to be built for targets with the same python, and what the build must respect.

    ``held`` are the versions of all that the environment installs, by PyPI's names: a build requirement among them
    has that version. ``extra_requires`` is what the repository adds to the build's requirements. ``conda`` are the
    conda packages of the first target's python, from which an interpreter can be installed. ``recorded`` is the wheel
    that the repository records for it, if any.
    """

    environment: EnvironmentName
    package: LockedPackage
    targets: tuple[Target, ...]
    held: Mapping[PypiName, str]
    sources: PypiSources
    cutoff: Cutoff = field(default_factory=Cutoff)
    extra_requires: tuple[str, ...] = ()
    conda: tuple[LockedPackage, ...] = ()
    recorded: BuiltWheel | None = None
    place: Place

    @property
    def python(self) -> str:
        """Return the python to build with, as ``X.Y``."""
        return self.targets[0].python_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """A wheel that was just built, and a note on how."""

    wheel: BuiltWheel
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelOptions:
    """How to make a wheelhouse.

    ``platforms`` are those that must be served, where they are named; ``host`` is this machine's. ``builds`` says
    whose build code may run. ``force`` builds again and records what comes out; ``twice`` builds twice and
    compares. ``everything`` fetches the locked wheels too; ``folder`` is where wheels are laid, empty for the
    configured one; ``digests_only`` lays out none. ``installed`` are projects that nothing is gathered for.
    """

    platforms: tuple[Subdir, ...] = ()
    host: Subdir
    builds: BuildPermission
    force: bool = False
    twice: bool = False
    everything: bool = False
    folder: str = ""
    digests_only: bool = False
    installed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelResult:
    """What became of one sdist: its wheel and how it came about (``built``, ``cached``, ``fetched``), or problems."""

    plan: WheelPlan
    wheel: BuiltWheel | None = None
    origin: str = ""
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    failed: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WheelhouseResult:
    """What became of one environment: its sdists, the files written, how many wheels of indices were fetched.

    ``problems`` are of the lock itself, from which then nothing was built.
    """

    environment: EnvironmentName
    problems: tuple[Problem, ...] = ()
    results: tuple[WheelResult, ...] = ()
    written: tuple[str, ...] = ()
    fetched: int = 0
    failed: str = ""
