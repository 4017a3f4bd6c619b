"""A prefix that holds a locked environment and nothing else: conda's packages, then pip's from wheels alone."""

from __future__ import annotations

import shutil
import tempfile
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


@contextmanager
def held(prefix: Path) -> Iterator[None]:
    """Keep other runs from changing a prefix.

    Raises:
        CannotDoError: the folder that holds it cannot be written.
    """
    try:
        prefix.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{prefix}.lock", thread_local=False):
            yield
    except OSError as error:
        raise CannotDoError(f"{prefix}: cannot be written: {error.strerror}") from error


def stamp_of(prefix: Path) -> str:
    """Return what a prefix was made from; empty where it was not made, or not to its end."""
    try:
        return (prefix / _STAMP).read_text(encoding="utf-8")
    except OSError:
        return ""


def stamp(prefix: Path, made_from: str) -> None:
    """Note what a prefix was made from, once it is whole."""
    (prefix / _STAMP).write_text(made_from, encoding="utf-8")


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
