"""Open the wheels of a repository: the user's cache, a shared one, and what builds."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.tools import require_wheelhouse_extra
from mixlock_hooks.shell.wheelhouse.shared_folder import SharedFolder
from mixlock_hooks.shell.wheelhouse.shelf import WheelShelf
from mixlock_hooks.shell.wheelhouse.wheels import BoxedWheels
from mixlock_hooks.shell.wheelhouse.workshop import Workshop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.shell.wheelhouse.box import Limits


@contextmanager
def open_wheels(
    root: Path, environments: Sequence[EnvironmentSpec], limits: Limits, shared_url: str = ""
) -> Iterator[BoxedWheels]:
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
    from mixlock_hooks.shell.locking import repository_lock  # noqa: PLC0415 - after the extra is known

    shelf = WheelShelf(cache_folder("wheels"), SharedFolder(shared_url) if shared_url else None)
    with repository_lock(root):
        yield BoxedWheels(root, shelf, Workshop(environments, limits))
