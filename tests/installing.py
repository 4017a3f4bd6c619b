"""Build the distributions of this checkout, and install them into fresh virtual environments without an index."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
_OFFLINE = ("--isolated", "--disable-pip-version-check", "--no-index", "--no-deps", "--quiet")


def build(kind: str, folder: Path, source: Path = ROOT) -> Path:
    """Build ``wheel`` or ``sdist`` into a folder with this interpreter's hatchling."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    (built,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return built


def make_venv(folder: Path, *, with_pip: bool = False) -> Path:
    """Make a virtual environment and return its python."""
    venv.create(folder, with_pip=with_pip, symlinks=os.name != "nt")
    return folder / ("Scripts" if os.name == "nt" else "bin") / "python"


def install_offline(python: Path, wheel: Path, requirements: Iterable[str]) -> None:
    """Install a wheel, and link what its requirements name, and what these need, from this interpreter."""
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", *_OFFLINE, str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    asked = [sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    target = Path(subprocess.run([python, *asked[1:]], check=True, capture_output=True, text=True).stdout.strip())
    for entry in dict.fromkeys(_entries(requirements)):
        (target / entry.name).symlink_to(entry)


def closure(requirements: Iterable[str]) -> set[str]:
    """Return the names of the distributions that requirements need in this interpreter's environment."""
    names: set[str] = set()
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (requirement.marker and not requirement.marker.evaluate({"extra": ""})) or name in names:
            continue
        names.add(name)
        waiting += [Requirement(text) for text in distribution(name).requires or ()]
    return names


def _entries(requirements: Iterable[str]) -> Iterator[Path]:
    """Yield the top-level files and folders of the requirements' distributions."""
    sites = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
    for name in closure(requirements):
        for file in distribution(name).files or ():
            found = Path(os.path.abspath(str(file.locate())))  # noqa: PTH100 - links must stay
            site = next((site for site in sites if site in found.parents), None)
            if site is not None and found.relative_to(site).parts[0] != "__pycache__":
                yield site / found.relative_to(site).parts[0]
