"""Recorded inputs as texts: requirements one a line, so that two branches can each add one; all else as JSON.

The JSON is canonical and equal inputs are equal texts.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING

from mixlock_hooks.model.inputs import IMPLIABLE, OPTIONAL, Inputs
from mixlock_hooks.model.settings import ChannelPriority

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

SETTINGS, CONDA, PYPI = "inputs", "conda", "pypi"
_TUPLES = ("channels", "indices", "pypi", "left_out", "implied", "constraints", "pip_constraints", "find_links")
_TABLES = ("conda", "virtual_packages", "index_of")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and all(line.isprintable() for line in value.split("\n"))


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, (*value, *value.values())))


_FORMS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_TUPLES, _are_texts),
    **dict.fromkeys(_TABLES, _is_table),
    "implied": lambda value: _are_texts(value) and set(value) <= IMPLIABLE,
    "channel_priority": lambda value: _is_text(value) and value in {each.value for each in ChannelPriority},
    "prereleases": lambda value: isinstance(value, bool),
    "python": lambda value: value is None or _is_text(value),
    "schema": lambda value: type(value) is int,
}
"""What each of the recorded values has to be; those that are not listed are texts."""


def settings(inputs: Inputs) -> str:
    """Render everything but the requirements as canonical JSON: keys sorted, no spaces, ASCII."""
    table = {name: value for name, value in inputs.as_table().items() if name not in {CONDA, PYPI}}
    return json.dumps(table, sort_keys=True, separators=(",", ":"))


def render(inputs: Inputs) -> dict[str, str]:
    """Render inputs as texts by their kind; a kind of requirement without any is left out."""
    conda = "".join(f"{f'{name} {constraint}'.strip()}\n" for name, constraint in sorted(inputs.conda.items()))
    pypi = "".join(f"{text}\n" for text in inputs.pypi)
    lines = {CONDA: conda, PYPI: pypi}
    return {SETTINGS: settings(inputs), **{kind: text for kind, text in lines.items() if text}}


def parse(texts: Mapping[str, str]) -> Inputs:
    """Parse what ``render`` made, or what an older mixlock wrote as one JSON.

    Raises:
        ValueError: it is not JSON, or not inputs of a schema that is known.
    """
    try:
        raw: Any = json.loads(texts[SETTINGS])
    except (KeyError, RecursionError) as error:
        raise ValueError("no recorded inputs, or nested without end") from error
    if not isinstance(raw, dict):
        raise ValueError("not the recorded inputs of a lock")  # noqa: TRY004 - of the text
    if CONDA not in raw:
        raw = {**raw, CONDA: _conda(texts.get(CONDA, "")), PYPI: texts.get(PYPI, "").splitlines()}
    if {*OPTIONAL, *raw} != {field.name for field in fields(Inputs)}:
        raise ValueError("not the recorded inputs of a lock")
    raw = {**{name: [] for name in OPTIONAL}, "prereleases": False, "index_of": {}, **raw}
    wrong = next((name for name in raw if not _FORMS.get(name, _is_text)(raw[name])), None)
    if wrong:
        raise ValueError(f"not the recorded inputs of a lock: `{wrong}` is of another form")
    return Inputs(**{**raw, **{name: tuple(raw[name]) for name in _TUPLES}})


def _conda(lines: str) -> dict[str, str]:
    """Parse ``name constraint`` lines.

    Raises:
        ValueError: two lines are of one name.
    """
    pairs = [line.partition(" ") for line in lines.splitlines()]
    found = {name: constraint for name, _space, constraint in pairs}
    if len(found) != len(pairs):
        raise ValueError("one name is recorded twice")
    return found
