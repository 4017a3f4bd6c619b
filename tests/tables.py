"""The small packages that tests lock against: what the channel and the index have, and engines that look it up."""

from __future__ import annotations

from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_sdist, render_wheel
from tests.fakes import FakeEngines

CHANNEL = "https://conda.example/science"
INDEX = "https://index.example/simple"

_PYTHON = "python >=3.12,<3.13.0a0"
CONDA_PACKAGES = (
    *(
        SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)
        for subdir in ("linux-64", "osx-arm64", "win-64")
        for name, version, depends in (
            ("libblas", "3.11.0", ()),
            ("python", "3.12.11", ()),
            ("numpy", "1.26.4", (_PYTHON, "libblas >=3.9")),
            ("numpy", "2.2.6", (_PYTHON, "libblas >=3.9")),
            ("pandas", "2.2.3", (_PYTHON, "numpy >=1.26,<3")),
        )
    ),
    SyntheticCondaPackage(name="pip", version="25.2", depends=("python >=3.9",)),
    SyntheticCondaPackage(name="tzdata", version="2026c"),
)
PROJECTS = (
    SyntheticProject(name="requests", version="2.31.0", requires=("idna>=3",)),
    SyntheticProject(name="requests", version="2.32.0", requires=("idna>=3",)),
    SyntheticProject(name="idna", version="3.10"),
    SyntheticProject(name="colors", version="1.0"),
    SyntheticProject(name="frames", version="1.0", requires=("numpy<2",)),
    SyntheticProject(name="frames", version="2.0", requires=("numpy>=2",)),
    SyntheticProject(name="wheels-only", version="1.0", tag="cp312-cp312-win_amd64"),
)
SDISTS = (
    render_sdist(SyntheticProject(name="tiny-log", version="0.3.2", requires=("colors",))),
    render_sdist(SyntheticProject(name="old-style", version="0.1", requires=("colors",)), static_metadata=False),
)


INDEX_FILES = (*map(render_wheel, PROJECTS), *SDISTS)


def tables() -> FakeEngines:
    """Return engines that look up what the channel and the index have."""
    return FakeEngines(channels={CHANNEL: [*CONDA_PACKAGES]}, indices={INDEX: [*INDEX_FILES]})
