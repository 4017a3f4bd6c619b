"""What comments mean, and which brackets in a comment are only a remark."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.comments import allowances, selector_of


@pytest.mark.parametrize(
    ("rest", "selector"),
    [
        pytest.param("  # [linux]", "linux", id="a word"),
        pytest.param(" #[linux]", "linux", id="no space in the comment"),
        pytest.param("\t# [ not   win ]", "not win", id="spaces are joined"),
        pytest.param(" # [osx and arm64]", "osx and arm64", id="and"),
        pytest.param(" # [win or not unix]", "win or not unix", id="or, not"),
        pytest.param(" # why # [win]", "win", id="behind another comment"),
        pytest.param(" # [linux-64]", "linux-64", id="a platform"),
        pytest.param(" # [not(osx)]", "not(osx)", id="parentheses"),
        pytest.param(" # a remark [linux]", "linux", id="behind a remark"),
        pytest.param(" # see [here]", "", id="a word in brackets behind a remark"),
        pytest.param(" # mixlock: allow MIX106 as [linux] has it", "", id="the reason of an allowance"),
        pytest.param("# [linux]", "", id="without a space before, it is not a comment"),
        pytest.param(" # linux", "", id="without brackets it is a remark"),
        pytest.param(" # [see issue 12]", "", id="a sentence in brackets is a remark"),
        pytest.param(" # [1.2, 1.3]", "", id="versions in brackets are a remark"),
        pytest.param(" # []", "", id="nothing in brackets"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_selector_of(rest: str, selector: str) -> None:
    assert selector_of(rest) == (selector, "")


@pytest.mark.parametrize(
    ("rest", "claim"),
    [
        (" # [py38]", "unknown selector `py38`"),
        (" # [optional]", "unknown selector `optional`"),
        (" # [LINUX]", "unknown selector `LINUX`"),
        (" # [linux, win]", "`[linux, win]` is not a selector that is read"),
        (" # [!win]", "`[!win]` is not"),
        (" # [osx && arm64]", "`[osx && arm64]` is not"),
        (" # [linux and (win]", "`[linux and (win]` is not"),
        (" # [linux and]", "`[linux and]` is not"),
        (" # [py>=38]", "`[py>=38]` is not"),
        (" # [only on linux]", "`[only on linux]` is not"),
        (" # [linux] [osx]", "this line has 2 selectors"),
        (" # a remark [linux and]", "`[linux and]` is not"),
    ],
)
def test_what_is_meant_as_a_selector_and_is_none_is_told(rest: str, claim: str) -> None:
    selector, found = selector_of(rest)
    assert (selector, claim in found) == ("", True), found


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
