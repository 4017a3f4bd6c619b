"""Selectors per platform, virtual packages that never come from the host, and the markers of a target."""

from __future__ import annotations

import pytest
from packaging.markers import Marker

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.names import Subdir, VirtualName
from mixlock_hooks.model.platforms import DEFAULT_VIRTUAL_PACKAGES, KNOWN_PLATFORMS
from mixlock_hooks.model.selector import admits, both
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.target import make_target, marker_environment
from mixlock_hooks.rules.merge import merge

_PLATFORMS = [Subdir(name) for name in ("linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64")]


def _admitted(selector: str) -> str:
    return " ".join(platform for platform in _PLATFORMS if admits(selector, platform))


@pytest.mark.parametrize(
    ("selector", "platforms"),
    [
        pytest.param("", "linux-64 linux-aarch64 osx-64 osx-arm64 win-64", id="no selector is everywhere"),
        pytest.param("linux", "linux-64 linux-aarch64", id="linux on any machine"),
        pytest.param("linux64", "linux-64", id="linux64 on one"),
        pytest.param("osx", "osx-64 osx-arm64", id="osx"),
        pytest.param("arm64", "osx-arm64", id="arm64 is Apple's"),
        pytest.param("win", "win-64", id="win"),
        pytest.param("unix", "linux-64 linux-aarch64 osx-64 osx-arm64", id="unix is all but win"),
        pytest.param("not win", "linux-64 linux-aarch64 osx-64 osx-arm64", id="not"),
        pytest.param("not not win", "win-64", id="not twice is nothing"),
        pytest.param("osx and arm64", "osx-arm64", id="and"),
        pytest.param("win or osx", "osx-64 osx-arm64 win-64", id="or"),
        pytest.param("win or unix and x86_64", "linux-64 osx-64 win-64", id="and binds tighter than or"),
        pytest.param("unix and not osx", "linux-64 linux-aarch64", id="not inside and"),
    ],
)
def test_a_selector_admits(selector: str, platforms: str) -> None:
    assert _admitted(selector) == platforms


@pytest.mark.parametrize(
    ("first", "second", "platforms"),
    [
        pytest.param("", "win", "win-64", id="none and one is the one"),
        pytest.param("unix", "arm64", "osx-arm64", id="both must admit"),
        pytest.param("win or osx", "linux or x86_64", "osx-64 win-64", id="an or inside is multiplied out"),
    ],
)
def test_two_selectors_admit_where_both_do(first: str, second: str, platforms: str) -> None:
    assert _admitted(both(first, second)) == _admitted(both(second, first)) == platforms


def test_linux_has_the_glibc_and_cuda_of_the_users_document() -> None:
    packages = DEFAULT_VIRTUAL_PACKAGES[Subdir("linux-64")]
    assert (packages[VirtualName("__glibc")], packages[VirtualName("__cuda")]) == ("2.27", "11.2")


def test_no_other_platform_has_cuda() -> None:
    with_cuda = [p for p in KNOWN_PLATFORMS if VirtualName("__cuda") in DEFAULT_VIRTUAL_PACKAGES[p]]
    assert with_cuda == ["linux-64"]


@pytest.mark.parametrize(
    ("marker", "platforms"),
    [
        pytest.param("sys_platform == 'linux'", "linux-64 linux-aarch64", id="sys_platform"),
        pytest.param("os_name == 'nt'", "win-64", id="os_name"),
        pytest.param("platform_system == 'Darwin'", "osx-64 osx-arm64", id="platform_system"),
        pytest.param("platform_machine == 'x86_64'", "linux-64 osx-64", id="platform_machine, Unix spelling"),
        pytest.param("platform_machine == 'AMD64'", "win-64", id="platform_machine, Windows spelling"),
        pytest.param("platform_machine == 'aarch64'", "linux-aarch64", id="platform_machine, Linux on ARM"),
        pytest.param("platform_machine == 'arm64'", "osx-arm64", id="platform_machine, Apple on ARM"),
        pytest.param("python_version < '3.9'", "", id="python_version is the target's, not the host's"),
        pytest.param(
            "python_version == '3.10' and implementation_name == 'cpython' and os_name == 'nt'",
            "win-64",
            id="python_version has two parts",
        ),
        pytest.param("python_full_version >= '3.10.5' and os_name == 'nt'", "", id="python_full_version"),
    ],
)
def test_a_marker_holds_on(marker: str, platforms: str) -> None:
    held = [
        p
        for p in _PLATFORMS
        if Marker(marker).evaluate(marker_environment(make_target(p, (), {"python": "3.10.4"}, {})))
    ]
    assert " ".join(held) == platforms


def test_every_platform_has_selectors_markers_and_virtual_packages() -> None:
    for platform in KNOWN_PLATFORMS:
        environment = marker_environment(make_target(platform, (), {"python": "3.12.1"}, {}))
        assert admits(platform.partition("-")[0], platform)
        assert DEFAULT_VIRTUAL_PACKAGES[platform]
        assert environment["platform_machine"]
        assert environment["sys_platform"]


ABIS = {
    ("3.12.1", "0_cpython", ""): ("cp312", "cpython"),
    ("3.14.0", "h1_2_cp314", "8_cp314"): ("cp314", "cpython"),
    ("3.14.0", "h1_2_cp314t", "8_cp314t"): ("cp314t", "cpython"),
    ("3.13.0", "hash_0", "8_cp313t"): ("cp313t", "cpython"),
    ("3.13.0", "h1_2_cp313t", ""): ("cp313t", "cpython"),
    ("3.9.18", "0_73_pypy", "4_pypy39_pp73"): ("pypy39_pp73", "pypy"),
    ("3.9.18", "0_73_pypy", ""): ("pypy39_pp73", "pypy"),
    ("3.7.12", "hash_0_cpython", ""): ("cp37m", "cpython"),
}


@pytest.mark.parametrize(("builds", "expected"), ABIS.items(), ids=[" ".join(filter(None, key)) for key in ABIS])
def test_condas_builds_tell_the_abi(builds: tuple[str, str, str], expected: tuple[str, str]) -> None:
    version, python, abi = builds
    target = make_target(Subdir("linux-64"), (), {"python": version}, {"python": python, "python_abi": abi})
    assert (target.abi, target.implementation) == expected


@pytest.mark.parametrize(
    ("asked", "libraries"),
    [
        pytest.param("__glibc: '2.31'", {"__glibc": "2.31"}, id="glibc"),
        pytest.param("__musl: '1.2'", {"__musl": "1.2"}, id="musl takes glibc away"),
        pytest.param("__osx: '15.0'", {"__glibc": "2.27"}, id="what Linux cannot have is nothing"),
    ],
)
def test_a_machine_has_one_c_library(asked: str, libraries: dict[str, str]) -> None:
    document = environment_yml.parse(f"platforms: [linux-64]\nsys: {{{asked}}}\ndependencies: [a]\n", "e.yml")
    found = dict(merge(document, Settings()).platforms[0].virtual_packages)
    assert {name: text for name, text in found.items() if name in {"__glibc", "__musl", "__osx"}} == libraries
