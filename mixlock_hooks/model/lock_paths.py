"""Where the files of a lock stand, and what their names say."""

from __future__ import annotations

from mixlock_hooks.model.names import EnvironmentName, Subdir

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


def folder_of(lock_dir: str, environment: EnvironmentName) -> str:
    """Return the folder of an environment's lock, relative to the repository's root."""
    return f"{lock_dir}/{environment}"


def lockfile_path(lock_dir: str, environment: EnvironmentName) -> str:
    """Return an environment's lockfile, relative to the repository's root."""
    return f"{folder_of(lock_dir, environment)}/{LOCKFILE}"


def imported_path(lock_dir: str, flow: str) -> str:
    """Return where the record of an imported flow stands, relative to the root: beside the locks of its steps."""
    return f"{lock_dir}/{flow.removesuffix('.py')}/{IMPORTED}"


def environment_of(path: str, lock_dir: str) -> EnvironmentName | None:
    """Return whose lockfile a path is; None for any other file."""
    begin, end = f"{lock_dir}/", f"/{LOCKFILE}"
    inside = path.startswith(begin) and path.endswith(end) and len(path) > len(begin) + len(end)
    return EnvironmentName(path[len(begin) : -len(end)]) if inside else None


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
