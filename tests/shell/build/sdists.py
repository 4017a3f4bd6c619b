"""Sdists as nobody would wish them, and plans to build them."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.pypi_sources import PypiSources
from mixlock_hooks.model.settings import NO_INDEX
from mixlock_hooks.model.target import make_target
from mixlock_hooks.model.wheelhouse import WheelPlan
from mixlock_hooks.shell.host import host_platform
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_wheel
from tests.hosts import PYTHON

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOP = "odd-1.0"
PYPROJECT = b'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
WHEEL = render_wheel(SyntheticProject(name="odd", version="1.0"))
OTHER = render_wheel(SyntheticProject(name="other", version="1.0"))
NEWER = render_wheel(SyntheticProject(name="odd", version="2.0"))
_LOCAL, _CENTRAL = b"PK\x03\x04\x14\0", b"PK\1\2\x14\3\x14\0"
ENCRYPTED = RenderedFile(
    name=WHEEL.name,
    content=WHEEL.content.replace(_LOCAL + b"\0", _LOCAL + b"\1").replace(_CENTRAL + b"\0", _CENTRAL + b"\1"),
)
BACKEND = """\
import os, pathlib, shutil, socket, subprocess, sys, time
HERE = pathlib.Path(__file__).parent

def build_wheel(folder, config_settings=None, metadata_directory=None):
    target = pathlib.Path(folder)
    {body}
    shutil.copy(HERE / "{wheel}", target)
    return "{wheel}"
"""


def backend(body: str = "pass", wheel: RenderedFile = WHEEL) -> dict[str, bytes]:
    """Return an sdist whose backend runs a line of Python before it gives a wheel that it brought along."""
    return {
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND.format(body=body, wheel=wheel.name).encode(),
        wheel.name: wheel.content,
    }


def tar_of(members: Mapping[str, bytes], odd: Iterable[tarfile.TarInfo] = (), top: str = TOP) -> RenderedFile:
    """Render an sdist as a tar archive, with odd members at its end."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(f"{top}/{name}" if top else name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for entry in odd:
            archive.addfile(entry, io.BytesIO(b"x" * entry.size))
    return RenderedFile(name="odd-1.0.tar.gz", content=buffer.getvalue())


def zip_of(members: Mapping[str, bytes]) -> RenderedFile:
    """Render an sdist as a zip archive, with names as they are."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return RenderedFile(name="odd-1.0.zip", content=buffer.getvalue())


def odd_member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    """Return an odd member of a tar archive."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def plan_for(sdist: RenderedFile, url: str, **more: object) -> WheelPlan:
    """Plan the build of an sdist on this machine, with this python."""
    package = LockedPackage(
        name="odd",
        version="1.0",
        manager=Manager.PIP,
        platform=host_platform(),
        dependencies={},
        url=f"{url}/{sdist.name}",
        sha256=sdist.sha256,
    )
    known: dict[str, object] = {
        "environment": EnvironmentName("environment"),
        "package": package,
        "targets": (make_target(host_platform(), [("__glibc", "2.99")], {"python": PYTHON}, {}),),
        "held": {},
        "sources": PypiSources(default_index=NO_INDEX),
        "place": at("locks/environment/conda-lock.yml"),
    }
    return WheelPlan(**{**known, **more})  # type: ignore[arg-type]
