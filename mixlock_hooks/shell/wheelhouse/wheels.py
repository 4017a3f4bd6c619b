"""The ``Wheels`` port: wheels are built in a box, kept on a shelf, and laid into a folder of the repository."""

from __future__ import annotations

import hashlib
import os
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.wheelhouse import Built
from mixlock_hooks.shell.machine_config import mirrors
from mixlock_hooks.shell.wheelhouse.build_key import build_key
from mixlock_hooks.shell.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan
    from mixlock_hooks.shell.wheelhouse.shelf import WheelShelf
    from mixlock_hooks.shell.wheelhouse.workshop import Workshop


class BoxedWheels:
    """Wheels of this machine, for one repository."""

    def __init__(self, root: Path, shelf: WheelShelf, workshop: Workshop) -> None:
        self._root = root
        self._shelf = shelf
        self._workshop = workshop

    def holds(self, sha256: str) -> str:
        """Tell whether a wheel can be had without building."""
        return self._shelf.holds(sha256)

    def known(self, plan: WheelPlan) -> Iterator[BuiltWheel]:
        """Yield what was built for a plan before."""
        return self._shelf.known(build_key(plan, network=self._workshop.network))

    def building(self, plan: WheelPlan) -> AbstractContextManager[None]:
        """Let one build of a plan run at a time on this machine."""
        return self._shelf.building(build_key(plan, network=self._workshop.network))

    def build(self, plan: WheelPlan, requires: tuple[str, ...] = ()) -> Built:
        """Build a plan; the wheel lies on the shelf then, but is not found for its plan yet."""
        with self._workshop.builder.built(plan, requires) as (wheel, file, note):
            self._shelf.lay(wheel.sha256, file)
            return Built(wheel=wheel, note=note)

    def keep(self, plan: WheelPlan, wheel: BuiltWheel) -> None:
        """Let a wheel be found for its plan from now on."""
        self._shelf.keep(build_key(plan, network=self._workshop.network), wheel)

    def differing(self, first: str, second: str) -> tuple[str, ...]:
        """Return the members in which two kept wheels differ."""
        contents = [_members(self._shelf.path(sha256)) for sha256 in (first, second)]
        return tuple(sorted({name for name, _crc in contents[0] ^ contents[1]}))

    def put(self, folder: str, file: str, sha256: str) -> None:
        """Lay a kept wheel into a folder."""
        target = self._root / folder / file
        if _sha256(target) == sha256:
            return
        write_whole(target, self._shelf.path(sha256).read_bytes())

    def fetch(self, folder: str, package: LockedPackage, indices: tuple[str, ...], default_index: str) -> None:
        """Lay a locked wheel of an index into a folder, verified."""
        target = self._root / folder / package.file
        if _sha256(target) == package.sha256:
            return
        from mixlock_hooks.shell.indices import used_indices  # noqa: PLC0415 - only a fetch needs it

        used = used_indices(indices, default_index, mirrors())
        write_whole(target, self._workshop.remote.locked(package, used))


def _members(file: Path) -> set[tuple[str, int]]:
    with suppress(zipfile.BadZipFile), zipfile.ZipFile(file) as archive:
        return {(entry.filename, entry.CRC) for entry in archive.infolist()}
    return set()


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return hashlib.sha256(opened.read()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CannotDoError(f"{file}: cannot be read: {os.strerror(error.errno or 0)}") from error
