"""The JSON schema of the configuration says what the reader says, and is the one that ships."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from mixlock_hooks.formats import config_schema, toml_text
from mixlock_hooks.formats.config_keys import KEYS
from mixlock_hooks.formats.project_config import parse
from tests.formats.test_project_config import _RIGHT
from tests.reference_page import SCHEMA

_NEVER_RIGHT = ["5.5", "[1]", "[[]]", "{x = 1}", "{x = [1]}"]
"""Values of a kind that no key has."""


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json.loads(config_schema.render())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_that_ships_is_the_one_of_these_keys() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == config_schema.render(), "run `nox -s reference`"


@pytest.mark.parametrize(("key", "value"), [pytest.param(*row[:2], id=f"{row[0]} = {row[1]}") for row in _RIGHT])
def test_an_editor_accepts_what_is_right(validator: Draft202012Validator, key: str, value: str) -> None:
    text = f"{key} = {value}"
    found = json.loads(json.dumps(toml_text.loads(text), default=str))
    assert not list(validator.iter_errors(found))


@pytest.mark.parametrize("value", _NEVER_RIGHT)
@pytest.mark.parametrize("key", KEYS)
def test_an_editor_refuses_what_the_reader_refuses(validator: Draft202012Validator, key: str, value: str) -> None:
    text = f"{key} = {value}"
    assert parse(text, "mixlock.toml")[1]
    assert list(validator.iter_errors(toml_text.loads(text)))


def test_an_editor_refuses_an_unknown_key(validator: Draft202012Validator) -> None:
    assert list(validator.iter_errors({"chanels": []}))
    assert list(validator.iter_errors({"environments": {"dev": {"specs": ["a.yml"], "platform": "linux-64"}}}))
