"""What was taken back of a lock: yanked releases that an answer leaves, and files that are listed no more."""

from __future__ import annotations

import pytest
from packaging.version import Version

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.rules.withdrawn import gone_from_channels, withdrawn

OTHER = "f" * 64


def listed(sha256: str, *, yanked: bool = False) -> IndexFile:
    file = ProposedFile(name="lib-1.0-py3-none-any.whl", url="https://x/lib-1.0-py3-none-any.whl", sha256=sha256)
    return IndexFile(file=file, version=Version("1.0"), yanked=yanked)


def package(manager: Manager = Manager.PIP, sha256: str = "1" * 64) -> LockedPackage:
    return LockedPackage(
        name="lib",
        version="1.0",
        manager=manager,
        platform=Subdir("linux-64"),
        dependencies={},
        url="https://x/lib",
        sha256=sha256,
    )


LIB = package()


@pytest.mark.parametrize(
    ("files", "answer", "told"),
    [
        pytest.param((listed(LIB.sha256),), (LIB,), "", id="nothing"),
        pytest.param((), (), "", id="no page was read"),
        pytest.param((listed(OTHER),), (), "is gone: its index lists", id="gone"),
        pytest.param(
            (listed(OTHER), listed("")), (), "", id="gone, or among those whose hash the page does not tell"
        ),
        pytest.param((listed(LIB.sha256, yanked=True),), (package(sha256=OTHER),), "was yanked", id="yanked"),
        pytest.param((listed(LIB.sha256, yanked=True),), (LIB,), "", id="yanked and stays, which others tell"),
    ],
)
def test_of_an_index(files: tuple[IndexFile, ...], answer: tuple[LockedPackage, ...], told: str) -> None:
    found = list(withdrawn([LIB, package(Manager.CONDA)], {pypi_name("lib"): files}, answer))
    assert [told in claim for claim in found] == ([True] if told else [])


def test_of_a_channel() -> None:
    conda = package(Manager.CONDA)
    assert list(gone_from_channels([conda], {"https://x/other"})) == []
    (claim,) = gone_from_channels([conda], {conda.url})
    assert claim == "lib 1.0, which is locked, is gone: its channel lists that file no more"
