"""Real sdists of every common backend: built in the sandbox, twice the same bytes, installed and imported."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.settings import MACHINE_INDEX
from mixlock_hooks.model.target import make_target
from mixlock_hooks.model.wheelhouse import WheelPlan
from mixlock_hooks.shell.build.builder import WheelBuilder
from mixlock_hooks.shell.build.interpreters import Interpreters
from mixlock_hooks.shell.build.launcher import Limits
from mixlock_hooks.shell.build.walls import Means, means
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.shell.index.indices import machine_index
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from tests.hosts import PYTHON

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.wheelhouse import BuiltWheel

pytestmark = pytest.mark.real

MODULES = {
    "tomli==2.0.1": "tomli",
    "typing-extensions==4.8.0": "typing_extensions",
    "packaging==24.1": "packaging.version",
    "flit-core==3.9.0": "flit_core",
    "idna==3.6": "idna",
    "attrs==23.2.0": "attr",
    "platformdirs==4.2.0": "platformdirs",
    "filelock==3.13.1": "filelock",
    "hatchling==1.21.0": "hatchling",
    "findpython==0.4.1": "findpython",
    "pdm-backend==2.1.8": "pdm.backend",
    "tomlkit==0.12.3": "tomlkit",
    "poetry-core==1.8.1": "poetry.core",
    "pluggy==1.4.0": "pluggy",
    "markupsafe==2.1.5": "markupsafe._speedups",
    "pyyaml==6.0.2": "yaml",
    "wrapt==1.16.0": "wrapt._wrappers",
    "msgpack==1.0.7": "msgpack",
    "greenlet==3.0.3": "greenlet._greenlet",
    "kiwisolver==1.4.5": "kiwisolver",
}
"""Projects by their backend: flit (5), hatchling (4), pdm (2), poetry-core (2), setuptools with C and C++ (7)."""


@pytest.fixture(name="builder")
def _builder(tmp_path: Path) -> tuple[WheelBuilder, WheelBuilder, RemoteFiles]:
    """Return what builds with all walls, and with those that a machine without namespaces has."""
    remote = RemoteFiles(tmp_path / "files", {}, 60.0)
    bare = Means(landlock=means().landlock, seccomp=True, supervised=True)
    return (
        WheelBuilder(Interpreters(), remote, Limits()),
        WheelBuilder(Interpreters(), remote, Limits(), bare),
        remote,
    )


def _plan(requirement: str, remote: RemoteFiles) -> WheelPlan:
    name, _, version = requirement.partition("==")
    page = remote.page(machine_index(), name)
    assert page
    sdist = next(each for each in page.packages if each.version == version and each.package_type == "sdist")
    package = LockedPackage(
        name=name,
        version=version,
        manager=Manager.PIP,
        platform=host_platform(),
        dependencies={},
        url=sdist.url,
        sha256=sdist.digests["sha256"],
    )
    return WheelPlan(
        environment=EnvironmentName("environment"),
        package=package,
        targets=(make_target(host_platform(), [("__glibc", "2.99")], {"python": PYTHON}, {}),),
        held={},
        sources=PypiSources(default_index=MACHINE_INDEX),
        place=at("locks/environment/conda-lock.yml"),
    )


def _built(builder: WheelBuilder, plan: WheelPlan, folder: Path) -> tuple[BuiltWheel, Path]:
    with builder.built(plan) as (wheel, file, _note):
        kept = folder / file.name
        kept.write_bytes(file.read_bytes())
    return wheel, kept


@pytest.mark.parametrize("requirement", MODULES)
def test_it_is_built_twice_alike_and_imported(
    builder: tuple[WheelBuilder, WheelBuilder, RemoteFiles], requirement: str, tmp_path: Path
) -> None:
    apart, bare, remote = builder
    plan = _plan(requirement, remote)
    first, file = _built(apart, plan, tmp_path)
    second, _same = _built(bare, plan, tmp_path)
    assert first.sha256 == second.sha256
    assert apart.metadata(plan)[0].startswith("Metadata-Version")
    target = tmp_path / "target"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(target)
    code = f"import sys; sys.path.insert(0, {str(target)!r}); import {MODULES[requirement]}"
    subprocess.run([sys.executable, "-I", "-c", code], check=True)
