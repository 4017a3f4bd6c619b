"""What changed between two locks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir, pypi_name
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.rules.lock_diff import changes, other_wheels
from mixlock_hooks.shell.name_map_file import shipped

LINUX, MAC = Subdir("linux-64"), Subdir("osx-arm64")
NUMPY = LockedPackage(
    name="numpy",
    version="1.26.4",
    manager=Manager.CONDA,
    platform=LINUX,
    dependencies={},
    url="https://c.example/linux-64/numpy-1.26.4-0.conda",
    md5="aa",
)
OTHER = replace(NUMPY, name="scipy", version="1.0", url="https://c.example/linux-64/scipy-1.0-0.conda")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param([NUMPY], [NUMPY], [], id="nothing"),
        pytest.param([], [NUMPY], [("added", "", "1.26.4")], id="added"),
        pytest.param([NUMPY], [], [("removed", "1.26.4", "")], id="removed"),
        pytest.param([NUMPY], [replace(NUMPY, version="2", url="u")], [("upgraded", "1.26.4", "2")], id="upgraded"),
        pytest.param([NUMPY], [replace(NUMPY, version="1.9", url="u")], [("downgraded", "1.26.4", "1.9")], id="down"),
        pytest.param(
            [NUMPY], [replace(NUMPY, version="1.26.4.0", url="u")], [("rebuilt", "1.26.4", "1.26.4.0")], id="equal"
        ),
        pytest.param(
            [replace(NUMPY, version="9d")],
            [replace(NUMPY, version="9e", url="u")],
            [("upgraded", "9d", "9e")],
            id="versions that are not PEP 440",
        ),
        pytest.param(
            [NUMPY],
            [replace(NUMPY, manager=Manager.PIP, version="2.0", url="u")],
            [("moved", "1.26.4", "2.0")],
            id="to PyPI",
        ),
        pytest.param(
            [replace(NUMPY, name="opencv-python", manager=Manager.PIP)],
            [replace(NUMPY, name="py-opencv", url="u")],
            [("moved", "1.26.4", "1.26.4")],
            id="to conda under another name",
        ),
        pytest.param([NUMPY], [replace(NUMPY, url="u")], [("rebuilt", "1.26.4", "1.26.4")], id="another build"),
        pytest.param([NUMPY], [replace(NUMPY, md5="bb")], [("rehashed", "1.26.4", "1.26.4")], id="another file"),
        pytest.param(
            [NUMPY],
            [replace(NUMPY, url="https://d.example/linux-64/numpy-1.26.4-0.conda")],
            [("relocated", "1.26.4", "1.26.4")],
            id="another address",
        ),
        pytest.param([replace(NUMPY, sha256="cc")], [NUMPY], [("rehashed", "1.26.4", "1.26.4")], id="a hash is gone"),
        pytest.param(
            [NUMPY],
            [replace(NUMPY, url="https://d.example/linux-64/numpy-1.26.4-0.conda", md5="", sha256="cc")],
            [("rehashed", "1.26.4", "1.26.4")],
            id="another address, and no hash to compare",
        ),
    ],
)
def test_each_package_is_told_once(
    before: list[LockedPackage], after: list[LockedPackage], expected: list[tuple[str, str, str]]
) -> None:
    found = changes(before, after, shipped())
    assert [(change.kind.value, change.before, change.after) for change in found] == expected


def test_platforms_that_changed_alike_are_joined_and_names_are_in_order() -> None:
    found = changes([], [OTHER, replace(NUMPY, platform=MAC), NUMPY], shipped())
    assert [(change.name, change.platforms) for change in found] == [("numpy", (LINUX, MAC)), ("scipy", (LINUX,))]


def test_a_wheel_that_is_recorded_for_an_sdist_and_was_not_is_told() -> None:
    wheel = BuiltWheel(
        name=pypi_name("a"),
        version="1",
        sdist_sha256="1" * 64,
        file="a-1-py3-none-any.whl",
        sha256="2" * 64,
        tags=(),
        platforms=(MAC,),
        python="3.12",
        glibc="",
        requires=(),
        epoch=0,
        builder="",
    )
    other = replace(wheel, sha256="3" * 64)
    begin = "the wheel of `a` 1 is a-1-py3-none-any.whl sha256:"
    assert list(other_wheels([wheel], [wheel])) == []
    assert list(other_wheels([], [wheel])) == [f"{begin}{'2' * 64}, is new"]
    assert list(other_wheels([wheel], [other])) == [f"{begin}{'3' * 64}, was sha256:{'2' * 64}"]
