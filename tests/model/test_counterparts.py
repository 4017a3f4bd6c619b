"""Which Python projects a conda package provides, and the reverse, by the shipped map."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from mixlock_hooks.model.names import PypiName
from mixlock_hooks.shell.name_map_file import shipped


@dataclass(frozen=True, kw_only=True)
class Package:
    name: str
    url: str = "https://conda.anaconda.org/conda-forge/noarch/x-1-0.conda"
    dependencies: frozenset[str] = field(default=frozenset({"python"}))


@pytest.mark.parametrize("name", ["uv", "brotli", "ffmpeg", "snappy", "readline", "hdf5", "geos", "proj", "openssl"])
@pytest.mark.parametrize("dependencies", [None, frozenset({"python"}), frozenset({"libzlib"})])
def test_a_program_or_library_is_no_project_of_its_name(name: str, dependencies: frozenset[str] | None) -> None:
    assert shipped().provision(name, dependencies=dependencies).projects == ()


_SEVERAL = ("opencv-python", "opencv-python-headless")


@pytest.mark.parametrize(
    ("name", "channels", "projects"),
    [
        pytest.param("brotli-python", (), ("brotli",), id="another name"),
        pytest.param("pytorch", (), ("torch",), id="another name, any channel"),
        pytest.param("py-opencv", (), _SEVERAL, id="several projects"),
        pytest.param("numpy", (), ("numpy",), id="the same name"),
        pytest.param("ruamel.yaml", (), ("ruamel-yaml",), id="the same name, normalized"),
        pytest.param("typing_extensions", (), ("typing-extensions",), id="an underscore"),
        pytest.param("faiss-cpu", ("pytorch",), ("faiss",), id="one channel's answer"),
        pytest.param("faiss-cpu", ("conda-forge",), (), id="another channel's"),
        pytest.param("faiss-cpu", ("pytorch", "conda-forge"), ("faiss",), id="the first channel that lists it"),
        pytest.param("faiss-cpu", ("https://mirror.example/pytorch/",), ("faiss",), id="whoever serves the channel"),
        pytest.param("rdkit", ("bioconda",), (), id="no project in bioconda"),
        pytest.param("rdkit", ("conda-forge", "bioconda"), ("rdkit",), id="but in conda-forge"),
        pytest.param("samtools", ("conda-forge", "bioconda"), (), id="known to the second channel only"),
        pytest.param("brotli", ("https://conda.example/own",), (), id="an unknown channel is read as conda-forge"),
        pytest.param("our-tool", ("https://conda.example/own",), ("our-tool",), id="a name that nobody lists"),
    ],
)
def test_projects(name: str, channels: tuple[str, ...], projects: tuple[str, ...]) -> None:
    assert shipped().projects(name, channels) == projects


@pytest.mark.parametrize(
    ("name", "dependencies", "projects"),
    [
        pytest.param("our-tool", {"python"}, ("our-tool",), id="what needs python"),
        pytest.param("our-tool", {"python_abi"}, ("our-tool",), id="what needs an ABI of it"),
        pytest.param("our-tool", {"libzlib"}, (), id="what does not"),
        pytest.param("seaborn", {"seaborn-base"}, ("seaborn",), id="listed: whatever it needs"),
    ],
)
def test_a_name_that_nobody_lists_is_judged_by_what_the_package_needs(
    name: str, dependencies: set[str], projects: tuple[str, ...]
) -> None:
    assert shipped().provision(name, dependencies=dependencies).projects == projects


@pytest.mark.parametrize(
    ("project", "conda"),
    [
        pytest.param("numpy", "numpy", id="the same name"),
        pytest.param("torch", "pytorch", id="another name"),
        pytest.param("brotli", "brotli-python", id="conda's of that name is another"),
        pytest.param("opencv-python", "py-opencv", id="of several, the one for python"),
        pytest.param("dask", "dask", id="of several, the one of the same name"),
        pytest.param("build", "python-build", id="of two, the one that is kept up"),
        pytest.param("Typing.Extensions", "typing_extensions", id="a name that is not normalized"),
        pytest.param("git", None, id="conda has only another of that name"),
    ],
)
def test_conda_name(project: str, conda: str | None) -> None:
    assert shipped().conda_name(project) == conda


def test_every_package_that_provides_a_project_is_named() -> None:
    assert shipped().conda_names("matplotlib") == ("matplotlib", "matplotlib-base")


@pytest.mark.parametrize(
    ("names", "project", "holder"),
    [
        pytest.param(["dask-core", "dask"], "dask", "dask", id="the one of the same name"),
        pytest.param(["libopencv", "py-opencv"], "opencv-python", "py-opencv", id="the one for python"),
        pytest.param(["aiohttp", "ray-core"], "aiohttp", "aiohttp", id="never one that had a copy of it"),
        pytest.param(["ray-core"], "aiohttp", None, id="not even alone"),
        pytest.param(["uv"], "uv", None, id="no project"),
    ],
)
def test_of_what_is_installed_one_package_stands_for_a_project(
    names: list[str], project: str, holder: str | None
) -> None:
    for order in (names, names[::-1]):
        found = shipped().holders(Package(name=name) for name in order).get(PypiName(project))
        assert (found.name if found else None) == holder
