"""Inline tables over several lines, which TOML 1.0 does not have."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import toml_text
from mixlock_hooks.formats.foreign import pixi_manifest, toml_1_1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = { b = 1 }\n", {"a": {"b": 1}}),
        ("a = {\n  b = 1,\n  c = 2,\n}\n", {"a": {"b": 1, "c": 2}}),
        ("a = { # of {\n  b = 1, # more }\n}\nc = 2\n", {"a": {"b": 1}, "c": 2}),
        ("a = {\r\n  b = [\r\n    1, # one\r\n    2,\r\n  ],\r\n}\r\n", {"a": {"b": [1, 2]}}),
        (
            'a = {\n  b = "}, # {",\n  c = { d = """\nx } y\n""" },\n}\n',
            {"a": {"b": "}, # {", "c": {"d": "x } y\n"}}},
        ),
        ("a = '{'\nb = {\n c = '#',\n}\n", {"a": "{", "b": {"c": "#"}}),
    ],
)
def test_tables_over_several_lines_are_read(text: str, expected: dict[str, object]) -> None:
    assert toml_1_1.loads(text) == expected


@pytest.mark.parametrize("text", ["a = {\n", "a = {\n b = 1 c = 2\n}\n", "a = 1 }\n", "}\n", "a = {,}\nb =\n"])
def test_what_is_no_toml_is_refused_where_it_stands(text: str) -> None:
    with pytest.raises(toml_text.TOMLDecodeError) as as_it_stands:
        toml_text.loads(text)
    with pytest.raises(toml_text.TOMLDecodeError) as refused:
        toml_1_1.loads(text)
    assert str(refused.value) == str(as_it_stands.value)


def test_what_stands_in_such_a_table_has_its_own_place() -> None:
    text = '[workspace]\nplatforms = ["linux-64"]\n[pypi-dependencies]\nx = {\n  version = "*",\n  surprise = 1,\n}\n'
    _workspace, (problem,) = pixi_manifest.parse(text, "pixi.toml")
    assert (problem.place.line, problem.place.column) == (6, 3)
