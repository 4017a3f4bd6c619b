"""``aliases.toml`` is read as it is rendered, and nothing else."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import aliases_toml
from mixlock_hooks.model.alias import AliasTarget, alias

_ONE = AliasTarget(environment="environment", source="environment.yml", fingerprint="sha256:1", lock="sha256:2")
_TWO = AliasTarget(environment='e"x\\', source="é.yml", fingerprint="", lock="")
_TEXT = """\
# Named environments. Made by `mixlock resolve --alias`; do not edit.

["a:v1"]
environment = "environment"
source = "environment.yml"
fingerprint = "sha256:1"
lock = "sha256:2"

["b/c:latest"]
environment = "environment"
source = "environment.yml"
fingerprint = "sha256:1"
lock = "sha256:2"
"""


def test_aliases_are_rendered_sorted() -> None:
    assert aliases_toml.render({alias("b/c"): _ONE, alias("a:v1"): _ONE}).decode() == _TEXT


@pytest.mark.parametrize("aliases", [{}, {alias("a"): _ONE}, {alias("a"): _ONE, alias("a/b:v1"): _TWO}])
def test_what_is_rendered_is_read(aliases: dict[object, AliasTarget]) -> None:
    assert aliases_toml.parse(aliases_toml.render(aliases).decode()) == aliases  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x =", id="no TOML"),
        pytest.param("<<<<<<< HEAD\n" + _TEXT, id="a merge conflict"),
        pytest.param("version = 1\n", id="no table"),
        pytest.param(_TEXT.replace('source = "environment.yml"\n', ""), id="a key lacks"),
        pytest.param(_TEXT + "more = 1\n", id="a key too many"),
        pytest.param(_TEXT.replace('"sha256:1"', "1"), id="a number"),
        pytest.param(_TEXT.replace("a:v1", "A:v1"), id="a bad name"),
        pytest.param(_TEXT.replace("a:v1", "a:v.1"), id="a bad tag"),
        pytest.param(_TEXT + _TEXT, id="an alias twice"),
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        aliases_toml.parse(text)


def test_no_file_is_no_alias() -> None:
    assert aliases_toml.parse("") == {}
