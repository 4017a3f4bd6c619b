"""Recorded inputs as one line of JSON: canonical, so that equal inputs are equal text."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

from mixlock_hooks.model.inputs import OPTIONAL, Inputs

if TYPE_CHECKING:
    from typing import Any

_TUPLES = ("channels", "indices", "pypi", "left_out", "implied", "constraints", "pip_constraints", "find_links")
_TABLES = ("conda", "virtual_packages", "index_of")


def render(inputs: Inputs) -> str:
    """Render inputs as canonical JSON: keys sorted, no spaces, ASCII."""
    return json.dumps(inputs.as_table(), sort_keys=True, separators=(",", ":"))


def parse(text: str) -> Inputs:
    """Parse what ``render`` made.

    Raises:
        ValueError: it is not JSON, or not inputs of a schema that is known.
    """
    try:
        raw: Any = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested without end") from error
    if not isinstance(raw, dict) or {*OPTIONAL, *raw} != {field.name for field in fields(Inputs)}:
        raise ValueError("not the recorded inputs of a lock")
    raw = {**{name: [] for name in OPTIONAL}, "prereleases": False, "index_of": {}, **raw}
    if not all(isinstance(raw[name], list) for name in _TUPLES):
        raise ValueError("not the recorded inputs of a lock: a list is expected")
    if not isinstance(raw["prereleases"], bool):
        raise ValueError("not the recorded inputs of a lock: true or false is expected")  # noqa: TRY004 - of the text
    if not all(isinstance(raw[name], dict) for name in _TABLES):
        raise ValueError("not the recorded inputs of a lock: a table is expected")
    return Inputs(**{**raw, **{name: tuple(raw[name]) for name in _TUPLES}})
