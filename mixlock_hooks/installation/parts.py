"""Install both parts of a lock into a prefix: conda's packages, then wheels, fetched or built."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.wheelhouse import WheelOptions
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.load import every_environment
from mixlock_hooks.pipeline.refuse_unverified import refuse_unverified
from mixlock_hooks.pipeline.wheels.run import Wheelhouse
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.wheels import open_wheels
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.install import activation, conda_prefix, constraints, prefix_update
from mixlock_hooks.shell.install.conda_part import CondaPart, install
from mixlock_hooks.shell.install.prefix_update import Parts
from mixlock_hooks.shell.install.wheel_paths import refuse_intruders
from mixlock_hooks.shell.install.wheels import install_wheels, remove_wheels, take
from mixlock_hooks.shell.workers import workers

if TYPE_CHECKING:
    from mixlock_hooks.installation.locked_environment import LockedEnvironment, Options
    from mixlock_hooks.shell.install.prefix_update import Standing


def install_parts(prefix: Path, locked: LockedEnvironment, options: Options, descriptors: tuple[int, ...]) -> None:
    """Install what a lock holds, once it is verified, and what activates it; then mark the prefix as whole.

    What is installed already from the same files stays. All wheels are there before anything is changed.

    Args:
        prefix: the prefix, which may be emptied.
        locked: the lock.
        options: how.
        descriptors: those of the prefix's lock.

    Raises:
        CannotDoError: the lock does not hold, a package cannot be had, or a build failed.
    """
    refuse_unverified(locked.project, locked.found, locked.platform)
    parts = Parts(conda=locked.of(Manager.CONDA), wheels=_wheel_keys(locked), stamp=options.stamp(locked))
    found = prefix_update.standing(prefix, parts)
    job = _Job(prefix=prefix, locked=locked, options=options, parts=parts, descriptors=descriptors)
    if found is None or not _update(job, found):
        _install(job, None)
        conda_prefix.mark(prefix, parts.stamp, parts.wheels, {})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    """What is installed where, and how."""

    prefix: Path
    locked: LockedEnvironment
    options: Options
    parts: Parts
    descriptors: tuple[int, ...]


def _update(job: _Job, found: Standing) -> bool:
    """Update a prefix in place; return whether it is whole then."""
    _install(job, found)
    if not prefix_update.is_whole(job.prefix, job.parts):
        return False
    conda_prefix.mark(job.prefix, job.parts.stamp, job.parts.wheels, prefix_update.known(job.prefix, found))
    return True


def _install(job: _Job, found: Standing | None) -> None:
    stays = found.wheels if found else frozenset()
    with tempfile.TemporaryDirectory(prefix="mixlock-wheels-") as folder:
        requirements = b""
        if any(package.name not in stays for package in job.locked.of(Manager.PIP)):
            _take(job.locked, job.options, Path(folder))
            requirements = _gathered(job, folder, stays)
        _change_conda(job, found)
        if requirements:
            refuse_intruders(job.prefix, Path(folder))
            install_wheels(job.prefix, requirements, Path(folder), job.descriptors)
    constraints.write(job.prefix)
    activation.write_scripts(job.prefix)


def _change_conda(job: _Job, found: Standing | None) -> None:
    conda = _conda_part(job.locked, job.options)
    if found is None:
        conda_prefix.renew(job.prefix, conda, job.descriptors)
        return
    prefix_update.clear(job.prefix, found, job.parts)
    if found.gone:
        remove_wheels(job.prefix, found.gone, job.descriptors)
    install(replace(conda, kept=found.conda), job.prefix, job.descriptors)
    prefix_update.drop_bytecode(job.prefix)


def _wheel_keys(locked: LockedEnvironment) -> dict[str, str]:
    """Return what tells each wheel of a lock from others; nothing for one that is built and not recorded."""
    wheels = locked.project.locks.of(locked.found.name).wheels_of(locked.found.lockfile)
    built = {each.sdist_sha256: each.sha256 for each in wheels if locked.platform in each.platforms}
    return {
        package.name: built.get(package.sha256, "") if package.is_sdist else package.sha256
        for package in locked.of(Manager.PIP)
    }


def _take(locked: LockedEnvironment, options: Options, folder: Path) -> None:
    """Take what the wheelhouse holds: the one that is named, else the repository's where there is one.

    Raises:
        UsageError: the one that is named holds none of the locked wheels.
    """
    built = _built(locked, is_named=bool(options.wheelhouse))
    wanted = frozenset([*(package.sha256 for package in locked.of(Manager.PIP)), *built])
    place = Path(options.wheelhouse or locked.tree.root / locked.project.settings.wheelhouse_dir)
    if not take(place, wanted, folder) and options.wheelhouse:
        raise UsageError(f"--wheelhouse {options.wheelhouse}: holds none of the locked wheels")


def _built(locked: LockedEnvironment, *, is_named: bool) -> tuple[str, ...]:
    """Return the hashes of built wheels that may be taken from a wheelhouse instead of what is locked, the sdists.

    A record beside the lock says what anybody wrote, and the repository's folder may hold anybody's wheel: they are
    believed where the last commit has just this lock, or where the user names the folder. What was built on this
    machine lies in its cache, and every other wheel is built again and compared with the record.
    """
    lock = locked.project.locks.of(locked.found.name)
    believed = is_named or vouched(locked.project).holds(lock)
    return tuple(wheel.sha256 for wheel in lock.wheels_of(locked.found.lockfile)) if believed else ()


def _limits(options: Options) -> Limits:
    return Limits(seconds=options.seconds, memory_bytes=options.memory_bytes, allow_unboxed=options.allow_unboxed)


def _conda_part(locked: LockedEnvironment, options: Options) -> CondaPart:
    return CondaPart(
        packages=locked.of(Manager.CONDA),
        platform=locked.platform,
        runs_scripts=options.link_scripts,
        keeps_others=options.keep_extra,
    )


def _gathered(job: _Job, folder: str, installed: frozenset[str]) -> bytes:
    locked, limits = job.locked, _limits(job.options)
    environments = every_environment(locked.project)
    builds = locked.project.settings.builds
    options = WheelOptions(platforms=(locked.platform,), host=host_platform(), builds=builds, installed=installed)
    with (
        workers(None, broken_off_by=KeyboardInterrupt) as pool,  # after a failure nox goes on with other sessions
        open_wheels(locked.tree.root, environments, limits) as wheels,
    ):
        wheelhouse = Wheelhouse(locked.project, environments, wheels)
        return wheelhouse.gather(locked.found, options, folder, pool)
