"""Lay a virtualenv over a conda prefix: its python becomes the prefix's, and sees all that the prefix holds.

A virtualenv is a folder with a ``pyvenv.cfg`` that names the home of its python (PEP 405). What made the file is kept
in it, so that the tool that made the virtualenv knows it again.
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.shell.wheelhouse.interpreters import python_in

if TYPE_CHECKING:
    from pathlib import Path

_CONFIG = "pyvenv.cfg"
_PYTHONS = re.compile(r"python(?:\d+(?:\.\d+)?)?")


def lay_over(virtualenv: Path, prefix: Path) -> None:
    """Make a virtualenv one of a prefix's python, and let its programs be found there.

    Raises:
        CannotDoError: the system is Windows, whose virtualenvs cannot be changed so, or a file cannot be written.
    """
    if sys.platform == "win32":
        raise CannotDoError("on Windows, give the session a conda backend: venv_backend='micromamba'")
    try:
        if python_in(prefix).is_file():
            _rewrite(virtualenv / _CONFIG, prefix)
            for library in (prefix / "lib").glob("python3.*"):
                (virtualenv / "lib" / library.name / "site-packages").mkdir(parents=True, exist_ok=True)
        _link(virtualenv / "bin", prefix / "bin")
    except OSError as error:
        raise CannotDoError(f"{virtualenv}: cannot be laid over {prefix}: {error.strerror}") from error


def _rewrite(config: Path, prefix: Path) -> None:
    known = dict(line.split(" = ", 1) for line in config.read_text(encoding="utf-8").splitlines() if " = " in line)
    ours = {"home": str(prefix / "bin"), "include-system-site-packages": "true"}
    gone = {"version", "version_info", "executable", "command", "base-prefix", "base-exec-prefix", "base-executable"}
    kept = {name: value for name, value in known.items() if name not in gone}
    config.write_text("".join(f"{name} = {value}\n" for name, value in {**kept, **ours}.items()), encoding="utf-8")


def _link(folder: Path, programs: Path) -> None:
    """Link every program of the prefix that the virtualenv does not have itself; python is always the prefix's."""
    for link in folder.iterdir():
        if link.is_symlink() and not link.exists():
            link.unlink()
    for program in programs.iterdir():
        if not os.access(program, os.X_OK) or program.is_dir():
            continue
        link = folder / program.name
        if _PYTHONS.fullmatch(program.name) or link.is_symlink():
            link.unlink(missing_ok=True)
        if not link.exists():
            link.symlink_to(program)
