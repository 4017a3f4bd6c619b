"""Wheels that were built, kept for ever and found by what they were built from.

Below the user's cache lie ``blobs/<sha256>``, the wheels themselves, and ``keys/<key>/<requirements>.json``, what is
known of each. A key is made of sdist, python, platform, what the repository adds to the build, and builder; the
requirements are those that the build was given. A shared cache, any that fsspec can reach, has the same folders.
Every blob is verified when it comes in, so that only who writes a key must be trusted, and not even that one where a
repository records the digest.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

from mixlock_hooks.formats import wheelhouse_json
from mixlock_hooks.shell.repository.file_set import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mixlock_hooks.model.wheelhouse import BuiltWheel, WheelPlan
    from mixlock_hooks.shell.build.shared_cache import SharedFolder


class WheelCache:
    """The wheels of this machine, and of a shared cache behind it where one is named."""

    def __init__(self, folder: Path, shared: SharedFolder | None = None) -> None:
        self._folder = folder
        self._shared = shared
        self._damaged: set[str] = set()

    def path(self, sha256: str) -> Path:
        """Return where a wheel lies, or would lie."""
        return self._folder / "blobs" / sha256[:2] / sha256

    def holds(self, sha256: str) -> str:
        """Return whether a wheel is here, fetching it from the shared cache: ``cached``, ``fetched``, or empty.

        Raises:
            CannotDoError: the shared cache cannot be reached.
        """
        if _is(self.path(sha256), sha256):
            return "cached"
        content = self._shared.read(_blob(sha256)) if self._shared else None
        if content is None:
            return ""
        if hashlib.sha256(content).hexdigest() != sha256:
            self._damaged.add(sha256)
            return ""
        write_whole(self.path(sha256), content)
        return "fetched"

    def known(self, key: str) -> Iterator[BuiltWheel]:
        """Yield what was built for a key, here and then by others, each in a fixed order."""
        for file in sorted((self._folder / "keys" / key).glob("*.json")):
            yield from _parsed(file.read_bytes())
        for name in self._shared.names(f"keys/{key}") if self._shared else ():
            yield from _parsed((self._shared.read(f"keys/{key}/{name}") if self._shared else None) or b"")

    def lay(self, sha256: str, file: Path) -> None:
        """Lay a wheel where it is found by its digest."""
        write_whole(self.path(sha256), file.read_bytes())

    def keep(self, key: str, wheel: BuiltWheel) -> None:
        """Let a wheel that lies here be found for a key, here and in the shared cache.

        Raises:
            CannotDoError: the shared cache cannot be written.
        """
        bare = wheelhouse_json.render([replace(wheel, platforms=())])
        told = f"keys/{key}/{_requirements_key(wheel.requires)}.json"
        if not (self._folder / told).is_file() or (self._folder / told).read_bytes() != bare:
            write_whole(self._folder / told, bare)
        if self._shared:
            if wheel.sha256 in self._damaged or not self._shared.has(_blob(wheel.sha256)):
                self._shared.write(_blob(wheel.sha256), self.path(wheel.sha256).read_bytes())
            if self._shared.read(told) != bare:
                self._shared.write(told, bare)

    @contextmanager
    def building(self, key: str) -> Iterator[None]:
        """Let one build for a key run at a time on this machine."""
        from filelock import FileLock  # noqa: PLC0415 - only a build needs it

        folder = self._folder / "building"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f"{key}.lock", thread_local=False):
            yield


def _parsed(content: bytes) -> tuple[BuiltWheel, ...]:
    with suppress(wheelhouse_json.NotAWheelhouseError):
        return wheelhouse_json.parse(content)
    return ()


def _is(file: Path, sha256: str) -> bool:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _blob(sha256: str) -> str:
    return f"blobs/{sha256[:2]}/{sha256}"


def _requirements_key(requires: Sequence[str]) -> str:
    return key_of(sorted(requires))[:24]


_BUILDER = "mixlock-build 1"
"""Counted up when the same build would give another wheel than before; who calls the hooks does not matter."""


@cache
def builder_name() -> str:
    """Name what builds, as a repository records it."""
    return f"{_BUILDER}, build {version('build')}"


def build_key(plan: WheelPlan, *, network: bool = False) -> str:
    """Return the key of a plan: sdist, python, platform, what the repository adds to the build, builder, network."""
    asked = sorted(plan.extra_requires)
    with_network = ["network"] if network else []
    return key_of([plan.package.sha256, plan.python, plan.targets[0].platform, asked, _BUILDER, *with_network])


def key_of(parts: object) -> str:
    """Return one name for many facts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
