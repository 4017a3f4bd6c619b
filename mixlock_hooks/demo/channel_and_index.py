"""The demo's world: a channel and an index of tiny real packages, told apart by URLs that nobody can reach.

The specs name ``https://conda.demo.example`` and ``https://index.demo.example``; the machine's configuration
maps both to loopback, so that a lock never names the port of the day.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import SyntheticProject, render_sdist, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANNEL = "https://conda.demo.example/science"
INDEX = "https://index.demo.example/simple"

_BLAS = "libblas >=3.9"
_PYTHON = "python >=3.12,<3.13.0a0"

_CONDA = (
    *(
        SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)
        for subdir in ("linux-64", "osx-arm64")
        for name, version, depends in (
            ("libblas", "3.11.0", ()),
            ("openssl", "3.6.3", ()),
            ("python", "3.12.11", ("openssl >=3.5,<4.0a0",)),
            ("numpy", "1.26.4", (_PYTHON, _BLAS)),
            ("numpy", "2.2.6", (_PYTHON, _BLAS)),
            ("scipy", "1.16.0", (_PYTHON, "numpy >=1.26,<3")),
        )
    ),
    SyntheticCondaPackage(name="pip", version="25.2", depends=("python >=3.9",)),
    SyntheticCondaPackage(name="tzdata", version="2026c"),
)

_WHEELS = (
    SyntheticProject(name="frames", version="1.4.0", requires=("numpy>=1.26", "tiny-log>=0.3")),
    SyntheticProject(name="frames", version="2.0.0", requires=("numpy>=2", "tiny-log>=0.3")),
    SyntheticProject(name="tracker", version="0.9.1", requires=("tiny-log",)),
)
_SDISTS = (SyntheticProject(name="tiny-log", version="0.3.2"),)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Build the world below a folder, serve it on loopback, and give the machine's configuration for it."""
    write_channel(folder / "science", _CONDA)
    write_index(folder / "index", [*map(render_wheel, _WHEELS), *map(render_sdist, _SDISTS)])
    with serve(folder) as base:
        yield f'[mirrors]\n"{CHANNEL}" = ["{base}/science"]\n"{INDEX}" = ["{base}/index/simple"]\n'
