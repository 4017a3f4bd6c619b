"""The demo's world: a channel and an index of tiny real packages, told apart by URLs that nobody can reach.

The specs name ``https://conda.demo.example`` and ``https://index.demo.example``; the machine's configuration
maps both to loopback, so that a lock never names the port of the day.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mixlock_hooks.demo.own_python import SERIES, own_python
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage, write_channel
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHANNEL = "https://conda.demo.example/science"
INDEX = "https://index.demo.example/simple"

PLATFORMS = ("linux-64", "osx-arm64")

_WHEELS = (
    SyntheticProject(name="frames", version="1.4.0", requires=("numpy>=1.26", "tiny-log>=0.3")),
    SyntheticProject(name="frames", version="2.0.0", requires=("numpy>=2", "tiny-log>=0.3")),
    SyntheticProject(name="tracker", version="0.9.1", requires=("tiny-log",)),
    SyntheticProject(name="tiny-log", version="0.3.2"),
)


def _conda(host: str) -> Iterator[SyntheticCondaPackage]:
    """Yield the channel's packages; that of python can be installed here, if this machine is one of the platforms."""
    blas, python = "libblas >=3.9", f"python {SERIES}.*"
    for subdir in PLATFORMS:
        yield own_python(subdir, installed=subdir == host)
        for name, version, depends in (
            ("libblas", "3.11.0", ()),
            ("openssl", "3.6.3", ()),
            ("numpy", "1.26.4", (python, blas)),
            ("numpy", "2.2.6", (python, blas)),
            ("scipy", "1.16.0", (python, "numpy >=1.26,<3")),
        ):
            yield SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)
    yield SyntheticCondaPackage(name="pip", version="25.2", depends=("python >=3.9",))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Build the world below a folder, serve it on loopback, and give the machine's configuration for it."""
    write_channel(folder / "science", [*_conda(host_platform())])
    write_index(folder / "index", [*map(render_wheel, _WHEELS)])
    with serve(folder) as base:
        yield f'[mirrors]\n"{CHANNEL}" = ["{base}/science"]\n"{INDEX}" = ["{base}/index/simple"]\n'
