"""A tiny project is what pip, packaging and a build front end take for a project."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.metadata import Metadata

from mixlock_hooks.synthetic.projects import RenderedFile, SyntheticProject, render_sdist, render_wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PLAIN = SyntheticProject(name="Plain.Name", version="1.0")
RICH = SyntheticProject(
    name="rich-name",
    version="2.0rc1",
    requires=("plain-name>=1", "tomli; python_version < '3.11'"),
    requires_python=">=3.8",
    extras=(("fast", ("speed>2", "sugar; sys_platform == 'linux'")),),
)
BINARY = SyntheticProject(name="binary", version="3", tag="cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64")


def write(file: RenderedFile, directory: Path) -> Path:
    path = directory / file.name
    path.write_bytes(file.content)
    return path


def metadata_in_wheel(project: SyntheticProject) -> Metadata:
    with zipfile.ZipFile(io.BytesIO(render_wheel(project).content)) as archive:
        return Metadata.from_email(archive.read(f"{project.stem}.dist-info/METADATA"))


def metadata_in_sdist(project: SyntheticProject, *, static_metadata: bool) -> Metadata:
    content = render_sdist(project, static_metadata=static_metadata).content
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        member = archive.extractfile(f"{project.stem}/PKG-INFO")
        assert member is not None
        return Metadata.from_email(member.read())


@pytest.mark.parametrize(
    ("project", "wheel", "sdist"),
    [
        (PLAIN, "plain_name-1.0-py3-none-any.whl", "plain_name-1.0.tar.gz"),
        (RICH, "rich_name-2.0rc1-py3-none-any.whl", "rich_name-2.0rc1.tar.gz"),
        (BINARY, f"binary-3-{BINARY.tag}.whl", "binary-3.tar.gz"),
    ],
    ids=["name with a dot", "name with a hyphen", "wheel of two platforms"],
)
def test_file_names_are_normalized(project: SyntheticProject, wheel: str, sdist: str) -> None:
    assert (render_wheel(project).name, render_sdist(project).name) == (wheel, sdist)


@pytest.mark.parametrize("metadata", [metadata_in_wheel(RICH), metadata_in_sdist(RICH, static_metadata=True)])
def test_metadata_tells_requirements_extras_and_interpreters(metadata: Metadata) -> None:
    assert metadata.metadata_version == "2.2"
    assert metadata.dynamic is None
    assert str(metadata.requires_python) == ">=3.8"
    assert metadata.provides_extra == ["fast"]
    assert [str(requirement) for requirement in metadata.requires_dist or ()] == [
        "plain-name>=1",
        'tomli; python_version < "3.11"',
        'speed>2; extra == "fast"',
        'sugar; sys_platform == "linux" and extra == "fast"',
    ]


def test_an_old_sdist_does_not_tell_its_requirements() -> None:
    metadata = metadata_in_sdist(RICH, static_metadata=False)
    assert (metadata.metadata_version, metadata.name, metadata.requires_dist) == ("1.1", "rich-name", None)
    assert render_sdist(RICH, static_metadata=False).requires_python is None


def test_a_wheel_of_two_platforms_lists_both_tags() -> None:
    with zipfile.ZipFile(io.BytesIO(render_wheel(BINARY).content)) as archive:
        lines = archive.read("binary-3.dist-info/WHEEL").decode().splitlines()
    assert "Root-Is-Purelib: false" in lines
    assert [line for line in lines if line.startswith("Tag: ")] == [
        "Tag: cp311-cp311-manylinux2014_x86_64",
        "Tag: cp311-cp311-manylinux_2_17_x86_64",
    ]


def test_bytes_follow_from_the_project_alone() -> None:
    """A change of this hash changes every lockfile that holds one."""
    assert render_wheel(PLAIN).sha256 == "959f64b5abd31e190ac20ca30273b77c01f9957471dc648a28779d4181bc4efb"
    assert render_sdist(PLAIN) == render_sdist(PLAIN)


def test_pip_installs_the_wheel(tmp_path: Path, pip: Callable[..., None]) -> None:
    wheel = write(render_wheel(PLAIN), tmp_path)
    pip("install", "--no-index", "--no-compile", "--target", tmp_path / "site", wheel)
    assert sorted(path.name for path in (tmp_path / "site").iterdir()) == [
        "plain_name-1.0.dist-info",
        "plain_name.py",
    ]


@pytest.mark.parametrize("static_metadata", [True, False], ids=["static", "old style"])
def test_pip_builds_the_sdist_into_the_same_wheel(
    tmp_path: Path, pip: Callable[..., None], *, static_metadata: bool
) -> None:
    sdist = write(render_sdist(PLAIN, static_metadata=static_metadata), tmp_path)
    pip("wheel", "--no-index", "--no-deps", "--wheel-dir", tmp_path, sdist)
    wheel = render_wheel(PLAIN)
    assert (tmp_path / wheel.name).read_bytes() == wheel.content


def test_the_sdist_of_an_unpacked_sdist_builds_too(tmp_path: Path) -> None:
    with tarfile.open(write(render_sdist(PLAIN), tmp_path)) as archive:
        archive.extractall(tmp_path, filter="data")
    backend = "import in_tree_backend as backend; print(backend.build_sdist('..'))"
    tree = tmp_path / PLAIN.stem
    subprocess.run([sys.executable, "-c", backend], check=True, cwd=tree, env={"PYTHONPATH": str(tree)})
    with tarfile.open(tmp_path / render_sdist(PLAIN).name) as archive:
        assert f"{PLAIN.stem}/PKG-INFO" in archive.getnames()
