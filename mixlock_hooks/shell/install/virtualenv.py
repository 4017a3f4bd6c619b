"""Lay a virtualenv over a conda prefix: its python becomes the prefix's, and sees all that the prefix holds.

A virtualenv is a folder with a ``pyvenv.cfg`` that names the home of its python (PEP 405). What made the file is kept
in it, so that the tool that made the virtualenv knows it again.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.install.conda_prefix import python_in
from mixlock_hooks.shell.install.constraints import projects
from mixlock_hooks.shell.install.prefix_contents import libraries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from importlib.metadata import Distribution

_CONFIG = "pyvenv.cfg"
_OURS = "mixlock"
_HEAD = 2048
_MARK = b"# placed by mixlock\n"
_SHEBANG = "#!/bin/sh\n'''exec' {python} \"$0\" \"$@\"\n' '''\n"
"""A path in it may have spaces and any length, unlike in a line that begins with ``#!`` (as pip and uv write it)."""
_PYTHONS = re.compile(r"python(?:\d+(?:\.\d+)?)?")


def lay_over(virtualenv: Path, prefix: Path) -> tuple[str, ...]:
    """Make a virtualenv one of a prefix's python, and let its programs be found there.

    What the virtualenv has of the locked projects in another version is removed, such as the setuptools and pip that
    it was made with; their names are returned.

    Raises:
        CannotDoError: the system is Windows, whose virtualenvs cannot be changed so; a file cannot be written; or the
            virtualenv was laid over a python that the lock no longer has.
    """
    if sys.platform == "win32":
        raise CannotDoError("on Windows, give the session a conda backend: venv_backend='micromamba'")
    try:
        if python_in(prefix).is_file():
            _rewrite(virtualenv / _CONFIG, prefix)
            for library in (prefix / "lib").glob("python3.*"):
                (virtualenv / "lib" / library.name / "site-packages").mkdir(parents=True, exist_ok=True)
        elif _OURS in _read(virtualenv / _CONFIG):
            raise CannotDoError(f"{virtualenv} is for a python that is no longer locked; run nox without -r once")
        _place_programs(virtualenv / "bin", prefix / "bin")
        return tuple(_remove_shadows(virtualenv, projects(prefix)))
    except OSError as error:
        raise CannotDoError(f"{virtualenv}: cannot be laid over {prefix}: {error.strerror}") from error


def _remove_shadows(virtualenv: Path, locked: Mapping[str, Distribution]) -> Iterator[str]:
    for name, shadow in projects(virtualenv).items():
        if name in locked and shadow.version != locked[name].version:
            _remove([Path(str(file.locate())) for file in shadow.files or ()], virtualenv)
            yield f"{name} {shadow.version}"


def _remove(files: Sequence[Path], virtualenv: Path) -> None:
    """Remove files, and the folders that are empty then: one that is left would be a package without a name."""
    for file in files:
        file.unlink(missing_ok=True)
    kept = {virtualenv / "bin", *libraries(virtualenv)}
    folders = {folder for file in files for folder in file.parents if kept & set(folder.parents)} - kept
    for folder in sorted(folders, reverse=True):
        shutil.rmtree(folder / "__pycache__", ignore_errors=True)
        with suppress(OSError):
            folder.rmdir()


def _read(config: Path) -> dict[str, str]:
    return dict(line.split(" = ", 1) for line in config.read_text(encoding="utf-8").splitlines() if " = " in line)


def _rewrite(config: Path, prefix: Path) -> None:
    ours = {"home": str(prefix / "bin"), "include-system-site-packages": "true", _OURS: "true"}
    gone = {"version", "version_info", "executable", "command", "base-prefix", "base-exec-prefix", "base-executable"}
    kept = {name: value for name, value in _read(config).items() if name not in gone}
    config.write_text("".join(f"{name} = {value}\n" for name, value in {**kept, **ours}.items()), encoding="utf-8")


def _place_programs(folder: Path, programs: Path) -> None:
    """Place every program of the prefix that the virtualenv does not have itself; python is always the prefix's.

    A script of python gets the virtualenv's python, so that it sees what the session installs beside.
    """
    for link in folder.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()
    for program in programs.iterdir():
        if program.name.startswith(".") or not os.access(program, os.X_OK) or program.is_dir():
            continue
        place = folder / program.name
        if _PYTHONS.fullmatch(program.name) or place.is_symlink() or _is_placed(place):
            place.unlink(missing_ok=True)
        if place.exists():
            continue
        body = _script(program, programs)
        if body is None:
            place.symlink_to(program)
        else:
            place.write_bytes(_SHEBANG.format(python=shlex.quote(str(folder / "python"))).encode() + _MARK + body)
            place.chmod(0o755)


def _is_placed(place: Path) -> bool:
    return place.is_file() and _MARK in place.read_bytes()[:_HEAD]


def _script(program: Path, programs: Path) -> bytes | None:
    """Return a script of the prefix's python without the lines that name it; None for any other program."""
    with program.open("rb") as file:
        if file.read(2) != b"#!":
            return None
    content = program.read_bytes()
    first, _, body = content.partition(b"\n")
    python = str(programs / "python").encode()
    if python in first:
        return body
    if body.startswith(b"'''exec'") and _is_python_of(programs, body.partition(b"\n")[0]):
        return body.partition(b"'''\n")[2]
    return None


def _is_python_of(programs: Path, line: bytes) -> bool:
    """Return whether the second line of a script, which a shell reads, runs the prefix's python."""
    with suppress(ValueError):
        return Path(shlex.split(os.fsdecode(line))[1]).parent == programs
    return False
