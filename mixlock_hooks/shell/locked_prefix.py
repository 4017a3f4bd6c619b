"""A prefix that holds a locked environment and nothing else: conda's packages, then pip's from wheels alone."""

from __future__ import annotations

import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.uv_program import find_uv, uv_environment
from mixlock_hooks.shell.wheelhouse.interpreters import install_conda, python_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.model.locked import LockedPackage

_STAMP = ".mixlock-stamp"
_UNUSED_SECONDS = 7 * 86400


@contextmanager
def held(prefix: Path) -> Iterator[None]:
    """Keep other runs from changing a prefix.

    Raises:
        CannotDoError: the folder that holds it cannot be written.
    """
    lock = FileLock(f"{prefix}.lock", thread_local=False)
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise CannotDoError(f"{prefix}: cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def is_made_from(prefix: Path, stamp: str) -> bool:
    """Tell whether a prefix was made from something, to its end, and holds no other packages since."""
    try:
        made = (prefix / _STAMP).read_text(encoding="utf-8") == _told(prefix, stamp)
        (prefix / _STAMP).touch()  # used today
    except OSError:
        return False
    return made


def mark(prefix: Path, stamp: str) -> None:
    """Note what a prefix was made from, once it is whole."""
    (prefix / _STAMP).write_text(_told(prefix, stamp), encoding="utf-8")


def _told(prefix: Path, stamp: str) -> str:
    packages = (*prefix.glob("conda-meta/*.json"), *prefix.glob("lib/python*/site-packages/*.dist-info"))
    return "\n".join([stamp, *sorted(package.name for package in packages)])


def remove_old(folder: Path, kept: Path) -> None:
    """Remove the prefixes beside one that nobody has used for a week."""
    for stamp in folder.glob(f"*/{_STAMP}"):
        if stamp.parent != kept and time.time() - stamp.stat().st_mtime > _UNUSED_SECONDS:
            shutil.rmtree(stamp.parent, ignore_errors=True)


def renew(prefix: Path, conda: Sequence[LockedPackage]) -> None:
    """Make a prefix anew with conda's packages.

    Raises:
        CannotDoError: one cannot be fetched, or is another than its hash says.
    """
    shutil.rmtree(prefix, ignore_errors=True)
    if conda:
        install_conda(conda, prefix)
    prefix.mkdir(parents=True, exist_ok=True)


def install_wheels(prefix: Path, requirements: bytes, wheels: Path) -> None:
    """Install exactly these wheels with the prefix's python; each is verified, and no index is asked.

    Raises:
        CannotDoError: there is no python, or uv cannot install them.
    """
    uv = find_uv()
    python = python_in(prefix)
    if uv is None or not python.exists():
        raise CannotDoError(
            "uv is not installed here" if uv is None else "the lock holds no python for its pip packages"
        )
    with tempfile.TemporaryDirectory(prefix="mixlock-") as name:
        folder = Path(name)
        (folder / "requirements.txt").write_bytes(requirements)
        command = [
            *(uv, "pip", "install", "--quiet", "--no-config", "--python", str(python), "--break-system-packages"),
            *("--no-index", "--find-links", str(wheels), "--no-deps", "--require-hashes", "-r", "requirements.txt"),
        ]
        done = process.run(command, env=uv_environment(folder), cwd=folder)
    if done.status:
        raise CannotDoError(f"its wheels cannot be installed: {' '.join(done.stderr.split())[:400]}")
