"""What changed between two locks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.rules.lock_diff import changes

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
        pytest.param([NUMPY], [replace(NUMPY, version="2", url="u")], [("changed", "1.26.4", "2")], id="changed"),
        pytest.param([NUMPY], [replace(NUMPY, url="u")], [("rebuilt", "1.26.4", "1.26.4")], id="another build"),
        pytest.param([NUMPY], [replace(NUMPY, md5="bb")], [("rebuilt", "1.26.4", "1.26.4")], id="another file"),
    ],
)
def test_each_package_is_told_once(
    before: list[LockedPackage], after: list[LockedPackage], expected: list[tuple[str, str, str]]
) -> None:
    assert [(found.kind, found.before, found.after) for found in changes(before, after)] == expected


def test_platforms_that_changed_alike_are_joined_and_names_are_in_order() -> None:
    found = changes([], [OTHER, replace(NUMPY, platform=MAC), NUMPY])
    assert [(change.name, change.platforms) for change in found] == [("numpy", (LINUX, MAC)), ("scipy", (LINUX,))]
