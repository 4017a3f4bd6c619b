"""The ``Wheels`` port: wheels are built in a sandbox, kept in a cache, and laid into a folder of the repository."""

from __future__ import annotations

import hashlib
import os
import zipfile
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from stat import S_ISREG
from threading import Lock
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.wheelhouse import Built
from mixlock_hooks.shell.build.cache import WheelCache, build_key
from mixlock_hooks.shell.build.sandbox import keeps_network_away
from mixlock_hooks.shell.build.shared_cache import SharedFolder
from mixlock_hooks.shell.machine_config import cache_folder, mirrors
from mixlock_hooks.shell.repository.file_set import write_whole
from mixlock_hooks.shell.repository.inside import Inside
from mixlock_hooks.shell.tools import require_wheelhouse_extra

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.pypi_sources import PypiSources
    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan
    from mixlock_hooks.shell.build.builder import WheelBuilder
    from mixlock_hooks.shell.build.launcher import Limits
    from mixlock_hooks.shell.index.remote_files import RemoteFiles


class SandboxedWheels:
    """Wheels of this machine, for one repository."""

    def __init__(self, root: Path, cache: WheelCache, builder: LazyBuilder) -> None:
        self._root = root
        self._cache = cache
        self._builder = builder

    def holds(self, sha256: str) -> str:
        """Return whether a wheel can be had without building."""
        return self._cache.holds(sha256)

    def known(self, plan: WheelPlan) -> Iterator[BuiltWheel]:
        """Yield what was built for a plan before."""
        return self._cache.known(build_key(plan, network=self._builder.network))

    def building(self, plan: WheelPlan) -> AbstractContextManager[None]:
        """Let one build of a plan run at a time on this machine."""
        return self._cache.building(build_key(plan, network=self._builder.network))

    def build(self, plan: WheelPlan, requires: tuple[str, ...] = ()) -> Built:
        """Build a plan; the wheel lies in the cache then, but is not found for its plan yet."""
        with self._builder.builder.built(plan, requires) as (wheel, file, note):
            self._cache.lay(wheel.sha256, file)
            return Built(wheel=wheel, note=note)

    def keep(self, plan: WheelPlan, wheel: BuiltWheel) -> None:
        """Let a wheel be found for its plan from now on."""
        self._cache.keep(build_key(plan, network=self._builder.network), wheel)

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """Return the members in which two kept wheels differ."""
        contents = [_members(self._cache.path(sha256)) for sha256 in (first, second)]
        return tuple(sorted({name for name, _crc in contents[0] ^ contents[1]}))

    def put(self, folder: str, file: str, sha256: str) -> None:
        """Lay a kept wheel into a folder."""
        target = self._place(folder) / file
        if _sha256(target) == sha256:
            return
        write_whole(target, self._cache.path(sha256).read_bytes())

    def fetch(self, folder: str, package: LockedPackage, sources: PypiSources) -> None:
        """Lay a locked wheel of an index into a folder, verified."""
        target = self._place(folder) / package.file
        if _sha256(target) == package.sha256:
            return
        from mixlock_hooks.shell.index.indices import used_indices  # noqa: PLC0415 - only a fetch needs it

        used = used_indices(sources, mirrors())
        write_whole(target, self._builder.remote.locked(package, used))

    def _place(self, folder: str) -> Path:
        """Return a folder: one of the repository's by its relative path, else one that mixlock or its user names."""
        return Path(folder) if Path(folder).is_absolute() else Inside(self._root).place(folder)


def _members(file: Path) -> set[tuple[str, int]]:
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
        return {(entry.filename, entry.CRC) for entry in archive.infolist()}
    return set()


def _mode(file: Path) -> int:
    """Return a file's mode, no link followed; 0 where there is none."""
    try:
        return file.lstat().st_mode
    except OSError:
        return 0


def _sha256(file: Path) -> str:
    if not S_ISREG(_mode(file)):  # a link or a device is replaced, not read
        return ""
    try:
        with file.open("rb") as opened:
            return hashlib.sha256(opened.read()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotDoError(f"{file}: cannot be read: {os.strerror(error.errno or 0)}") from error


class LazyBuilder:
    """The builder and the connection to the indices of one run."""

    def __init__(self, environments: Sequence[EnvironmentSpec], limits: Limits) -> None:
        self._environments = environments
        self._limits = limits
        self._lock = Lock()

    @cached_property
    def network(self) -> bool:
        """Return whether builds have the network, allowed or not."""
        return self._limits.network or not keeps_network_away()

    @property
    def builder(self) -> WheelBuilder:
        """Return the builder."""
        with self._lock:
            return self._opened[0]

    @property
    def remote(self) -> RemoteFiles:
        """Return the files of the indices."""
        with self._lock:
            return self._opened[1]

    @cached_property
    def _opened(self) -> tuple[WheelBuilder, RemoteFiles]:
        from mixlock_hooks.shell.build.builder import WheelBuilder  # noqa: PLC0415
        from mixlock_hooks.shell.build.interpreters import Interpreters  # noqa: PLC0415
        from mixlock_hooks.shell.index.indices import credentials_of, used_indices  # noqa: PLC0415 - see above
        from mixlock_hooks.shell.index.remote_files import RemoteFiles  # noqa: PLC0415
        from mixlock_hooks.shell.solver.clean_environment import timeout_seconds  # noqa: PLC0415

        specs = [spec for environment in self._environments for spec in environment.platforms]
        used = [index for spec in specs for index in used_indices(spec.pypi_sources, mirrors())]
        remote = RemoteFiles(cache_folder("pypi"), credentials_of(used), float(timeout_seconds()))
        return WheelBuilder(Interpreters(), remote, self._limits), remote


@contextmanager
def open_wheels(
    root: Path, environments: Sequence[EnvironmentSpec], limits: Limits, shared_url: str = ""
) -> Iterator[SandboxedWheels]:
    """Give the wheels of a repository; one run at a time writes there.

    Args:
        root: the repository's root.
        environments: those whose indices may carry credentials.
        limits: what a build may take.
        shared_url: a cache that machines share, empty for none.

    Raises:
        CannotDoError: the extra `wheelhouse` is not installed.
    """
    require_wheelhouse_extra()
    from mixlock_hooks.shell.repository.repository_lock import repository_lock  # noqa: PLC0415 - after the extra is known

    cache = WheelCache(cache_folder("wheels"), SharedFolder(shared_url) if shared_url else None)
    with repository_lock(root):
        yield SandboxedWheels(root, cache, LazyBuilder(environments, limits))
