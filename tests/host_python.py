"""A conda package of this machine's own python: what a prefix needs to run, without tests, pip and caches."""

from __future__ import annotations

import sys
import sysconfig
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from tests.hosts import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT_OUT = frozenset(
    {
        *("site-packages", "dist-packages", "test", "tests", "__pycache__", "idlelib", "tkinter", "lib2to3"),
        *("turtledemo", "ensurepip", "pydoc_data"),
    }
)


@cache
def host_python() -> SyntheticCondaPackage:
    """Return the package, made from the interpreter that runs the tests."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = Path(sys.executable).resolve().read_bytes()
    programs = {"bin/python": interpreter, "bin/python3": interpreter, f"bin/{name}": interpreter}
    library = Path(sysconfig.get_path("stdlib"))
    files = {f"lib/{name}/{path.relative_to(library).as_posix()}": path.read_bytes() for path in _files(library)}
    return SyntheticCondaPackage(name="python", version=PYTHON, subdir=host_platform(), more={**programs, **files})


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT or path.name.startswith("config-") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _files(path)
        elif path.is_file():
            yield path
