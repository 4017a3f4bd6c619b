"""Which Python projects a conda package provides, and which conda packages provide a project.

The answers are data, read from the contents of the packages (``data/name_map.tsv``), one table a channel. A name that
a table leaves out is that of the project with the same normalized name, as most are; of a package whose dependencies
are known, only if it needs python. A channel that has no table is read as conda-forge, then as the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Protocol, TypeVar

from packaging.utils import canonicalize_name

from mixlock_hooks.model.names import CondaName, PypiName

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_MAINTAINED = frozenset({"python-build", "python-devtools", "python-duckdb", "python-mss", "python-primesieve"})
"""Packages of conda-forge that are kept up, beside an old one with just their project's name."""
_PYTHONS = frozenset({"python", "python_abi", "cpython", "pypy", "graalpy"})


class CondaPackage(Protocol):
    """What must be known of a locked conda package."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def url(self) -> str:
        """Where its file lies; the channel is part of it."""

    @property
    def dependencies(self) -> Collection[str]:
        """The names of what it depends on."""


P = TypeVar("P", bound=CondaPackage)


@dataclass(frozen=True, kw_only=True, slots=True)
class Provision:
    """What a conda package provides.

    ``projects`` are the Python projects that it is, all in its own version. ``carried`` are projects that are another
    package's, of which some build of this one held a copy: conda's ``ray-core`` once brought ``aiohttp`` with it.
    """

    projects: tuple[PypiName, ...] = ()
    carried: tuple[PypiName, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelNames:
    """One channel's names: which provide no project (also by their beginning), and which provide something else."""

    none: frozenset[str] = frozenset()
    none_beginning_with: tuple[str, ...] = ()
    provided: Mapping[str, Provision] = field(default_factory=dict)

    def listed(self, name: str) -> Provision | None:
        """Return what the table lists for a name; None where it leaves the name out."""
        if name in self.provided:
            return self.provided[name]
        return Provision() if name in self.none or name.startswith(self.none_beginning_with) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Counterparts:
    """The names of both worlds. Two values are equal if their digests are.

    ``channels`` maps channels to their tables, in the order in which they are asked about a channel that has none.
    """

    channels: Mapping[str, ChannelNames] = field(compare=False, repr=False)
    digest: str

    def provision(
        self, conda: str, channels: Iterable[str] = (), *, dependencies: Collection[str] | None = None
    ) -> Provision:
        """Return what a conda package provides.

        Args:
            conda: its name.
            channels: where it may come from, by name or URL (also that of a file in it); the first whose table lists
                the name answers.
            dependencies: the names of what it depends on; None where that is not known.
        """
        for table in self._tables(channels):
            listed = table.listed(conda)
            if listed is not None:
                return listed
        if dependencies is not None and _PYTHONS.isdisjoint(dependencies):
            return Provision()
        return Provision(projects=(PypiName(canonicalize_name(conda)),))

    def of(self, package: CondaPackage) -> Provision:
        """Return what a locked conda package provides."""
        channel = package.url.rpartition("/")[0]
        return self.provision(package.name, (channel,), dependencies=package.dependencies)

    def projects(self, conda: str, channels: Iterable[str] = ()) -> tuple[PypiName, ...]:
        """Return the Python projects that a conda package is, by its name alone; see ``provision``."""
        return self.provision(conda, channels).projects

    def conda_names(self, project: str, channels: Iterable[str] = ()) -> tuple[CondaName, ...]:
        """Return the conda packages that provide a project, the one to ask for first.

        That is the one that is kept up where two compete (``python-build``), the one of the same name, else one that
        only says of what language it is (``python-docx``), else the shortest.
        """
        name = PypiName(canonicalize_name(project))
        asked = tuple(channels)
        tables = self._tables(asked)
        listed = [conda for conda in _listed(self).get(name, ()) if _is_listed(conda, name, tables)]
        found = [conda for conda in listed or [CondaName(name)] if name in self.projects(conda, asked)]
        return tuple(sorted(found, key=lambda conda: _likeness(conda, name)))

    def conda_name(self, project: str, channels: Iterable[str] = ()) -> CondaName | None:
        """Return the name under which one would ask conda for a project; None if conda's of that name is another."""
        return next(iter(self.conda_names(project, channels)), None)

    def holders(self, packages: Iterable[P]) -> dict[PypiName, P]:
        """Return, of conda packages that are installed together, the one that stands for each project.

        Where several provide it, as ``dask`` and ``dask-core`` do, that is the one that ``conda_names`` prefers.
        """
        found: dict[PypiName, P] = {}
        for package in packages:
            for project in self.of(package).projects:
                known = found.get(project)
                if known is None or _likeness(package.name, project) < _likeness(known.name, project):
                    found[project] = package
        return found

    def _tables(self, channels: Iterable[str]) -> tuple[ChannelNames, ...]:
        """Return the tables of the channels that have one, whoever serves them; all tables where none has."""
        return _tables(self, tuple(channels))


@lru_cache(maxsize=1 << 10)
def _tables(names: Counterparts, channels: tuple[str, ...]) -> tuple[ChannelNames, ...]:
    parts = (part for channel in channels for part in channel.split("/"))
    return tuple([names.channels[part] for part in parts if part in names.channels] or names.channels.values())


def _is_listed(conda: str, project: PypiName, tables: Iterable[ChannelNames]) -> bool:
    return any(conda in table.provided and project in table.provided[conda].projects for table in tables)


@cache
def _listed(names: Counterparts) -> Mapping[PypiName, frozenset[CondaName]]:
    """Return the packages that the tables list for each project; made when it is first needed, which is seldom."""
    found: dict[PypiName, frozenset[CondaName]] = {}
    for table in names.channels.values():
        for conda, provision in table.provided.items():
            for project in provision.projects:
                found[project] = found.get(project, frozenset()) | {CondaName(conda)}
    return found


def _likeness(conda: str, project: str) -> tuple[int, int, str]:
    """Return how near a conda name is to a project's, nearest first."""
    name, bare = canonicalize_name(conda), project.removesuffix("-python").removeprefix("python-")
    if conda in _MAINTAINED:
        return -1, len(conda), conda
    if name == project:
        return 0, len(conda), conda
    is_variant = any(
        name in {f"python-{stem}", f"{stem}-python", f"py{stem}", f"py-{stem}"} for stem in (project, bare)
    )
    return 1 if is_variant else 2, len(conda), conda
