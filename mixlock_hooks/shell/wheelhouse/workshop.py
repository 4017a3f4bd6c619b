"""What builds and fetches: opened when the first wheel is not at hand, for most runs build and fetch nothing."""

from __future__ import annotations

from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING

from mixlock_hooks.shell.wheelhouse.box import keeps_network_away

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.shell.remote_files import RemoteFiles
    from mixlock_hooks.shell.wheelhouse.box import Limits
    from mixlock_hooks.shell.wheelhouse.builder import WheelBuilder


class Workshop:
    """The builder and the connection to the indices of one run."""

    def __init__(self, environments: Sequence[EnvironmentSpec], limits: Limits) -> None:
        self._environments = environments
        self._limits = limits
        self._lock = Lock()

    @cached_property
    def network(self) -> bool:
        """Tell whether builds have the network, allowed or not."""
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
        from mixlock_hooks.shell.indices import credentials_of, used_indices  # noqa: PLC0415 - see above
        from mixlock_hooks.shell.isolation import timeout_seconds  # noqa: PLC0415
        from mixlock_hooks.shell.machine_config import cache_folder, mirrors  # noqa: PLC0415
        from mixlock_hooks.shell.remote_files import RemoteFiles  # noqa: PLC0415
        from mixlock_hooks.shell.wheelhouse.builder import WheelBuilder  # noqa: PLC0415
        from mixlock_hooks.shell.wheelhouse.interpreters import Interpreters  # noqa: PLC0415

        specs = [spec for environment in self._environments for spec in environment.platforms]
        used = [index for spec in specs for index in used_indices(spec.indices, spec.default_index, mirrors())]
        remote = RemoteFiles(cache_folder("pypi"), credentials_of(used), float(timeout_seconds()))
        return WheelBuilder(Interpreters(), remote, self._limits), remote
