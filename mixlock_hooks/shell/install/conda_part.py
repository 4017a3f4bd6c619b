"""Have the library that installs conda packages install those of a lock, in a process of its own, and hear it out."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.machine_config import cache_folder, mirrors
from mixlock_hooks.shell.solver.clean_environment import timeout_seconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import Subdir

UNPACKED = ".mixlock-unpacked"
"""The folder in a prefix where packages are unpacked, for as long as they are installed."""
_STALLS, _TOTALS = 2, 240
"""How many times the timeout of an index a channel may send next to nothing, and a whole installation may take."""
_REMEDIES = {
    "hash mismatch": "the channel has another file than the lock says; `mixlock lock --verify` explains",
    "server stalls": "install again later, or let PIP_DEFAULT_TIMEOUT name more seconds",
    "404": "the channel no longer has this file; `mixlock lock --upgrade-package {name}` looks for another one",
    "the package itself is wrong": "`mixlock lock --upgrade-package {name}` looks for another one",
    "longer than the placeholder": "`--prefix` names a shorter one",
    "No space left": "make room, or name another disk with `--prefix` and MIXLOCK_CACHE_DIR",
    "cannot be unpacked": "`mixlock lock --upgrade-package {name}` looks for another one",
}
"""What helps, by a word of the library that installs; ``name`` is the package's."""
_OF_ONE_PACKAGE = ("hash mismatch", "the package itself is wrong", "cannot be unpacked")
_FILE = re.compile(r"(?P<name>[\w.\-]+)-[^-\s/]+-[^-\s/]+\.(?:conda|tar\.bz2)\b")


class WrongPackageError(CannotDoError):
    """A package is another than is locked, or is not to be installed; that says nothing of its host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaPart:
    """What is asked of the library that installs conda packages.

    ``platform`` is the packages'; ``runs_scripts`` lets those run that packages bring for after they are linked;
    ``keeps_others`` leaves packages alone that are not among these. ``kept`` are those that stay as they are.
    """

    packages: Sequence[LockedPackage]
    platform: Subdir
    runs_scripts: bool = False
    keeps_others: bool = False
    kept: frozenset[str] = frozenset()


def install(conda: CondaPart, prefix: Path, descriptors: tuple[int, ...]) -> None:
    """Install locked conda packages into a prefix.

    Raises:
        WrongPackageError: a package is another than its hash says, or would write elsewhere.
        CannotDoError: a package cannot be fetched.
    """
    command = [sys.executable, "-m", "mixlock_hooks.shell.install.conda_install"]
    here = cache_folder("conda-packages")  # python imports from where it runs: no folder of the repository's
    running = process.start(command, env=os.environ, cwd=here, keeps=descriptors)
    try:
        done = running.finish(json.dumps(_order(conda, prefix)), seconds=_TOTALS * float(timeout_seconds()))
    except process.OverrunError as error:
        remedy = "install again, which goes on with what was fetched, or let PIP_DEFAULT_TIMEOUT name more seconds"
        raise CannotDoError(f"conda's part cannot be installed: {error} ({remedy})") from error
    if done.status:
        words = done.last_words.strip()
        remedy = next((remedy for sign, remedy in _REMEDIES.items() if sign in words), "")
        missing = _FILE.search(words)
        remedy = remedy.format(name=missing["name"] if missing else "NAME")
        kind = WrongPackageError if any(sign in words for sign in _OF_ONE_PACKAGE) else CannotDoError
        raise kind(f"conda's part cannot be installed: {words}{remedy and f' ({remedy})'}")


def _order(conda: CondaPart, prefix: Path) -> dict[str, object]:
    return {
        "prefix": str(prefix),
        "platform": conda.platform,
        "cache": str(cache_folder("conda-packages")),
        "mirrors": {name: list(found) for name, found in mirrors().items()},
        "stall_seconds": _STALLS * float(timeout_seconds()),
        "link_scripts": conda.runs_scripts,
        "keeps_others": conda.keeps_others,
        "kept": sorted(conda.kept),
        "packages": [
            {
                "name": package.name,
                "version": package.version,
                "build": package.build,
                "url": package.url,
                "md5": package.md5,
                "sha256": package.sha256,
                "depends": [f"{name} {constraint}".strip() for name, constraint in package.dependencies.items()],
            }
            for package in conda.packages
        ],
    }
