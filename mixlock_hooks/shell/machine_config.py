"""What belongs to a machine, not to a repository (``config.toml``): mirrors, solvers, credentials, the cache."""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

import platformdirs

from mixlock_hooks.formats.machine_config import parse_credential_hosts, parse_mirrors, parse_solvers
from mixlock_hooks.model.failure import CannotDoError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

CONFIG_FILE = "MIXLOCK_CONFIG_FILE"
"""The environment variable that names a machine's configuration, where it is not in its usual place."""

CACHE_FOLDER = "MIXLOCK_CACHE_DIR"
"""The environment variable that names the cache, where it is not in its usual place."""


def mirrors() -> Mapping[str, tuple[str, ...]]:
    """Read ``[mirrors]`` of the user's ``config.toml``: canonical URLs and where their content comes from.

    ``MIXLOCK_CONFIG_FILE`` names another file.

    Raises:
        UsageError: the file is not valid.
    """
    return _read(parse_mirrors, MappingProxyType({}))


def solver_paths() -> Mapping[str, str]:
    """Read ``[solvers]`` of the user's ``config.toml``: where each solver is on this machine.

    Raises:
        UsageError: the file is not valid.
    """
    return _read(parse_solvers, MappingProxyType({}))


def credential_hosts() -> frozenset[str]:
    """Read ``[credentials]`` of the user's ``config.toml``: hosts that may be sent what a URL's variables hold.

    Raises:
        UsageError: the file is not valid.
    """
    return _read(parse_credential_hosts, frozenset())


def config_file() -> Path:
    """Return where the machine's configuration is, or would be."""
    named = os.environ.get(CONFIG_FILE)
    return Path(named) if named else platformdirs.user_config_path("mixlock") / "config.toml"


def _read(parse: Callable[[str], T], absent: T) -> T:
    named = os.environ.get(CONFIG_FILE)
    file = config_file()
    try:
        return parse(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if named:
            raise UsageError(f"{CONFIG_FILE}={named}: no such file") from error
        return absent
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{file}: {error}") from error


def cache_root() -> Path:
    """Return where the user's cache is, or would be."""
    named = os.environ.get(CACHE_FOLDER)
    return Path(named) if named else platformdirs.user_cache_path("mixlock")


RUNNING = "running"
"""The folder with the file locks of runs that go on."""
CACHES = frozenset(
    {
        *(
            "answers",
            "builds",
            "conda-packages",
            "interpreters",
            "poetry",
            "pypi",
            "repodata",
            "sdist-metadata",
            "uv",
            "wheels",
        ),
        RUNNING,
    }
)
"""Every folder of the cache: only these are ever made, and only these removed."""


def cache_folder(name: str) -> Path:
    """Return a folder of the user's cache, made if need be; ``MIXLOCK_CACHE_DIR`` names another cache.

    Args:
        name: one of ``CACHES``.

    Raises:
        CannotDoError: it cannot be made.
    """
    if name not in CACHES:
        raise ValueError(f"{name} is not a folder of the cache")
    folder = cache_root() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotDoError(f"{folder}: the cache cannot be written: {error.strerror}") from error
    return folder
