"""Whether a locked file can be its package's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.rules.file_names import complaint

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
    f"{FORGE}/linux-64/numpy-1.0-evil-1.0-0.conda": "is locked as a file of another name: numpy-1.0-evil-1.0-0.conda",
    f"{FORGE}/linux-64/numpy-1.0.conda": "is locked as a file of another name: numpy-1.0.conda",
    f"{FORGE}/linux-64/numpy.conda": "is locked as a file of another name: numpy.conda",
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
    f"{FILES}/numpy-evil-1.0.tar.gz": "is locked as a file of another name: numpy-evil-1.0.tar.gz",
    f"{FILES}/numpy-0.1.tar.gz": "is locked as a file of another name: numpy-0.1.tar.gz",
    f"{FILES}/numpy.tar.gz": "is locked as a file of another name: numpy.tar.gz",
    f"{FILES}/anything": "is locked as a file of another name: anything",
    "git+https://evil.example/numpy": "is locked as a file of another name: numpy",
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


OLD_SDISTS = {
    "ruamel.yaml": ("0.18.6", "ruamel.yaml-0.18.6.tar.gz"),
    "backports-zoneinfo": ("0.2.1", "backports.zoneinfo-0.2.1.tar.gz"),
    "python-dateutil": ("2.8", "python-dateutil-2.8.tgz"),
    "docutils": ("0.21.post1", "docutils-0.21-1.zip"),
    "local": ("1.0+cpu", "local-1.0%2Bcpu.tar.gz"),
    "older-local": ("1.0+cpu", "older_local-1.0_cpu.tar.bz2"),
    "zeros": ("1.0.0", "Zeros-1.0.tar.gz"),
}


@pytest.mark.parametrize(("name", "version", "file"), [(name, *row) for name, row in OLD_SDISTS.items()])
def test_an_sdist_in_an_older_spelling(name: str, version: str, file: str) -> None:
    made = replace(package(Manager.PIP, f"{FILES}/{file}"), name=name, version=version)
    assert complaint(made) == ""
    assert complaint(replace(made, version="9")) != ""


@pytest.mark.parametrize("suffix", ["-py3-none-any.whl", ".tar.gz"])
def test_a_version_is_a_version(suffix: str) -> None:
    version = "1.0; os_name=='nt'"
    made = replace(package(Manager.PIP, f"{FILES}/numpy-{version}{suffix}"), version=version)
    assert complaint(made) == "has a version that is none"


def test_a_hash_is_a_hash() -> None:
    url = f"{FILES}/numpy-1.0.tar.gz"
    assert complaint(package(Manager.PIP, url, sha256="a" * 64)) == ""
    assert complaint(package(Manager.PIP, url, sha256="abc")) == "has no sha256 but `abc`"
    assert complaint(package(Manager.PIP, url, sha256="0" * 64)) == f"has no sha256 but `{'0' * 64}`"
    assert complaint(package(Manager.PIP, url, md5="A" * 32)).startswith("has no md5 but")
