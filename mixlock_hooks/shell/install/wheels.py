"""The prefixes of locked environments: pip's part of one, from wheels alone, and the ones that nobody uses."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.build.cache import WheelCache
from mixlock_hooks.shell.install.conda_part import UNPACKED
from mixlock_hooks.shell.install.conda_prefix import STAMP, python_in
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.tools import find_uv, uv_environment

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNUSED_SECONDS = 7 * 86400


def remove_old(folder: Path, kept: Path) -> None:
    """Remove the prefixes beside one that nobody has used for a week."""
    for stamp in folder.glob(f"*/{STAMP}"):
        if stamp.parent != kept and time.time() - stamp.stat().st_mtime > _UNUSED_SECONDS:
            shutil.rmtree(stamp.parent, ignore_errors=True)


def take(wheelhouse: Path, wanted: frozenset[str], folder: Path) -> int:
    """Copy wheels out of a wheelhouse, known by their SHA-256; return how many there are.

    They lie in the cache of built wheels too then, where the recorded ones are looked for.

    Args:
        wheelhouse: a folder of wheels, which may hold others.
        wanted: the SHA-256 of those that are locked or recorded.
        folder: where to.

    Raises:
        CannotDoError: it cannot be read.
    """
    cache, taken = WheelCache(cache_folder("wheels")), 0
    for file in sorted(wheelhouse.glob("*.whl")):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CannotDoError(f"{file}: cannot be read: {error.strerror}") from error
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 in wanted:
            (folder / file.name).write_bytes(content)
            cache.lay(sha256, file)
            taken += 1
    return taken


def install_wheels(prefix: Path, requirements: bytes, wheels: Path, descriptors: tuple[int, ...] = ()) -> None:
    """Install exactly these wheels with the prefix's python; each is verified, and no index is asked.

    They are unpacked below the prefix and moved into place by links, which then are the only ones: no unpacked wheel
    is believed a second time.

    Args:
        prefix: the prefix.
        requirements: the wheels' names, versions and hashes, as pip reads them.
        wheels: the folder that holds them.
        descriptors: those of the prefix's lock.

    Raises:
        CannotDoError: there is no python, or uv cannot install them.
    """
    words = (
        *("install", "--link-mode", "hardlink", "--reinstall"),
        *("--no-index", "--find-links", str(wheels), "--no-deps", "--require-hashes", "-r", "-"),
    )
    _told(prefix, words, descriptors, requirements.decode())


def remove_wheels(prefix: Path, names: Sequence[str], descriptors: tuple[int, ...] = ()) -> None:
    """Remove what was installed of these projects.

    Args:
        prefix: the prefix.
        names: the projects.
        descriptors: those of the prefix's lock.

    Raises:
        CannotDoError: there is no python, or uv cannot remove them.
    """
    _told(prefix, ("uninstall", *names), descriptors)


def _told(prefix: Path, words: Sequence[str], descriptors: tuple[int, ...], said: str = "") -> None:
    uv = find_uv()
    python = python_in(prefix)
    if uv is None or not python.exists():
        raise CannotDoError(
            "uv is not installed here" if uv is None else "the lock holds no python for its pip packages"
        )
    options = ("--quiet", "--no-config", "--python", str(python), "--break-system-packages")
    unpacked = prefix / UNPACKED
    with tempfile.TemporaryDirectory(prefix="mixlock-") as name:
        command = [uv, "pip", words[0], *options, *words[1:]]
        environment = {**uv_environment(Path(name)), "UV_CACHE_DIR": str(unpacked)}
        done = process.start(command, env=environment, cwd=Path(name), keeps=descriptors).finish(said)
    shutil.rmtree(unpacked, ignore_errors=True)
    if done.status:
        raise CannotDoError(f"its wheels cannot be {words[0]}ed: {' '.join(done.stderr.split())[:400]}")
