"""Virtual packages as pairs, and the file conda-lock reads them from."""

from __future__ import annotations

import pytest
import yaml

from mixlock_hooks.formats.virtual_packages import parse_pair, render
from mixlock_hooks.model.names import Subdir, VirtualName


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        pytest.param("__glibc=2.27", ("__glibc", "2.27"), id="name=version"),
        pytest.param("__cuda == 11.2", ("__cuda", "11.2"), id="two equals signs, spaces"),
        pytest.param("__archspec=1 x86_64_v3", ("__archspec", "1 x86_64_v3"), id="a microarchitecture"),
        pytest.param("__archspec=1 x86_64", ("__archspec", "1 x86_64"), id="a version and a build"),
    ],
)
def test_a_pair_is_read(text: str, pair: tuple[str, str]) -> None:
    assert parse_pair(text) == (*pair, "")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("__glibc=2", "`2` is not a version of `__glibc`, as 2.28 is one", id="one number"),
        pytest.param("__glibc=2.x", "`2.x` is not a version of `__glibc`, as 2.28 is one", id="a wildcard"),
        pytest.param("__osx=ventura", "`ventura` is not a version of `__osx`, as 13.0 is one", id="a name"),
        pytest.param("__cuda=12.x", "`12.x` is not a version of `__cuda`, as 12.6 is one", id="a wildcard of CUDA"),
        pytest.param(
            "__archspec=x86_64_v3",
            "`x86_64_v3` is not a version of `__archspec`, as 1 x86_64_v3 is one",
            id="a build",
        ),
        pytest.param("__glib=2", "unknown virtual package `__glib`; did you mean `__glibc`?", id="a slip"),
        pytest.param("cuda=11", "unknown virtual package `cuda`; did you mean `__cuda`?", id="no underscores"),
        pytest.param("zzz=1", "unknown virtual package `zzz`", id="a stranger"),
        pytest.param("__cuda", "virtual package `__cuda` needs a version", id="no version"),
        pytest.param("__cuda=>=11", "virtual package `__cuda` needs a version", id="a range"),
    ],
)
def test_a_wrong_pair_is_told(text: str, claim: str) -> None:
    assert parse_pair(text)[2] == claim


def test_what_is_rendered_is_condas_own_yaml_with_versions_as_text() -> None:
    text = render({Subdir("linux-64"): {VirtualName("__glibc"): "2.10", VirtualName("__cuda"): "11"}})
    assert yaml.safe_load(text) == {"subdirs": {"linux-64": {"packages": {"__cuda": "11", "__glibc": "2.10"}}}}
