"""A conda package of the python that runs the demo, so that what the demo locks can be installed and run."""

from __future__ import annotations

import sys
from pathlib import Path

from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage

SERIES = f"{sys.version_info.major}.{sys.version_info.minor}"


def own_python(subdir: str, *, installed: bool) -> SyntheticCondaPackage:
    """Return the package for one platform.

    Args:
        subdir: the platform.
        installed: it is this machine's: the package holds a copy of the interpreter, which finds the standard
            library where the machine has it, as in a virtual environment (PEP 405).
    """
    version = f"{SERIES}.{sys.version_info.micro}"
    files = _files() if installed else {}
    return SyntheticCondaPackage(
        name="python", version=version, depends=("openssl >=3.5,<4.0a0",), subdir=subdir, more=files
    )


def _files() -> dict[str, bytes]:
    interpreter = Path(sys.executable).resolve()
    names = ("bin/python", "bin/python3", f"bin/python{SERIES}")
    home = f"home = {interpreter.parent}\nversion = {SERIES}\ninclude-system-site-packages = false\n"
    return {**dict.fromkeys(names, interpreter.read_bytes()), "pyvenv.cfg": home.encode()}
