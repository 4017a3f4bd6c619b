"""What manifests of other tools ask for, as far as a spec of mixlock's can say it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import EnvironmentName, environment_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir, VirtualName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem

DEFAULT = "default"
"""The environment that pixi and unidep have unless they are told otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignSpec:
    """One environment of a manifest, to be written as a spec.

    ``origin`` is the manifest, ``name`` what it calls the environment. Requirements are texts, each with the
    platforms that it is for; where the manifest names no platforms, those are of ``known``, all that the tool knows.
    """

    origin: str
    name: str
    channels: tuple[str, ...] = ()
    platforms: tuple[Subdir, ...] = ()
    known: tuple[Subdir, ...] = ()
    indices: tuple[str, ...] = ()
    pip_options: tuple[str, ...] = ()
    virtual_packages: Mapping[Subdir, Mapping[VirtualName, str]] = field(default_factory=dict)
    conda: Mapping[str, frozenset[Subdir]] = field(default_factory=dict)
    pypi: Mapping[str, frozenset[Subdir]] = field(default_factory=dict)

    @property
    def asks_for_nothing(self) -> bool:
        """Whether a spec of it would have nothing to install."""
        return not (self.conda or self.pypi)


@dataclass(frozen=True, kw_only=True, slots=True)
class PipLines:
    """Where pip's part comes from: the default index if it is another, further ones, other options of pip."""

    default_index: str = ""
    indices: tuple[str, ...] = ()
    options: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiTarget:
    """Requirements of a feature where a selector holds, everywhere where it is empty: texts by name."""

    selector: str = ""
    conda: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pypi: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiFeature:
    """A feature of pixi's: what it leaves open is the workspace's.

    ``channels`` are pairs of a priority and a channel, ``platforms`` names of the workspace's; ``targets`` stand in
    the manifest's order, of which a later one goes over those before it.
    """

    channels: tuple[tuple[int, str], ...] | None = None
    platforms: tuple[str, ...] | None = None
    targets: tuple[PixiTarget, ...] = ()
    pip_lines: PipLines = field(default_factory=PipLines)
    virtual_packages: Mapping[VirtualName, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiPlatform:
    """A platform of a workspace: a subdir under a name of its own, with the virtual packages it declares."""

    name: str
    subdir: Subdir
    virtual_packages: Mapping[VirtualName, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiEnvironment:
    """An environment of pixi's: its features, the most important first."""

    name: str
    place: Place
    features: tuple[PixiFeature, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PixiWorkspace:
    """A manifest of pixi's, read."""

    path: str
    channels: tuple[tuple[int, str], ...] = ()
    platforms: tuple[PixiPlatform, ...] = ()
    pip_lines: PipLines = field(default_factory=PipLines)
    environments: tuple[PixiEnvironment, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignPackage:
    """A package of another tool's lock; ``requires`` are what a PyPI package needs, with markers (PEP 508)."""

    package: LockedPackage
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaProject:
    """The environments of a ``conda-project.yml``: the spec files of each by its name, relative to the root."""

    path: str
    environments: Mapping[str, tuple[str, ...]]

    def environment(self, name: str) -> EnvironmentName:
        """Return what an environment of the project is called here."""
        return EnvironmentName(f"{self._folder}{name}")

    def locks(self, name: str) -> tuple[str, str]:
        """Return where an environment's lock may be: by the name of today, or by the older one."""
        return f"{self._folder}conda-lock.{name}.yml", f"{self._folder}{name}.conda-lock.yml"

    @property
    def _folder(self) -> str:
        return self.path[: self.path.rfind("/") + 1]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSpec:
    """A spec that is written from a manifest, or was before: then it stays.

    ``before`` is what stands there now, nothing where there is no file. ``is_configured``: discovery passes its path
    by, so the configuration must name it. ``packages`` are what the other tool locked, by platform.
    """

    spec: ForeignSpec
    path: str
    text: str
    before: str = ""
    is_configured: bool = False
    packages: Mapping[Subdir, tuple[ForeignPackage, ...]] = field(default_factory=dict)

    @property
    def environment(self) -> EnvironmentName:
        """The environment that it is."""
        return environment_name(self.path)


@dataclass(frozen=True, kw_only=True, slots=True)
class ForeignPlan:
    """What manifests become, and what of them does not map; ``projects`` are conda-project's, whose specs stay."""

    projects: tuple[CondaProject, ...] = ()
    specs: tuple[PlannedSpec, ...] = ()
    problems: tuple[Problem, ...] = ()
