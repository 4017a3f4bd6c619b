"""A tiny index is one that pip installs from and pypi-simple reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename
from pypi_simple import PyPISimple

from mixlock_hooks.shell.index.loopback import serve
from mixlock_hooks.synthetic.indices import write_index
from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEAF = SyntheticProject(name="leaf", version="1.0+cpu", requires_python=">=3.8,<4")
NEW_LEAF = SyntheticProject(name="leaf", version="2.0", requires_python="<3")
ROOT = SyntheticProject(name="Root.Of", version="1.0", requires=("leaf",))
FILES = (render_wheel(ROOT), render_sdist(ROOT), render_wheel(LEAF), render_wheel(NEW_LEAF))


def test_pip_follows_requirements_and_interpreters(tmp_path: Path, pip: Callable[..., None]) -> None:
    write_index(tmp_path / "index", FILES)
    with serve(tmp_path / "index") as url:
        pip(
            "install",
            "--no-compile",
            "--index-url",
            f"{url}/simple/",
            "--target",
            tmp_path / "site",
            "root-of",
        )
    assert sorted(path.name for path in (tmp_path / "site").glob("*.dist-info")) == [
        "leaf-1.0+cpu.dist-info",
        "root_of-1.0.dist-info",
    ]


def test_pages_tell_files_hashes_and_interpreters(tmp_path: Path) -> None:
    write_index(tmp_path, FILES)
    with serve(tmp_path) as url, PyPISimple(f"{url}/simple/") as client:
        projects = client.get_index_page().projects
        packages = [package for name in projects for package in client.get_project_page(name).packages]
    assert projects == ["leaf", "root-of"]
    assert {(package.filename, package.digests["sha256"], package.requires_python) for package in packages} == {
        (file.name, file.sha256, file.requires_python) for file in FILES
    }


def test_links_lead_to_the_files(tmp_path: Path) -> None:
    write_index(tmp_path / "index", FILES)
    with serve(tmp_path / "index") as url, PyPISimple(f"{url}/simple/") as client:
        for package in client.get_project_page("leaf").packages:
            client.download_package(package, tmp_path / package.filename, verify=True)
    assert (tmp_path / "leaf-1.0+cpu-py3-none-any.whl").read_bytes() == render_wheel(LEAF).content


def test_order_of_files_does_not_change_a_page(tmp_path: Path) -> None:
    write_index(tmp_path / "one", FILES)
    write_index(tmp_path / "two", reversed(FILES))
    assert pages(tmp_path / "one") == pages(tmp_path / "two")


def pages(directory: Path) -> dict[Path, bytes]:
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*.html")}


@pytest.mark.parametrize(
    ("name", "error"),
    [("leaf.whl", InvalidWheelFilename), ("leaf.exe", InvalidSdistFilename)],
)
def test_what_is_neither_wheel_nor_sdist_is_refused(tmp_path: Path, name: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        write_index(tmp_path, [RenderedFile(name=name, content=b"")])
