"""Places of a TOML document: every key and value at its line and column, whatever stands between."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.toml_places import TomlPlaces


@pytest.mark.parametrize(
    ("text", "keys", "key", "value"),
    [
        pytest.param('a = "x"', ("a",), "1:1", "1:5", id="a key"),
        pytest.param('[t]\nb="x"', ("t", "b"), "2:1", "2:3", id="in a table"),
        pytest.param("[t.u]\nb.c = 1", ("t", "u", "b", "c"), "2:3", "2:7", id="dotted"),
        pytest.param('[t."a.b"]\nc = 1', ("t", "a.b", "c"), "2:1", "2:5", id="a quoted table"),
        pytest.param('a = [\n  "x", # "no"\n\n  "y",\n]', ("a", 1), "1:1", "4:3", id="an item behind a remark"),
        pytest.param("a = ['x]', 'y']", ("a", 1), "1:1", "1:12", id="a bracket in a literal"),
        pytest.param('a = ["x\\"]", "y"]', ("a", 1), "1:1", "1:14", id="a quote in a basic string"),
        pytest.param('a = """x\n]\n"""\nb = 2', ("b",), "4:1", "4:5", id="behind a text of three quotes"),
        pytest.param("a = {b = [1, 2], c = 'x'}", ("a", "c"), "1:18", "1:22", id="an inline table"),
        pytest.param("a = 1979-05-27 07:32:00 # x\nb = 2", ("b",), "2:1", "2:5", id="behind a date with a space"),
        pytest.param("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1, "a"), "4:1", "4:5", id="the second of a list of tables"),
        pytest.param('[t]\r\n"b" = 1\r\n', ("t", "b"), "2:2", "2:7", id="carriage returns"),
        pytest.param("[t]\na = 1", ("t", "none", 3), "1:2", "1:2", id="the nearest above what is not there"),
    ],
)
def test_each_stands_where_an_editor_shows_it(text: str, keys: tuple[str | int, ...], key: str, value: str) -> None:
    places = TomlPlaces(text, "p.toml")
    assert str(places.key(*keys)) == f"p.toml:{key}"
    assert str(places.value(*keys)) == f"p.toml:{value}"
