"""Answers of dry runs, kept for minutes in the user's cache, so that the lock that follows solves nothing again.

A key is made of everything that decides: the request with its preference, cutoff and upgrades, the name map, the
versions of mixlock and its engines, where channels and indices are read on this machine, and the channels as they
were read last. That an index has got something newer meanwhile no key can know, so an answer lives no longer than
the pages of indices that uv keeps. A file is believed only if it is the user's own and has its own digest.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import url2pathname

import mixlock_hooks
from mixlock_hooks.formats import kept_answer_json
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import tools
from mixlock_hooks.shell.index.indices import used_indices
from mixlock_hooks.shell.machine_config import cache_folder, mirrors, solver_paths
from mixlock_hooks.shell.repository.file_set import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.locked import SolvedPlatform
    from mixlock_hooks.model.solving import SolveRequest

_SECONDS = 600
_ANOTHERS_TO_WRITE = stat.S_IWGRP | stat.S_IWOTH


class KeptAnswers:
    """The ``Answers`` port, for one solver and one name map; made before a run reads channels, closed after it."""

    def __init__(
        self, solver: str, name_map: str, *, required_uv: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self._solver = solver
        self._required_uv = required_uv
        self._name_map = name_map
        self._now = now
        self._channels = sorted(_channels_as_read())
        self._solved: list[tuple[SolveRequest, SolvedPlatform]] = []

    def find(self, request: SolveRequest) -> tuple[SolvedPlatform, int] | None:
        """Return what was found for just this request minutes ago, and how many seconds; None where nothing was."""
        if not any_kept():  # a key takes long to make
            return None
        key = self._key(request)
        file = _file(key)
        try:
            seconds, answer = kept_answer_json.parse(_own(file), key)
        except (OSError, ValueError):
            return None
        age = int(self._now()) - seconds
        return (answer, age) if 0 <= age <= _SECONDS else None

    def keep(self, request: SolveRequest, answer: SolvedPlatform) -> None:
        """Let an answer be found for some minutes after this run."""
        self._solved.append((request, answer))

    def close(self) -> None:
        """Write what was solved, once this run reads no more channels; remove what is old."""
        if not self._solved:
            return
        self._channels = sorted(_channels_as_read())
        self._remove_old()
        for request, answer in self._solved:
            key = self._key(request)
            with suppress(CannotDoError):  # a cache that cannot be written is no reason to fail
                write_whole(_file(key), kept_answer_json.render(key, int(self._now()), answer), mode=0o600)

    def _remove_old(self) -> None:
        for file in _files():
            with suppress(OSError):
                if self._now() - file.stat().st_mtime > _SECONDS:
                    file.unlink()

    def _key(self, request: SolveRequest) -> str:
        spec = request.spec
        indices = used_indices(spec.pypi_sources, mirrors()) if spec.pypi else ()
        uv = tools.require_uv(self._required_uv) if spec.pypi else None
        beside = {
            "mixlock": mixlock_hooks.__version__,
            "engines": tools.engine(uv),
            "solver": (self._solver, solver_paths()),
            "names": self._name_map,
            "indices": indices,
            "mirrors": mirrors(),
            "channels": self._channels,
            "folders": [_state(file) for channel in spec.channels for file in _repodata(channel, spec.platform)],
        }
        return kept_answer_json.key_of(request, beside)


def any_kept() -> bool:
    """Return whether any answer, of whatever request, may still be found."""
    return any(time.time() - changed / 1e9 <= _SECONDS for _path, _size, changed in map(_state, _files()))


def _files() -> Iterator[Path]:
    yield from cache_folder("answers").glob("*.json")


def _file(key: str) -> Path:
    return cache_folder("answers") / f"{key.rpartition(':')[2]}.json"


def _own(file: Path) -> bytes:
    """Return what is in a file that nobody but this user can have written.

    Raises:
        OSError: it cannot be read, or another may have written it.
    """
    with file.open("rb") as opened:
        found = os.fstat(opened.fileno())
        if hasattr(os, "geteuid") and (found.st_uid != os.geteuid() or found.st_mode & _ANOTHERS_TO_WRITE):
            raise PermissionError(f"{file} is not this user's alone")
        return opened.read()


def _channels_as_read() -> Iterator[tuple[str, int, int]]:
    """Yield the files that hold what channels said last."""
    for file in cache_folder("repodata").rglob("*"):
        with suppress(OSError):
            if file.is_file() and not file.name.endswith(".lock"):
                yield _state(file)


def _repodata(channel: str, platform: str) -> Iterator[Path]:
    """Yield the files of a channel that is a folder of this machine."""
    if channel.startswith("file://"):
        folder = Path(url2pathname(urlsplit(channel).path))
        yield from (folder / subdir / "repodata.json" for subdir in (platform, "noarch"))


def _state(file: Path) -> tuple[str, int, int]:
    try:
        found = file.stat()
    except OSError:
        return str(file), 0, 0
    return str(file), found.st_size, found.st_mtime_ns
