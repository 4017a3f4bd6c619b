"""Which wheels suit a target's glibc, and which of uv's platforms the target is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.platform_tags import can_be_had, offered_name, uv_platforms

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import PlatformSpec


def _spec(platform: str, glibc: str = "2.27") -> PlatformSpec:
    text = f"platforms: [{platform}]\nsys:\n  __glibc: '{glibc}'\ndependencies: [python]\n"
    return merge(environment_yml.parse(text, "e.yml"), Settings()).platforms[0]


@pytest.mark.parametrize(
    ("name", "platform", "glibc", "offered"),
    [
        ("a-1-py3-none-any.whl", "linux-64", "2.27", "a-1-py3-none-any.whl"),
        ("a-1.tar.gz", "linux-64", "2.27", "a-1.tar.gz"),
        (
            "a-1-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
            "linux-64",
            "2.27",
            "a-1-cp311-cp311-manylinux2014_x86_64.whl",
        ),
        (
            "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
            "linux-64",
            "2.27",
            "a-1-cp311-cp311-manylinux_2_28_x86_64.whl",
        ),
        (
            "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "linux-64",
            "2.27",
            "a-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        ),
        ("a-1-cp311-cp311-manylinux_2_35_x86_64.whl", "linux-64", "2.36", "a-1-cp311-cp311-manylinux2014_x86_64.whl"),
        (
            "a-1-cp311-cp311-macosx_11_0_arm64.whl",
            "osx-arm64",
            "2.27",
            "a-1-cp311-cp311-macosx_11_0_arm64.whl",
        ),
    ],
)
def test_a_wheel_is_offered_under_a_tag_that_conda_lock_knows(
    name: str, platform: str, glibc: str, offered: str
) -> None:
    assert offered_name(name, _spec(platform, glibc)) == offered


@pytest.mark.parametrize(
    ("names", "glibc", "expected"),
    [
        pytest.param(["a-1-cp311-cp311-manylinux_2_28_x86_64.whl"], "2.27", False, id="too new"),
        pytest.param(["a-1-cp311-cp311-manylinux_2_28_x86_64.whl"], "2.28", True, id="as new as the target"),
        pytest.param(["a-1-cp311-cp311-manylinux_2_28_x86_64.whl", "a-1.tar.gz"], "2.27", True, id="or an sdist"),
        pytest.param(["a-1-py3-none-any.whl"], "2.17", True, id="for any platform"),
        pytest.param(["a-1-cp311-cp311-manylinux_2_17_aarch64.whl"], "2.27", False, id="another machine"),
    ],
)
def test_a_project_can_be_had_if_one_file_suits(names: list[str], glibc: str, expected: bool) -> None:  # noqa: FBT001
    assert can_be_had(names, _spec("linux-64", glibc)) is expected


@pytest.mark.parametrize(
    ("platform", "glibc", "expected"),
    [
        ("linux-64", "2.27", ("x86_64-manylinux_2_28", "x86_64-manylinux_2_17")),
        ("linux-64", "2.28", ("x86_64-manylinux_2_28",)),
        ("linux-64", "2.12", ("x86_64-manylinux_2_17",)),
        ("linux-aarch64", "2.28", ("aarch64-manylinux_2_28",)),
        ("linux-ppc64le", "2.28", ()),
        ("osx-arm64", "2.28", ("aarch64-apple-darwin",)),
        ("win-64", "2.28", ("x86_64-pc-windows-msvc",)),
    ],
)
def test_uv_is_asked_for_the_targets_own_platform(platform: str, glibc: str, expected: tuple[str, ...]) -> None:
    assert uv_platforms(_spec(platform, glibc)) == expected
