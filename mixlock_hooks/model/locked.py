"""What a solve answered: exact packages with URLs and hashes, as ``conda-lock.yml`` holds them (CEP 37)."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mixlock_hooks.model.channels import canonical
from mixlock_hooks.model.stamp import Making

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.names import PypiName, Subdir

_CONDA_SUFFIXES = (".conda", ".tar.bz2")


class Manager(str, Enum):
    """Which installer a locked package is for."""

    CONDA = "conda"
    PIP = "pip"


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedPackage:
    """One package for one platform. ``dependencies`` map names to constraints as its metadata gives them."""

    name: str
    version: str
    manager: Manager
    platform: Subdir
    dependencies: Mapping[str, str]
    url: str
    md5: str = ""
    sha256: str = ""
    category: str = "main"
    optional: bool = False

    @property
    def is_sdist(self) -> bool:
        """Return whether pip would have to build it."""
        return self.manager is Manager.PIP and not self.url.partition("#")[0].endswith(".whl")

    @property
    def has_extension_modules(self) -> bool:
        """Return whether it is a wheel of code compiled for one ABI of python, as its name tells (PEP 425)."""
        stem, _dot, suffix = self.file.rpartition(".")
        return suffix == "whl" and stem.split("-")[-2:-1] not in ([], ["none"])

    @property
    def file(self) -> str:
        """Return the name of its file: the URL's last part, decoded (``+`` of a local version is ``%2B`` there)."""
        return unquote(urlsplit(self.url).path).rpartition("/")[2]

    @property
    def channel(self) -> str:
        """Return a conda package's channel, by its shortest name; empty for PyPI's, which come from hosts."""
        if self.manager is Manager.PIP:
            return ""
        return canonical(self.url.partition("#")[0].rpartition("/")[0].rpartition("/")[0])

    @property
    def stem(self) -> str:
        """Return a conda file's name without its suffix: name, version and build; empty where it is no conda file."""
        return _stem(self.url)

    @property
    def build(self) -> str:
        """Return a conda package's build string, which its file's name ends in; empty for PyPI's."""
        return self.stem.rpartition("-")[2]


@lru_cache(maxsize=1 << 14)
def _stem(url: str) -> str:
    """Return the stem of a file that is asked for by each package that needs it."""
    file = url.partition("#")[0].rpartition("/")[2]
    return next((file.removesuffix(suffix) for suffix in _CONDA_SUFFIXES if file.endswith(suffix)), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class SolvedPlatform:
    """The answer for one platform: its packages, the engines' versions, notes on how it was found, its cutoff.

    ``proposed`` are the PyPI projects and versions that were to be locked; None where nobody proposed any.
    """

    platform: Subdir
    packages: tuple[LockedPackage, ...]
    engine: str
    notes: tuple[str, ...] = ()
    cutoff: str = ""
    proposed: Mapping[PypiName, str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lockfile:
    """A whole ``conda-lock.yml``: packages of every platform, and its metadata.

    ``content_hash`` maps platforms to a hash of what was asked. conda-lock's own would be one of its scratch source,
    with this run's loopback ports in it, so one of the settings stands there, which no added package changes.
    ``facts`` are mixlock's own (``custom_metadata``); ``sources`` counts the specs it was made from. ``making`` comes
    from the stamp beside it, and ``is_stamped`` is whether that stamp is of just this file.
    """

    packages: tuple[LockedPackage, ...]
    channels: tuple[str, ...]
    platforms: tuple[Subdir, ...]
    content_hash: Mapping[str, str]
    facts: Mapping[str, str]
    sources: int = 1
    making: Making = field(default_factory=Making)
    is_stamped: bool = False

    def for_platform(self, platform: Subdir) -> tuple[LockedPackage, ...]:
        """Return one platform's packages."""
        return tuple(package for package in self.packages if package.platform == platform)
