"""YAML that is not a document for people is refused, quickly and with a place; merge keys mean what YAML says."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.yaml_nodes import DEEPEST, MappingNode, NotYamlError, compose, pairs

_LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefg", "bcdefgh", strict=True)
)
_MERGES = "a: &a {x: y}\n" + "".join(
    f"{name}: &{name} {{<<: *{before}, <<: *{before}}}\n"
    for before, name in zip("abcdefghijklmnopqrs", "bcdefghijklmnopqrst", strict=True)
)
_MEGABYTE = 1024 * 1024


def _keys(text: str) -> list[tuple[str, str, bool]]:
    node = compose(text, "e.yml")
    assert isinstance(node, MappingNode)
    *_, last = pairs(node)
    assert isinstance(last.value, MappingNode)
    return [(pair.key, pair.value.value, pair.repeated) for pair in pairs(last.value)]


@pytest.mark.parametrize(
    ("text", "place", "claim"),
    [
        pytest.param("a:\n\t- b", "e.yml:2:1", "cannot start any token", id="a tab"),
        pytest.param("a: [b", "e.yml:1:6", "did not find expected", id="a bracket left open"),
        pytest.param("a: *b", "e.yml:1:4", "undefined alias", id="an alias of nothing"),
        pytest.param("a\n---\nb", "e.yml:2:1", "expected a single document", id="two documents"),
        pytest.param("a: b\nc\x00d", "e.yml:2:2", "unprintable character #x0000", id="a zero byte"),
        pytest.param("é: é\x7fELF", "e.yml:1:5", "unprintable character #x007f", id="binary behind other letters"),
        pytest.param("&a [*a]", "e.yml:1:5", "`*a` stands inside itself", id="a list in itself"),
        pytest.param("&a\n<<: *a", "e.yml:2:5", "`*a` stands inside itself", id="a mapping merged into itself"),
        pytest.param(_LAUGHS, "e.yml:4:36", "holds more than 10000 values", id="a billion laughs"),
        pytest.param(_MERGES, "e.yml:11:20", "holds more than 10000 values", id="merge keys that double"),
        pytest.param(
            "- &a [" + "x," * _MEGABYTE + "]\n" + "- *a\n" * 200_000,
            "e.yml:1:20003",
            "holds more than 10000 values",
            id="3 MB of a long list and its aliases",
        ),
    ],
)
def test_what_is_no_document_is_refused(text: str, place: str, claim: str) -> None:
    with pytest.raises(NotYamlError) as raised:
        compose(text, "e.yml")
    assert str(raised.value.place) == place
    assert claim in str(raised.value)


@pytest.mark.parametrize("text", ["[" * 3 * _MEGABYTE, "- " * _MEGABYTE], ids=["3 MB of brackets", "2 MB of dashes"])
def test_deep_nesting_is_refused_on_its_line(text: str) -> None:
    """Which column it is, and whether libyaml or mixlock counts, differs between releases of PyYAML."""
    with pytest.raises(NotYamlError) as raised:
        compose(text, "e.yml")
    assert (raised.value.place.path, raised.value.place.line) == ("e.yml", 1)


def test_nesting_that_a_person_might_write_is_read() -> None:
    assert compose("[" * DEEPEST + "]" * DEEPEST, "e.yml") is not None


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        pytest.param("{a: 1, b: 2, a: 3}", [("a", "1", False), ("b", "2", False), ("a", "3", True)], id="repeated"),
        pytest.param("{<<: *x, c: 3}", [("a", "1", False), ("b", "2", False), ("c", "3", False)], id="merged"),
        pytest.param("{<<: *x, a: 3}", [("b", "2", False), ("a", "3", False)], id="own keys override, before"),
        pytest.param("{a: 3, <<: *x}", [("a", "3", False), ("b", "2", False)], id="own keys override, after"),
        pytest.param("{<<: [*y, *x]}", [("a", "9", False), ("b", "2", False)], id="the first of a list wins"),
        pytest.param("{<<: 5}", [("<<", "5", False)], id="what is not a mapping is an ordinary key"),
        pytest.param("{'<<': 5}", [("<<", "5", False)], id="a quoted one too"),
    ],
)
def test_pairs(text: str, keys: list[tuple[str, str, bool]]) -> None:
    assert _keys(f"x: &x {{a: 1, b: 2}}\ny: &y {{a: 9}}\nz: {text}") == keys
