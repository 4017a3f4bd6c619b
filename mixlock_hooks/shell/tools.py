"""Find the programs a lock needs, and say how to get them."""

from __future__ import annotations

import os
import re
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from packaging.specifiers import SpecifierSet

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell import process
from mixlock_hooks.shell.installation import missing_extra
from mixlock_hooks.shell.machine_config import cache_folder, solver_paths
from mixlock_hooks.shell.solver.clean_environment import timeout_seconds

EMBEDDED = "rattler"
"""The configured name of the solver that comes with mixlock."""

UV_NEEDED = ">=0.12.16"
"""The same lower bound stands in ``pyproject.toml``; older ones lack what is asked of uv here."""
_LOCK_EXTRA = ("build", "filelock", "pypi_simple", "rich", "tomlkit")
_WHEELHOUSE_EXTRA = ("build", "filelock", "pypi_simple", "requests", "tomlkit")


def require_lock_extra() -> None:
    """Make sure that the libraries of the extra ``lock`` are installed, before one of them is imported.

    Raises:
        CannotDoError: one is not.
    """
    if not all(find_spec(name) for name in _LOCK_EXTRA):
        raise missing_extra("lock")


def require_wheelhouse_extra() -> None:
    """Make sure that the libraries of the extra ``wheelhouse`` are installed, before one of them is imported.

    Raises:
        CannotDoError: one is not.
    """
    if not all(find_spec(name) for name in _WHEELHOUSE_EXTRA):
        raise missing_extra("wheelhouse")


def require_sbom_extra() -> None:
    """Make sure that the library of the extra ``sbom`` is installed, before it is imported.

    Raises:
        CannotDoError: it is not.
    """
    if not find_spec("cyclonedx"):
        raise missing_extra("sbom")


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
    raise missing_extra("lock", "conda-lock")


def early_conda_lock_command() -> list[str] | None:
    """Return the command that imports conda-lock ahead of its question; None where it is not this interpreter's."""
    return (
        [sys.executable, "-m", "mixlock_hooks.shell.solver.conda_lock_preloaded"] if find_spec("conda_lock") else None
    )


def conda_executable(solver: str) -> str:
    """Return the conda executable that conda-lock is given: the embedded stub, or the one configured.

    Raises:
        CannotDoError: it is not found.
    """
    if solver == EMBEDDED:
        beside = shutil.which("mixlock-conda", path=sysconfig.get_path("scripts"))
        found = beside or shutil.which("mixlock-conda")
        if found is None or find_spec("rattler") is None:
            raise missing_extra("lock", "the embedded solver")
        return found
    found = solver_paths().get(solver) or shutil.which(solver, path=absolute_path())
    if found is None:
        raise CannotDoError(f"solver = {solver!r} was not found; leave it out to use the embedded solver")
    return found


def require_solver(solver: str) -> str:
    """Return the conda executable that conda-lock is given, which runs.

    Raises:
        CannotDoError: it is not found, or does not run.
    """
    command = conda_executable(solver)
    if solver != EMBEDDED:
        refuse_broken(solver, command)
    return command


def refuse_broken(solver: str, command: str) -> None:
    """Refuse a solver of this machine's that does not run: conda-lock would say so without its words.

    Raises:
        CannotDoError: it does not tell its version.
    """
    try:
        done = process.run([command, "--version"], env=os.environ, cwd=Path.cwd())
    except OSError as error:
        raise CannotDoError(f"solver = {solver!r}: {command} does not run: {error.strerror}") from error
    if done.status:
        raise CannotDoError(f"solver = {solver!r}: {command} ended with {done.status}: {done.last_words}")


def refuse_program_of(root: Path, solver: str) -> None:
    """Refuse to run a solver that lies in the repository: a pull request could have brought it.

    Raises:
        CannotDoError: the solver lies below the root, or is not found.
    """
    found = Path(conda_executable(solver)).resolve() if solver != EMBEDDED else None
    if found and found.is_relative_to(root.resolve()):
        raise CannotDoError(f"solver = {solver!r} is {found}, a program of the repository, which is never run")


def absolute_path() -> str:
    """Return ``PATH`` without folders that depend on where a run begins: a repository could bring programs there."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())


def engine(uv: Tool | None = None) -> str:
    """Name the engines and their versions, as a lock records them."""
    asked = (f"uv {uv.version}",) if uv else ()
    return ", ".join((f"conda-lock {conda_lock_version()}", f"py-rattler {rattler_version()}", *asked))


def conda_lock_version() -> str:
    """Return the version of the conda-lock that is installed here; ``unknown`` for another one on ``PATH``."""
    return _version("conda-lock")


def rattler_version() -> str:
    """Return the version of the embedded conda solver."""
    return _version("py-rattler")


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A program and its version."""

    command: str
    version: str


def require_uv(required: str = "") -> Tool:
    """Return the uv that proposes, which must be one that mixlock understands.

    Args:
        required: a specifier (PEP 440) that the repository sets beside mixlock's own; empty for none.

    Raises:
        CannotDoError: there is no uv, it does not run, or it is of another version.
    """
    command = find_uv()
    if command is None:
        raise missing_extra("lock", "uv")
    return checked_uv(command, required)


def checked_uv(command: str, required: str = "") -> Tool:
    """Return a uv with its version.

    Args:
        command: where it is.
        required: a specifier (PEP 440) beside mixlock's own; empty for none.

    Raises:
        CannotDoError: it does not run, or is of another version.
    """
    found = Tool(command=command, version=_uv_version(command))
    for asked, who in ((UV_NEEDED, "mixlock needs"), (required, "this repository requires")):
        if not SpecifierSet(asked).contains(found.version, prereleases=True):
            raise CannotDoError(f"{command} is uv {found.version}, and {who} uv{asked}: `pip install 'uv{asked}'`")
    return found


def _uv_version(command: str) -> str:
    """Ask uv for its version: the first line is ``uv 0.13.9 (x86_64-unknown-linux-gnu)``."""
    try:
        done = process.run([command, "--version"], env=os.environ, cwd=Path.cwd())
    except OSError as error:
        raise CannotDoError(f"{command} does not run: {error.strerror}") from error
    found = re.match(r"uv (\d+(?:\.\d+)*(?:[a-z]+\d+)?)(?=\s|$)", done.stdout)
    if found is None:
        raise CannotDoError(f"{command} does not tell its version: {done.last_words}")
    return found[1]


def find_uv() -> str | None:
    """Return the uv beside this interpreter, else the one on ``PATH``; None where there is none."""
    return shutil.which("uv", path=sysconfig.get_path("scripts")) or shutil.which("uv")


def uv_environment(scratch: Path) -> dict[str, str]:
    """Return uv's variables: no settings of the user's, and nothing of its own outside of mixlock's cache."""
    dropped = ("UV_", "PIP_", "VIRTUAL_ENV", "CONDA_", "PYTHONPATH", "PYTHONHOME")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    certificate = os.environ.get("PIP_CERT")
    return {
        **({"SSL_CERT_FILE": certificate} if certificate else {}),
        **kept,
        "UV_CACHE_DIR": str(cache_folder("uv")),
        "UV_CREDENTIALS_DIR": str(scratch / "credentials"),
        "UV_HTTP_RETRIES": "1",
        "PATH": absolute_path(),
        "UV_KEYRING_PROVIDER": "subprocess" if shutil.which("keyring", path=absolute_path()) else "disabled",
        "UV_SYSTEM_CERTS": "true",
        "UV_HTTP_TIMEOUT": timeout_seconds(),
    }
