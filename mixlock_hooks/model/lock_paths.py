"""Where the files of a lock stand, and what their names say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.names import Subdir

if TYPE_CHECKING:
    from mixlock_hooks.model.names import EnvironmentName

LOCKFILE = "conda-lock.yml"
ALIASES = "aliases.toml"


def aliases_path(lock_dir: str) -> str:
    """Return where a repository keeps its named environments, relative to its root."""
    return f"{lock_dir}/{ALIASES}"


def folder_of(lock_dir: str, environment: EnvironmentName) -> str:
    """Return the folder of an environment's lock, relative to the repository's root."""
    return f"{lock_dir}/{environment}"


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
