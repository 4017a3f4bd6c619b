"""Find the programs a lock needs, and say how to get them."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec

from mixlock_hooks.model.failure import CannotDoError

EMBEDDED = "rattler"
"""The configured name of the solver that comes with mixlock."""

_LOCK_EXTRA = ("build", "filelock", "pypi_simple", "rich", "tomlkit")
_WHEELHOUSE_EXTRA = ("build", "filelock", "pypi_simple", "requests", "tomlkit")


def require_lock_extra() -> None:
    """Make sure that the libraries of the extra ``lock`` are installed, before one of them is imported.

    Raises:
        CannotDoError: one is not.
    """
    if not all(find_spec(name) for name in _LOCK_EXTRA):
        raise CannotDoError("the extra `lock` is not installed here: `pip install 'mixlock[lock]'` brings it")


def require_wheelhouse_extra() -> None:
    """Make sure that the libraries of the extra ``wheelhouse`` are installed, before one of them is imported.

    Raises:
        CannotDoError: one is not.
    """
    if not all(find_spec(name) for name in _WHEELHOUSE_EXTRA):
        raise CannotDoError(
            "the extra `wheelhouse` is not installed here: `pip install 'mixlock[wheelhouse]'` brings it"
        )


def conda_lock_command() -> list[str]:
    """Return the command that runs conda-lock: this interpreter's, else the one on ``PATH``.

    Raises:
        CannotDoError: there is none.
    """
    if find_spec("conda_lock"):
        return [sys.executable, "-m", "conda_lock"]
    found = shutil.which("conda-lock")
    if found:
        return [found]
    raise CannotDoError("conda-lock is not installed here: `pip install 'mixlock[lock]'` brings it")


def early_conda_lock_command() -> list[str] | None:
    """Return the command that imports conda-lock ahead of its question; None where it is not this interpreter's."""
    return [sys.executable, "-m", "mixlock_hooks.shell.early_conda_lock"] if find_spec("conda_lock") else None


def conda_executable(solver: str) -> str:
    """Return the conda executable that conda-lock is given: the embedded stand-in, or the one configured.

    Raises:
        CannotDoError: it is not found.
    """
    if solver == EMBEDDED:
        beside = shutil.which("mixlock-conda", path=sysconfig.get_path("scripts"))
        found = beside or shutil.which("mixlock-conda")
        if found is None or find_spec("rattler") is None:
            raise CannotDoError("the embedded solver is not installed here: `pip install 'mixlock[lock]'` brings it")
        return found
    found = shutil.which(solver)
    if found is None:
        raise CannotDoError(f"solver = {solver!r} is not found; leave it out to use the embedded one")
    return found


def engine() -> str:
    """Name the engines and their versions, as a lock records them."""
    return f"conda-lock {_version('conda-lock')}, py-rattler {_version('py-rattler')}"


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"
