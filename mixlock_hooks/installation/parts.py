"""Install both parts of a lock into a prefix: conda's packages, then wheels, fetched or built."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.wheelhouse import WheelOptions
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.refuse_unverified import refuse_unverified
from mixlock_hooks.pipeline.wheels.run import Wheelhouse
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.wheels import open_wheels
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import activation, conda_prefix, constraints
from mixlock_hooks.shell.install.wheels import install_wheels, take
from mixlock_hooks.shell.workers import workers

if TYPE_CHECKING:
    from mixlock_hooks.installation.locked_environment import LockedEnvironment, Options


def install_parts(prefix: Path, locked: LockedEnvironment, options: Options, descriptors: tuple[int, ...]) -> None:
    """Install what a lock holds, once it is verified, and what activates it.

    Args:
        prefix: the prefix, which may be emptied.
        locked: the lock.
        options: how.
        descriptors: those of the prefix's lock.

    Raises:
        CannotDoError: the lock does not hold, a package cannot be had, or a build failed.
    """
    refuse_unverified(locked.project, locked.found, locked.platform)
    conda_prefix.renew(prefix, _conda_part(locked, options), descriptors)
    if locked.of(Manager.PIP):
        with tempfile.TemporaryDirectory(prefix="mixlock-wheels-") as folder:
            _take(locked, options, Path(folder))
            requirements = _gathered(locked, folder, _limits(options))
            install_wheels(prefix, requirements, Path(folder), descriptors)
    constraints.write(prefix)
    activation.write_scripts(prefix)


def _take(locked: LockedEnvironment, options: Options, folder: Path) -> None:
    """Take what the wheelhouse holds: the one that is named, else the repository's where there is one.

    Raises:
        UsageError: the one that is named holds none of the locked wheels.
    """
    recorded = locked.project.locks.of(locked.found.name).wheels_of(locked.found.lockfile)
    wanted = frozenset(
        [*(package.sha256 for package in locked.of(Manager.PIP)), *(wheel.sha256 for wheel in recorded)]
    )
    place = Path(options.wheelhouse or locked.tree.root / locked.project.settings.wheelhouse_dir)
    if not take(place, wanted, folder) and options.wheelhouse:
        raise UsageError(f"--wheelhouse {options.wheelhouse}: holds none of the locked wheels")


def _limits(options: Options) -> Limits:
    return Limits(seconds=options.seconds, memory_bytes=options.memory_bytes, allow_unboxed=options.allow_unboxed)


def _conda_part(locked: LockedEnvironment, options: Options) -> conda_prefix.CondaPart:
    return conda_prefix.CondaPart(
        packages=locked.of(Manager.CONDA),
        platform=locked.platform,
        runs_scripts=options.link_scripts,
        keeps_others=options.keep_extra,
    )


def _gathered(locked: LockedEnvironment, folder: str, limits: Limits) -> bytes:
    environments = every_environment(locked.project)
    builds = locked.project.settings.builds
    options = WheelOptions(platforms=(locked.platform,), host=host_platform(), builds=builds)
    with (
        workers(None, broken_off_by=KeyboardInterrupt) as pool,  # after a failure nox goes on with other sessions
        open_wheels(locked.tree.root, environments, limits) as wheels,
    ):
        wheelhouse = Wheelhouse(locked.project, environments, wheels)
        return wheelhouse.gather(locked.found, options, folder, pool)
