"""What comments mean, and which brackets in a comment are only a remark."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.comments import allowances, selector_of, unknown_words


@pytest.mark.parametrize(
    ("rest", "selector"),
    [
        pytest.param("  # [linux]", "linux", id="a word"),
        pytest.param(" #[linux]", "linux", id="no space in the comment"),
        pytest.param("\t# [ not   win ]", "not win", id="spaces are joined"),
        pytest.param(" # [osx and arm64]", "osx and arm64", id="and"),
        pytest.param(" # [win or not unix]", "win or not unix", id="or, not"),
        pytest.param(" # why # [win]", "win", id="behind another comment"),
        pytest.param(" # [py38]", "py38", id="a word nobody knows is still a selector"),
        pytest.param("# [linux]", "", id="without a space before, it is not a comment"),
        pytest.param(" # linux", "", id="without brackets it is a remark"),
        pytest.param(" # [see issue 12]", "", id="a sentence in brackets is a remark"),
        pytest.param(" # [1.2, 1.3]", "", id="versions in brackets are a remark"),
        pytest.param(" # []", "", id="nothing in brackets"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_selector_of(rest: str, selector: str) -> None:
    assert selector_of(rest) == selector


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        pytest.param("linux and not arm64", (), id="all known"),
        pytest.param("py38 or win and cuda", ("py38", "cuda"), id="some unknown"),
        pytest.param("LINUX", ("LINUX",), id="capitals are another word"),
    ],
)
def test_unknown_words(selector: str, words: tuple[str, ...]) -> None:
    assert unknown_words(selector) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("- a # mixlock: allow MIX106 both", [("MIX106", 1, "both")], id="on the line"),
        pytest.param("- a # mixlock: allow MIX106: both", [("MIX106", 1, "both")], id="a colon before the reason"),
        pytest.param("- a # mixlock: allow MIX106", [("MIX106", 1, "")], id="without a reason"),
        pytest.param("# mixlock: allow MIX104 old\n- a", [("MIX104", 2, "old")], id="on the line above"),
        pytest.param("# mixlock: allow MIX104 x\n# y\n\n- a", [("MIX104", 4, "x")], id="above, over other comments"),
        pytest.param("- a # [linux] # mixlock: allow MIX104 x", [("MIX104", 1, "x")], id="behind a selector"),
        pytest.param("- a# mixlock: allow MIX104 x", [], id="without a space before, it is not a comment"),
        pytest.param("- 'mixlock: allow MIX104'", [], id="the words in a value"),
        pytest.param("- a # mixlock: allow x y", [("x", 1, "y")], id="what is not a code, for policy to refuse"),
        pytest.param("- a # mixlock: allow", [("", 1, "")], id="no code"),
        pytest.param("- a # mixlock: ignore MIX104 x", [("", 1, "")], id="another word"),
        pytest.param(
            "- a # mixlock: allow MIX104 x # mixlock: allow MIX107 y",
            [("MIX104", 1, "x"), ("MIX107", 1, "y")],
            id="two on one line",
        ),
        pytest.param("- a # allow MIX104 x", [], id="not mixlock's"),
    ],
)
def test_allowances(text: str, found: list[tuple[str, int, str]]) -> None:
    assert [(a.code, a.line, a.reason) for a in allowances(text.splitlines())] == found
