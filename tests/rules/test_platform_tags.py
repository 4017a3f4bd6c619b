"""Which wheels a target accepts, whose limits keep one away, and how uv is asked for the target."""

from __future__ import annotations

import sysconfig

import pytest
from packaging import tags as packaging_tags

from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.platforms import KNOWN_PLATFORMS
from mixlock_hooks.model.target import Target, make_target
from mixlock_hooks.rules.limits import limits_of_wheel
from mixlock_hooks.rules.misfit import words_of
from mixlock_hooks.rules.platform_tags import best, neutral_name, rank_of, ranks_of, uv_platform

LINUX = (("__glibc", "2.27"),)


def _target(platform: str, python: str = "3.11.9", build: str = "0_cpython", **virtual: str) -> Target:
    packages = [(f"__{name}", version) for name, version in virtual.items()]
    return make_target(Subdir(platform), packages, {"python": python}, {"python": build})


TARGETS = {
    "linux": _target("linux-64", glibc="2.27"),
    "a build behind the version": _target("linux-64", glibc="2.27 0"),
    "arm": _target("linux-aarch64", glibc="2.28"),
    "free-threaded": _target("linux-64", "3.14.0", "h1_2_cp314t", glibc="2.27"),
    "3.14": _target("linux-64", "3.14.0", "h1_2_cp314", glibc="2.27"),
    "pypy": _target("linux-64", "3.9.18", "0_73_pypy", glibc="2.27"),
    "musl": _target("linux-64", musl="1.2"),
    "glibc 3": _target("linux-64", glibc="3.0"),
    "no libc": _target("linux-64"),
    "mac": _target("osx-arm64", osx="13.0"),
    "mac 15": _target("osx-arm64", osx="15"),
    "intel mac": _target("osx-64", osx="13.0"),
    "windows": _target("win-64"),
    "windows on arm": _target("win-arm64"),
    "riscv": _target("linux-riscv64", glibc="2.39"),
    "wasm": _target("emscripten-wasm32"),
}
FITS = {
    ("py3-none-any", "linux"): True,
    ("py3-none-any", "free-threaded"): True,
    ("py3-none-any", "wasm"): True,
    ("py2-none-any", "linux"): False,
    ("cp311-cp311-manylinux_2_27_x86_64", "linux"): True,
    ("cp311-cp311-manylinux_2_28_x86_64", "linux"): False,
    ("cp311-cp311-manylinux_2_27_x86_64", "a build behind the version"): True,
    ("cp311-cp311-manylinux_2_17_x86_64.manylinux_2_28_x86_64", "linux"): True,
    ("cp311-cp311-manylinux1_x86_64", "linux"): True,
    ("cp311-cp311-manylinux2014_x86_64", "linux"): True,
    ("cp311-cp311-manylinux2014_aarch64", "linux"): False,
    ("cp311-cp311-manylinux1_aarch64", "arm"): False,
    ("cp311-cp311-manylinux2014_aarch64", "arm"): True,
    ("cp311-cp311-linux_x86_64", "linux"): True,
    ("cp311-cp311-musllinux_1_2_x86_64", "linux"): False,
    ("cp311-cp311-musllinux_1_2_x86_64", "musl"): True,
    ("cp311-cp311-manylinux_2_17_x86_64", "musl"): False,
    ("cp311-cp311-manylinux_2_17_x86_64", "no libc"): False,
    ("cp311-cp311-manylinux_2_40_x86_64", "glibc 3"): True,
    ("cp38-abi3-manylinux_2_17_x86_64", "linux"): True,
    ("cp312-abi3-manylinux_2_17_x86_64", "linux"): False,
    ("cp310-cp310-manylinux_2_17_x86_64", "linux"): False,
    ("cp314-cp314-manylinux_2_17_x86_64", "free-threaded"): False,
    ("cp314-cp314t-manylinux_2_17_x86_64", "free-threaded"): True,
    ("cp38-abi3-manylinux_2_17_x86_64", "free-threaded"): False,
    ("cp314-cp314t-manylinux_2_17_x86_64", "3.14"): False,
    ("pp39-pypy39_pp73-manylinux_2_17_x86_64", "pypy"): True,
    ("cp39-cp39-manylinux_2_17_x86_64", "pypy"): False,
    ("cp311-cp311-macosx_13_0_arm64", "mac"): True,
    ("cp311-cp311-macosx_14_0_arm64", "mac"): False,
    ("cp311-cp311-macosx_14_0_arm64", "mac 15"): True,
    ("cp311-cp311-macosx_10_9_universal2", "mac"): True,
    ("cp311-cp311-macosx_11_0_x86_64", "mac"): False,
    ("cp311-cp311-macosx_10_9_x86_64", "intel mac"): True,
    ("cp311-cp311-win_amd64", "windows"): True,
    ("cp311-cp311-win32", "windows"): False,
    ("cp311-cp311-win_arm64", "windows on arm"): True,
    ("cp311-cp311-manylinux_2_39_riscv64", "riscv"): True,
}


@pytest.mark.parametrize(("tag", "target"), FITS, ids=[" on ".join(pair) for pair in FITS])
def test_a_wheel_fits(tag: str, target: str) -> None:
    file = f"a-1-{tag}.whl"
    assert (rank_of(file, TARGETS[target]) is not None) is FITS[tag, target]
    assert bool(limits_of_wheel(file, TARGETS[target])) is not FITS[tag, target]


def test_the_tags_of_this_machine_are_those_of_packaging() -> None:
    name, _, glibc = sysconfig.get_platform(), "", __import__("platform").libc_ver()
    if not name.startswith("linux-x86_64") or glibc[0] != "glibc":
        pytest.skip("the law is tested on Linux with glibc")
    python = sysconfig.get_config_var("py_version")
    mine = ranks_of(make_target(Subdir("linux-64"), [("__glibc", glibc[1])], {"python": python}, {}))
    assert set(mine) == set(packaging_tags.sys_tags())


@pytest.mark.parametrize("platform", KNOWN_PLATFORMS)
def test_every_platform_accepts_what_is_for_any(platform: Subdir) -> None:
    target = make_target(platform, LINUX, {"python": "3.11.9"}, {})
    assert rank_of("a-1-py3-none-any.whl", target) is not None
    assert rank_of("a-1-cp311-none-any.whl", target) is not None


WORDS = {
    ("cp311-cp311-manylinux_2_28_x86_64", "linux"): "it needs glibc 2.28, this environment has 2.27",
    ("cp311-cp311-macosx_14_0_arm64", "mac"): "it needs macOS 14.0, this environment has 13.0",
    ("cp311-cp311-musllinux_1_3_x86_64", "musl"): "it needs musl 1.3, this environment has 1.2",
    ("cp311-cp311-win_amd64", "linux"): "it has no wheel for linux-64",
    ("cp313-cp313-manylinux_2_17_x86_64", "linux"): "it has no wheel for python 3.11, but for 3.13",
    ("cp314-cp314-manylinux_2_17_x86_64", "free-threaded"): "it has no wheel for a free-threaded python 3.14.0",
}


@pytest.mark.parametrize(("tag", "target"), WORDS, ids=[" on ".join(pair) for pair in WORDS])
def test_a_limit_is_named(tag: str, target: str) -> None:
    assert words_of(limits_of_wheel(f"a-1-{tag}.whl", TARGETS[target])) == WORDS[tag, target]


def test_the_best_wheel_is_the_most_specific_and_of_equals_the_newest_build() -> None:
    names = ["py3-none-any", "cp311-cp311-manylinux_2_17_x86_64", "cp38-abi3-manylinux_2_24_x86_64"]
    files = [f"a-1-{tag}.whl" for tag in names]
    assert best(files, TARGETS["linux"]) == "a-1-cp311-cp311-manylinux_2_17_x86_64.whl"
    builds = [f"a-1-{build}-py3-none-any.whl" for build in ("2", "10", "9")]
    assert best([*builds, "a-1-py3-none-any.whl"], TARGETS["linux"]) == "a-1-10-py3-none-any.whl"
    assert best(["a-1-cp310-cp310-win_amd64.whl"], TARGETS["linux"]) == ""


def test_a_chosen_wheel_is_offered_under_a_name_for_any_platform() -> None:
    assert neutral_name("a_b-1.0-cp311-cp311-macosx_14_0_arm64.whl") == "a_b-1.0-py3-none-any.whl"
    assert neutral_name("a_b-1.0-3-cp311-cp311-win_arm64.whl") == "a_b-1.0-py3-none-any.whl"


UV = {
    "linux": ("x86_64-manylinux_2_28", "", False),
    "arm": ("aarch64-manylinux_2_28", "", False),
    "mac": ("aarch64-apple-darwin", "13.0", False),
    "mac 15": ("aarch64-apple-darwin", "15.0", False),
    "windows": ("x86_64-pc-windows-msvc", "", False),
    "free-threaded": ("x86_64-unknown-linux-gnu", "", True),
    "pypy": None,
    "musl": ("x86_64-unknown-linux-gnu", "", True),
    "glibc 3": ("x86_64-unknown-linux-gnu", "", True),
    "riscv": ("riscv64-unknown-linux", "", True),
    "wasm": None,
}


@pytest.mark.parametrize(("target", "expected"), UV.items(), ids=UV)
def test_uv_is_asked_for_a_platform_that_accepts_all_that_the_target_does(
    target: str, expected: tuple[str, str, bool] | None
) -> None:
    found = uv_platform(TARGETS[target])
    assert (tuple(found) if found else None) == expected
