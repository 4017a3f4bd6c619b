"""Whether a locked file can be its package's."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.rules.verify import complaint

FORGE = "https://conda.anaconda.org/conda-forge"
FILES = "https://files.example/packages"
CONDA = {
    f"{FORGE}/linux-64/numpy-1.0-py312_0.conda": "",
    f"{FORGE}/noarch/numpy-1.0-pyhd_0.tar.bz2": "",
    f"{FORGE}/linux-64/numpy-1.0-py312_0.conda#0123": "",
    f"{FORGE}/linux-64/evil-1.0-py312_0.conda": "is locked as a file of another name: evil-1.0-py312_0.conda",
    f"{FORGE}/linux-64/numpy-2.0-py312_0.conda": "is locked as a file of another name: numpy-2.0-py312_0.conda",
    f"{FORGE}/osx-arm64/numpy-1.0-py312_0.conda": "is locked as a file of another platform: osx-arm64",
    f"{FORGE}/linux-64/numpy-1.0-py312_0.zip": "is locked as a file of another name: numpy-1.0-py312_0.zip",
    "": "is locked as a file of another name: ",
}
PYPI = {
    f"{FILES}/numpy-1.0-py3-none-any.whl": "",
    f"{FILES}/numpy-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl": "",
    f"{FILES}/numpy-1.0.tar.gz": "",
    f"{FILES}/NumPy-1.0.zip": "",
    f"{FILES}/evil-1.0-py3-none-any.whl": "is locked as a file of another name: evil-1.0-py3-none-any.whl",
    f"{FILES}/numpy-1.1-py3-none-any.whl": "is locked as a file of another name: numpy-1.1-py3-none-any.whl",
    f"{FILES}/evil-1.0.tar.gz": "is locked as a file of another name: evil-1.0.tar.gz",
    f"{FILES}/numpy.whl": "is locked as a file that is not a wheel: numpy.whl",
}


def package(manager: Manager, url: str, **hashes: str) -> LockedPackage:
    """Make numpy 1.0 for linux-64."""
    return LockedPackage(
        name="numpy",
        version="1.0",
        manager=manager,
        platform=Subdir("linux-64"),
        dependencies={},
        url=url,
        md5=hashes.get("md5", ""),
        sha256=hashes.get("sha256", ""),
    )


@pytest.mark.parametrize(("url", "expected"), CONDA.items())
def test_a_file_of_a_channel(url: str, expected: str) -> None:
    assert complaint(package(Manager.CONDA, url)) == expected


@pytest.mark.parametrize(("url", "expected"), PYPI.items())
def test_a_file_of_an_index(url: str, expected: str) -> None:
    assert complaint(package(Manager.PIP, url)) == expected


def test_a_hash_is_a_hash() -> None:
    url = f"{FILES}/numpy-1.0.tar.gz"
    assert complaint(package(Manager.PIP, url, sha256="a" * 64)) == ""
    assert complaint(package(Manager.PIP, url, sha256="abc")) == "has no sha256 but `abc`"
    assert complaint(package(Manager.PIP, url, md5="A" * 32)).startswith("has no md5 but")
