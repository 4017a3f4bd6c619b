"""``NAME[:TAG]``: which are well-formed, which may move."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.alias import Alias, alias, is_lookup


@pytest.mark.parametrize(
    ("text", "name", "tag"),
    [
        pytest.param("mlp/ml-team/torch-cuda:v1", "mlp/ml-team/torch-cuda", "v1", id="a path and a tag"),
        pytest.param("a", "a", "latest", id="no tag is latest"),
        pytest.param("a_b-1/2", "a_b-1/2", "latest", id="digits, dashes, underscores"),
        pytest.param("a:2024-01_x", "a", "2024-01_x", id="a date"),
    ],
)
def test_well_formed(text: str, name: str, tag: str) -> None:
    assert alias(text) == Alias(name=name, tag=tag)
    assert alias(str(alias(text))) == alias(text)


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        pytest.param("", "a name holds", id="nothing"),
        pytest.param(":v1", "a name holds", id="no name"),
        pytest.param("A", "a name holds", id="a capital letter"),
        pytest.param("ä", "a name holds", id="another letter"),
        pytest.param("a.b", "a name holds", id="a dot"),
        pytest.param("a b", "a name holds", id="a space"),
        pytest.param("/a", "a name holds", id="a slash in front"),
        pytest.param("a/", "a name holds", id="a slash behind"),
        pytest.param("a//b", "a name holds", id="an empty part"),
        pytest.param("../a", "a name holds", id="a way out"),
        pytest.param("a\n", "a name holds", id="a line's end"),
        pytest.param("a:", "a tag holds", id="an empty tag"),
        pytest.param("a:1.0", "a tag holds", id="a dot in the tag"),
        pytest.param("a:V1", "a tag holds", id="a capital letter in the tag"),
        pytest.param("a:b:c", "a tag holds", id="two tags"),
        pytest.param("a:b/c", "a tag holds", id="a slash in the tag"),
    ],
)
def test_not_well_formed(text: str, claim: str) -> None:
    with pytest.raises(ValueError, match=claim):
        alias(text)


@pytest.mark.parametrize(
    ("tag", "movable"), [("latest", True), ("candidate", True), ("stable", True), ("v1", False), ("stable-1", False)]
)
def test_three_tags_may_move(tag: str, movable: bool) -> None:  # noqa: FBT001
    assert alias(f"a:{tag}").movable is movable


@pytest.mark.parametrize(
    ("text", "lookup"),
    [
        pytest.param("step:Flow/12/start", True, id="a step"),
        pytest.param("a" * 40, True, id="40 characters"),
        pytest.param("a" * 40 + ":" + "0" * 40, True, id="81 characters"),
        pytest.param("a" * 39, False, id="39 characters"),
        pytest.param("g" * 40, False, id="no hexadecimal digit"),
        pytest.param("mlp/a", False, id="a name"),
    ],
)
def test_the_extensions_own_lookups(text: str, lookup: bool) -> None:  # noqa: FBT001
    assert is_lookup(text) is lookup
