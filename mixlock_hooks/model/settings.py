"""What a repository configured (``[tool.mixlock]``), with every default."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.build_permission import EVERYBODY, BuildPermission
from mixlock_hooks.model.lock_paths import LockPlaces
from mixlock_hooks.model.spec_part import file_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import EnvironmentName, PypiName, Subdir, VirtualName
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement

CONFIGURATION_FILES = ("mixlock.toml", "pyproject.toml")
"""Where a repository's configuration stands; the first that configures mixlock counts."""
REQUIREMENTS_SUFFIXES = (".txt", ".in")
"""How files of pip's requirements are called."""
MACHINE_INDEX = "default"
"""The index that pip on this machine would use: its address is the machine's affair, not the lock's."""
NO_INDEX = "none"
"""No default index: only those a spec names."""


class ChannelPriority(str, Enum):
    """How the order of channels weighs against versions (conda's ``channel_priority``)."""

    STRICT = "strict"
    FLEXIBLE = "flexible"
    DISABLED = "disabled"
    AUTO = "auto"


SOLVERS = ("rattler", "conda", "mamba", "micromamba")
"""What a repository may choose as its solver; where one is on a machine is the machine's to say."""


class ExplicitHash(str, Enum):
    """Which hash of a conda package stands in explicit files: conda's old form, or that of CEP 23."""

    MD5 = "md5"
    SHA256 = "sha256"


class MetaflowProfile(str, Enum):
    """Whose rules flows follow: the Netflix extension's, or open-source Metaflow's."""

    NETFLIXEXT = "netflixext"
    OSS = "oss"


@dataclass(frozen=True, kw_only=True, slots=True)
class ComposedEnvironment:
    """A configured environment: the files it is joined from, and virtual packages over the repository's.

    ``platforms`` are those of the environment whatever its files say; empty for what they and the repository say.
    ``like`` names the environment whose versions it has; ``python`` is asked for beside what its files ask.
    ``lock_at`` is where its ``conda-lock.yml`` stands, empty for its folder below ``lock-dir``.
    """

    specs: tuple[str, ...]
    like: EnvironmentName | None = None
    python: CondaRequirement | None = None
    platforms: tuple[Subdir, ...] = ()
    lock_at: str = ""
    virtual_packages: Mapping[Subdir, Mapping[VirtualName, str]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def files(self) -> tuple[str, ...]:
        """The files that its specs name, each once: two parts may be of one file."""
        return tuple(dict.fromkeys(map(file_of, self.specs)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """One repository's configuration.

    ``specs`` are globs, None for discovery by name; ``platforms`` are those of specs that name none;
    ``default_index`` is a URL, ``MACHINE_INDEX`` or ``NO_INDEX``; ``exact_equals`` reads ``name=1.2`` as
    ``name==1.2``; ``python`` is that of requirements files that name none; ``metaflow_like``: steps of a flow are
    like its first; ``metaflow_runtime`` is what Metaflow adds to conda's side at run time; ``metaflow_import`` are
    globs of flows that are read by importing them;
    ``exclude_newer`` is a date or a number of days, empty for no cutoff; ``exclude_newer_for`` pairs normalized
    names of packages and URLs of channels and indices with their own; ``find_links`` are flat pages of files,
    ``index_of`` pairs projects with the one index that serves them; ``file_hosts`` are where indices may keep their
    files beside their own host; ``extra_build_requires`` pairs PyPI names with what their builds need beside what
    they say; ``explicit_hash`` is the hash of conda packages in explicit files; ``default_branch`` is the base of
    immutable tags, empty for the remote's; ``required_mixlock`` and ``required_uv`` are the versions that may work
    here (PEP 440), empty for any; ``source`` is the file the configuration came from, empty where there is none.
    """

    specs: tuple[str, ...] | None = None
    lock_dir: str = "locks"
    platforms: tuple[Subdir, ...] = ()
    channels: tuple[str, ...] = ("conda-forge",)
    pypi_indices: tuple[str, ...] = ()
    default_index: str = MACHINE_INDEX
    find_links: tuple[str, ...] = ()
    index_of: tuple[tuple[PypiName, str], ...] = ()
    channel_priority: ChannelPriority = ChannelPriority.AUTO
    solver: str = "rattler"
    python: CondaRequirement | None = None
    exact_equals: bool = False
    metaflow: MetaflowProfile = MetaflowProfile.NETFLIXEXT
    metaflow_like: bool = False
    metaflow_runtime: tuple[CondaRequirement, ...] = ()
    metaflow_import: tuple[str, ...] = ()
    build_sdists: BuildPermission = EVERYBODY
    exclude_newer: str = ""
    exclude_newer_for: tuple[tuple[str, str], ...] = ()
    trusted_hosts: frozenset[str] = frozenset()
    file_hosts: frozenset[str] = frozenset()
    constraints: tuple[PypiRequirement, ...] = ()
    environments: Mapping[EnvironmentName, ComposedEnvironment] = field(default_factory=lambda: MappingProxyType({}))
    virtual_packages: Mapping[Subdir, Mapping[VirtualName, str]] = field(default_factory=lambda: MappingProxyType({}))
    explicit_hash: ExplicitHash = ExplicitHash.MD5
    wheelhouse_dir: str = "wheelhouse"
    extra_build_requires: tuple[tuple[PypiName, tuple[str, ...]], ...] = ()
    default_branch: str = ""
    required_mixlock: str = ""
    required_uv: str = ""
    source: str = ""

    @property
    def lock_places(self) -> LockPlaces:
        """Where the locks are."""
        return LockPlaces(
            self.lock_dir, {name: each.lock_at for name, each in self.environments.items() if each.lock_at}
        )

    def table_of(self, name: EnvironmentName) -> str:
        """Return the header of the table that configures an environment."""
        prefix = "tool.mixlock." if self.source.endswith("pyproject.toml") else ""
        key = f'"{name}"' if "/" in name or "." in name else name
        return f"[{prefix}environments.{key}]"

    @property
    def builds(self) -> BuildPermission:
        """Return whose build code may run, with what the repository adds to builds."""
        return replace(self.build_sdists, extra=self.extra_build_requires)
