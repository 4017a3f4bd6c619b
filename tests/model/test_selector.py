"""Selectors are judged as conda-build judges them, for one platform."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.selector import admits, both, is_selector, negated, unknown_words

LINUX, ARM_MAC, WINDOWS = (Subdir(name) for name in ("linux-64", "osx-arm64", "win-64"))


@pytest.mark.parametrize(
    ("selector", "where"),
    [
        ("", (True, True, True)),
        ("linux", (True, False, False)),
        ("unix", (True, True, False)),
        ("osx-arm64", (False, True, False)),
        ("linux-64 or win-64", (True, False, True)),
        ("not win", (True, True, False)),
        ("not not win", (False, False, True)),
        ("unix and arm64", (False, True, False)),
        ("win or unix and arm64", (False, True, True)),
        ("(win or unix) and arm64", (False, True, False)),
        ("not(osx)", (True, False, True)),
        ("not (win or linux)", (False, True, False)),
        ("linux and (x86_64 or aarch64)", (True, False, False)),
    ],
)
def test_admits(selector: str, where: tuple[bool, ...]) -> None:
    assert tuple(admits(selector, platform) for platform in (LINUX, ARM_MAC, WINDOWS)) == where


@pytest.mark.parametrize("first", ["", "linux", "win or osx", "not (arm64)"])
@pytest.mark.parametrize("second", ["", "unix", "osx or linux"])
@pytest.mark.parametrize("platform", [LINUX, ARM_MAC, WINDOWS])
def test_both_and_negated(first: str, second: str, platform: Subdir) -> None:
    ones, twos = admits(first, platform), admits(second, platform)
    assert admits(both(first, second), platform) == (ones and twos)
    if first:
        assert admits(negated(first), platform) != ones


@pytest.mark.parametrize(
    "text",
    [
        "and",
        "linux and",
        "or linux",
        "linux osx",
        "(linux",
        "linux)",
        "()",
        "not",
        "linux, win",
        "!win",
        "py>=38",
        "a-",
        "(" * 30 + "linux" + ")" * 30,
    ],
)
def test_what_is_no_selector(text: str) -> None:
    assert not is_selector(text)


def test_words_that_are_true_nowhere_are_told() -> None:
    assert unknown_words("py38 or win and (cuda or linux-64)") == ("py38", "cuda")
