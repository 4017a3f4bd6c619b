"""Make a prefix what a lock says for this machine: conda's packages, then wheels, fetched or built."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.wheelhouse import WheelOptions
from mixlock_hooks.pipeline.find_lock import lock_stamp, read_lock
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.project import Project
from mixlock_hooks.pipeline.refuse_unverified import refuse_unverified
from mixlock_hooks.pipeline.wheels.run import Wheelhouse
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.wheels import open_wheels
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import activation, conda_prefix
from mixlock_hooks.shell.install import wheels as locked_prefix
from mixlock_hooks.shell.name_map_file import shipped
from mixlock_hooks.shell.repository.worktree import WorkTree, find_root, read_settings
from mixlock_hooks.shell.workers import workers

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.find_lock import FoundLock


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedEnvironment:
    """One environment's lock on this machine; ``stamp`` tells it from every other."""

    project: Project
    tree: WorkTree
    found: FoundLock
    platform: Subdir
    stamp: str


def open_locked(start: Path, environment: str) -> LockedEnvironment:
    """Read a lock of the repository around a folder.

    Raises:
        UsageError: there is none of that name, or it is not for this machine.
    """
    tree = WorkTree(find_root(start.resolve()))
    project = Project(settings=read_settings(tree.root), files=tree, repository=tree, names=shipped)
    return read_locked(project, tree, environment)


def read_locked(project: Project, tree: WorkTree, environment: str) -> LockedEnvironment:
    """Read a lock of a repository.

    Raises:
        UsageError: there is none of that name, or it is not for this machine.
    """
    found = read_lock(project, environment)
    platform = host_platform()
    if platform not in found.lockfile.platforms:
        known = ", ".join(found.lockfile.platforms)
        raise UsageError(f"{found.name} is not locked for this machine ({platform}); locked for: {known}")
    return LockedEnvironment(
        project=project, tree=tree, found=found, platform=platform, stamp=lock_stamp(project, found, platform)
    )


def make(prefix: Path, locked: LockedEnvironment, *, may_replace: bool = False, allow_unboxed: bool = False) -> bool:
    """Make a prefix what a lock says; tell whether there was anything to do.

    Args:
        prefix: the prefix.
        locked: the lock.
        may_replace: whatever is there may be replaced, since it is the caller's own.
        allow_unboxed: build even where this machine lacks a wall of the sandbox.

    Raises:
        UsageError: the lock does not hold, or the folder is neither empty nor one that mixlock made.
        CannotDoError: a package cannot be had, or a build failed.
    """
    conda_prefix.refuse_long(prefix)
    with conda_prefix.held(prefix):
        if conda_prefix.is_made_from(prefix, locked.stamp):
            return False
        refuse_unverified(locked.project, locked.found, locked.platform)
        if not may_replace:
            conda_prefix.refuse_foreign(prefix)
        packages = locked.found.lockfile.for_platform(locked.platform)
        conda_prefix.renew(prefix, [package for package in packages if package.manager is Manager.CONDA])
        if any(package.manager is Manager.PIP for package in packages):
            with tempfile.TemporaryDirectory(prefix="mixlock-wheels-") as folder:
                locked_prefix.install_wheels(
                    prefix, _gathered(locked, folder, Limits(allow_unboxed=allow_unboxed)), Path(folder)
                )
        activation.write_scripts(prefix)
        conda_prefix.mark(prefix, locked.stamp)
        return True


def _gathered(locked: LockedEnvironment, folder: str, limits: Limits) -> bytes:
    environments = every_environment(locked.project)
    builds = locked.project.settings.builds
    options = WheelOptions(platforms=(locked.platform,), host=locked.platform, builds=builds)
    with (
        workers(None, broken_off_by=KeyboardInterrupt) as pool,  # after a failure nox goes on with other sessions
        open_wheels(locked.tree.root, environments, limits) as wheels,
    ):
        wheelhouse = Wheelhouse(locked.project, environments, wheels)
        return wheelhouse.gather(locked.found, options, folder, pool)
