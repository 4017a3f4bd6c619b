"""What is to be locked: one environment, per platform, after merging and defaults."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NewType

from mixlock_hooks.model.pypi_sources import PypiSources

if TYPE_CHECKING:
    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir, VirtualName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
    from mixlock_hooks.model.settings import ChannelPriority


class Mode(str, Enum):
    """Which worlds an environment asks: python and pip alone do not count as conda."""

    CONDA = "conda"
    PYPI = "pypi"
    MIXED = "mixed"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformSpec:
    """What is asked for one platform: everything that decides a solve, credentials as they were written.

    Requirements are unique by name (PyPI's by name and marker) and sorted; channels and indices keep their
    order, which is priority; ``conda`` includes python; ``cutoff`` is as configured, empty for none; ``left_out`` is
    what allowances leave out of the lock; ``file_hosts`` are where indices may keep their files. ``constraints`` bind
    a package of that name wherever it comes from, ``pip_constraints`` those of PyPI; neither adds one.
    ``prereleases`` admits those of PyPI for every requirement. ``index_of`` and ``find_links`` are those of
    ``PypiSources``.
    """

    platform: Subdir
    channels: tuple[str, ...]
    indices: tuple[str, ...]
    default_index: str
    channel_priority: ChannelPriority
    virtual_packages: tuple[tuple[VirtualName, str], ...]
    conda: tuple[CondaRequirement, ...]
    pypi: tuple[PypiRequirement, ...]
    cutoff: str = ""
    left_out: tuple[str, ...] = ()
    file_hosts: frozenset[str] = frozenset()
    constraints: tuple[PypiRequirement, ...] = ()
    pip_constraints: tuple[PypiRequirement, ...] = ()
    prereleases: bool = False
    index_of: tuple[tuple[PypiName, str], ...] = ()
    find_links: tuple[str, ...] = ()

    @property
    def pypi_sources(self) -> PypiSources:
        """Where PyPI's side may look."""
        return PypiSources(
            indices=self.indices,
            default_index=self.default_index,
            index_of=self.index_of,
            find_links=self.find_links,
        )

    @property
    def python(self) -> CondaRequirement | None:
        """The requirement for python itself, if there is one."""
        return next((requirement for requirement in self.conda if requirement.name == "python"), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentSpec:
    """One environment: its name, the document it comes from, and what it asks per platform.

    ``like`` names the environment whose versions it has where both hold a package.
    """

    name: EnvironmentName
    place: Place
    document: SpecDocument
    mode: Mode
    steps: tuple[str, ...] = ()
    like: EnvironmentName | None = None
    platforms: tuple[PlatformSpec, ...]

    def for_platform(self, platform: Subdir) -> PlatformSpec | None:
        """Return what is asked for one platform; None where the environment is not locked for it."""
        return next((spec for spec in self.platforms if spec.platform == platform), None)


CheckedSpec = NewType("CheckedSpec", EnvironmentSpec)
"""An environment without policy errors. Only ``rules.policy`` makes one, so nothing else can be solved."""
