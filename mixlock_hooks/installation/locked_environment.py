"""Make a prefix what a lock says for one platform: conda's packages, then wheels, fetched or built."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.build_permission import MEMORY_BYTES, STEP_SECONDS
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.pipeline.find_lock import lock_stamp, read_lock
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.pipeline.refuse_unverified import refuse_drifted
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import conda_prefix
from mixlock_hooks.shell.install.prefix_lock import held
from mixlock_hooks.shell.install.prefix_place import refuse_brought, refuse_foreign, refuse_long
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.worktree import WorkTree, find_root, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.pipeline.find_lock import FoundLock


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedEnvironment:
    """One environment's lock for one platform; ``stamp`` tells it from every other."""

    project: Project
    tree: WorkTree
    found: FoundLock
    platform: Subdir
    stamp: str

    def of(self, manager: Manager) -> list[LockedPackage]:
        """Return the packages of one manager."""
        return [each for each in self.found.lockfile.for_platform(self.platform) if each.manager is manager]

    @property
    def title(self) -> str:
        """Return the environment's name and platform, for people."""
        return f"{self.found.name} for {self.platform}"

    @property
    def python(self) -> str:
        """Return the version of the locked python; empty where none is locked."""
        return next((package.version for package in self.of(Manager.CONDA) if package.name == "python"), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """How a prefix is made.

    ``may_replace``: whatever is there may be replaced, since it is the caller's own. ``allow_unboxed``: wheels are
    built even where this machine lacks a wall of the sandbox. ``seconds`` and ``memory_bytes`` are what a step of a
    build may take. ``wheelhouse``: a folder of wheels, empty for the repository's. ``link_scripts``: scripts of
    packages run once they are linked. ``keep_extra``: what the lock does not hold stays.
    """

    may_replace: bool = False
    allow_unboxed: bool = False
    seconds: float = STEP_SECONDS
    memory_bytes: int = MEMORY_BYTES
    wheelhouse: str = ""
    link_scripts: bool = False
    keep_extra: bool = False

    def stamp(self, locked: LockedEnvironment) -> str:
        """Return what a prefix is known by: the lock, and the options that make another prefix of it."""
        chosen = ("link-scripts" * self.link_scripts, "keep-extra" * self.keep_extra)
        return " ".join(filter(None, (locked.stamp, *chosen)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What became of a prefix.

    ``changed``: there was something to do. ``damage``: what of it was not as it was installed. ``scripts``: the
    packages whose scripts were not run.
    """

    changed: bool
    damage: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()

    @property
    def done(self) -> str:
        """Return what was done, in words."""
        return "installed" if self.changed else "already as locked"

    def said(self) -> tuple[str, ...]:
        """Return what has to be said of it beside."""
        damage = f"note: installed again, since {'; '.join(self.damage)}"
        scripts = f"note: {', '.join(self.scripts)}: a script for after linking was not run; `--link-scripts` runs it"
        return (*([damage] if self.damage else []), *([scripts] if self.scripts else []))


def open_locked(start: Path, environment: str) -> LockedEnvironment:
    """Read a lock of the repository around a folder.

    Raises:
        UsageError: there is none of that name, or it is not for this machine.
    """
    tree = WorkTree(find_root(start.resolve()))
    project = Project(settings=read_settings(tree.root), files=tree, repository=tree, names=shipped)
    return read_locked(project, tree, environment)


def read_locked(project: Project, tree: WorkTree, environment: str | None, wanted: str = "") -> LockedEnvironment:
    """Read a lock of a repository.

    Args:
        project: the repository.
        tree: its files.
        environment: the environment's name, its spec's path, or an alias; None for the only one that is locked.
        wanted: the platform; this machine's where none is named.

    Raises:
        UsageError: there is none of that name, or it is not for that platform.
    """
    found = read_lock(project, environment)
    platform = Subdir(wanted or host_platform())
    if platform not in found.lockfile.platforms:
        known = ", ".join(found.lockfile.platforms)
        which = wanted or f"this machine ({platform})"
        raise UsageError(f"{found.name} is not locked for {which}; locked for: {known}")
    return LockedEnvironment(
        project=project, tree=tree, found=found, platform=platform, stamp=lock_stamp(project, found, platform)
    )


def make(prefix: Path, locked: LockedEnvironment, options: Options) -> Made:
    """Make a prefix what a lock says; tell what there was to do.

    Args:
        prefix: the prefix.
        locked: the lock.
        options: how.

    Raises:
        UsageError: the lock does not hold, or the folder is neither empty nor one that mixlock made.
        CannotDoError: a package cannot be had, or a build failed.
    """
    refuse_long(prefix)
    refuse_brought(prefix, locked.tree)
    if not options.may_replace:
        refuse_foreign(prefix)  # before anything is written beside it
    stamp = options.stamp(locked)
    with held(prefix) as descriptors:
        damage = conda_prefix.differences(prefix, stamp)
        if damage == ():
            refuse_drifted(locked.project, locked.found, locked.platform)
            return Made(changed=False)
        if not options.may_replace:
            refuse_foreign(prefix)
        from mixlock_hooks.installation.parts import install_parts  # noqa: PLC0415 - most runs have nothing to do

        install_parts(prefix, locked, options, descriptors)
        scripts = () if options.link_scripts else conda_prefix.link_scripts(prefix)
        return Made(changed=True, damage=damage or (), scripts=scripts)
