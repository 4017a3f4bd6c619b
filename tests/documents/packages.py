"""What the channels and the index have that the pages lock against: small packages under well-known names."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from pypi_simple import PYPI_SIMPLE_ENDPOINT

from mixlock_hooks.model.settings import MACHINE_INDEX
from mixlock_hooks.synthetic.conda_packages import SyntheticCondaPackage
from mixlock_hooks.synthetic.projects import SyntheticProject, render_wheel
from tests.fakes import CondaChoice, FakeEngine, FakeEngines, Release
from tests.host_python import host_python
from tests.tables import CONDA_PACKAGES, INDEX_FILES

if TYPE_CHECKING:
    from collections.abc import Iterator

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The python of this machine, which stands for the 3.12 of the pages: what is installed must run."""
CONDA_FORGE = "https://conda.anaconda.org/conda-forge"
INDEX_ROOT = PYPI_SIMPLE_ENDPOINT.removesuffix("/").removesuffix("/simple")
COMPANY_INDEX = "https://packages.example.com/simple"

_MORE_CONDA = tuple(
    SyntheticCondaPackage(name=name, version=version, depends=depends, subdir=subdir)
    for subdir in ("linux-64", "osx-arm64", "win-64", "linux-aarch64")
    for name, version, depends in (
        ("scipy", "1.15.2", (f"python >={PYTHON}", "numpy >=1.26")),
        ("openssl", "3.4.1", ()),
        ("pytest", "8.3.5", (f"python >={PYTHON}",)),
        ("cuda-version", "12.4", ()),
    )
)
_MORE_PROJECTS = (
    SyntheticProject(name="flask", version="3.1.0", requires=("werkzeug>=3.1",)),
    SyntheticProject(name="werkzeug", version="3.1.3"),
    SyntheticProject(name="urllib3", version="2.5.0"),
    SyntheticProject(name="urllib3", version="1.26.20"),
    SyntheticProject(name="rich", version="14.0.0"),
)
INDEX_OF_ALL = (*INDEX_FILES, *map(render_wheel, _MORE_PROJECTS))
COMPANY_FILES = (render_wheel(SyntheticProject(name="forecast", version="4.2.0", requires=("requests>=2.31",))),)


def conda_packages(*, installable: bool = False) -> list[SyntheticCondaPackage]:
    """Return the packages of conda-forge, for this machine's python: by name only, or as one that runs."""
    known = [_for_this_python(package) for package in (*CONDA_PACKAGES, *_MORE_CONDA)]
    if not installable:
        return known
    own = replace(host_python(), version=f"{PYTHON}.11")
    return [own if (each.name, each.subdir) == (own.name, own.subdir) else each for each in known]


def _for_this_python(package: SyntheticCondaPackage) -> SyntheticCondaPackage:
    major, minor = PYTHON.split(".")
    bounds = f"python >={PYTHON},<{major}.{int(minor) + 1}.0a0"
    depends = tuple(bounds if need.startswith("python >=3.12") else need for need in package.depends)
    version = package.version.replace("3.12.", f"{PYTHON}.") if package.name == "python" else package.version
    return replace(package, version=version, depends=depends)


class _PublicEngine(FakeEngine):
    """Looks up within constraints, and says of the machine's index and of conda-forge where the public ones are."""

    def _conda_table(self) -> Iterator[CondaChoice]:
        for choice in super()._conda_table():
            yield replace(choice, url=choice.url.replace("conda-forge/", f"{CONDA_FORGE}/", 1))

    def _is_alike(self, found: Release) -> bool:
        bounds = (*self.request.spec.constraints, *self.request.spec.pip_constraints)
        within = all(found.version in SpecifierSet(each.specifier) for each in bounds if each.name == found.name)
        return within and super()._is_alike(found)

    def _files(self) -> Iterator[tuple[Release, str]]:
        for found, url in super()._files():
            yield found, url.replace(f"{MACHINE_INDEX}/", f"{INDEX_ROOT}/", 1)


def engines(*, installable: bool = False) -> FakeEngines:
    """Return engines that look up what the channels and indices have."""
    packages = conda_packages(installable=installable)
    channels = {"conda-forge": packages}
    indices = {MACHINE_INDEX: [*INDEX_OF_ALL], COMPANY_INDEX: [*COMPANY_FILES]}
    return FakeEngines(channels=channels, indices=indices, engine=_PublicEngine)
