"""Where the files of a lock stand, and what their names say."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import EnvironmentName, Subdir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LOCKFILE = "conda-lock.yml"
WHEELHOUSE = "wheelhouse.json"
"""The file beside a lock that records the wheels of its sdists."""
STAMP = "stamp.json"
"""The file beside a lock that vouches for the others: digests, fingerprints, how it was made."""
ALIASES = "aliases.toml"
IMPORTED = "imported.json"
"""The file in which `mixlock lock` records what a flow asked for when it was imported."""


def aliases_path(lock_dir: str) -> str:
    """Return where a repository keeps its named environments, relative to its root."""
    return f"{lock_dir}/{ALIASES}"


@dataclass(frozen=True, slots=True)
class LockPlaces:
    """Where a repository keeps its locks, relative to its root.

    Each has a folder below ``lock_dir``. The ``conda-lock.yml`` of some stands ``elsewhere`` (``lock-at``), where
    other tools look for it; what is rendered from it stays in the folder.
    """

    lock_dir: str
    elsewhere: Mapping[EnvironmentName, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def roots(self) -> tuple[str, ...]:
        """The folder and the files that hold every lock."""
        return (self.lock_dir, *sorted(self.elsewhere.values()))

    def folder(self, environment: EnvironmentName) -> str:
        """Return the folder of an environment's lock."""
        return f"{self.lock_dir}/{environment}"

    def lockfile(self, environment: EnvironmentName) -> str:
        """Return an environment's ``conda-lock.yml``, whatever it is called."""
        return self.elsewhere.get(environment) or f"{self.folder(environment)}/{LOCKFILE}"

    def of(self, environment: EnvironmentName) -> tuple[str, ...]:
        """Return the folder and the file that hold one environment's lock."""
        return tuple(filter(None, (self.folder(environment), self.elsewhere.get(environment))))

    def environment_of(self, path: str) -> EnvironmentName | None:
        """Return whose ``conda-lock.yml`` a path is; None for any other file."""
        name = self.owner(path, LOCKFILE)
        if name:
            return None if name in self.elsewhere else name
        return next((name for name, place in self.elsewhere.items() if place == path), None)

    def owner(self, path: str, file: str) -> EnvironmentName | None:
        """Return in whose folder a file of some name lies; None where the path is of no such file."""
        begin, end = f"{self.lock_dir}/", f"/{file}"
        inside = path.startswith(begin) and path.endswith(end) and len(path) > len(begin) + len(end)
        return EnvironmentName(path[len(begin) : -len(end)]) if inside else None


@lru_cache(maxsize=4)
def touched(paths: frozenset[str]) -> frozenset[str]:
    """Return paths with every folder that they lie in, however deep: a lock that is among them is touched."""
    return paths | frozenset(_folders(paths))


def _folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        at = path.rfind("/")
        while at > 0:
            yield path[:at]
            at = path.rfind("/", 0, at)


def imported_path(lock_dir: str, flow: str) -> str:
    """Return where the record of an imported flow stands, relative to the root: beside the locks of its steps."""
    return f"{lock_dir}/{flow.removesuffix('.py')}/{IMPORTED}"


def explicit_name(platform: Subdir) -> str:
    """Return the name of a platform's explicit file."""
    return f"conda-{platform}.lock"


def pip_name(platform: Subdir) -> str:
    """Return the name of a platform's hash-checked requirements."""
    return f"pip-{platform}.txt"


def platform_of(name: str) -> Subdir | None:
    """Return the platform a lock's file is for; None for any other file."""
    for prefix, suffix in (("conda-", ".lock"), ("pip-", ".txt")):
        if name.startswith(prefix) and name.endswith(suffix):
            return Subdir(name[len(prefix) : -len(suffix)])
    return None


def is_rendered(name: str) -> bool:
    """Return whether a file in a lock's folder is one that stands beside ``conda-lock.yml``."""
    return name in {WHEELHOUSE, STAMP} or platform_of(name) is not None
