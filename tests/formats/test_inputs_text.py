"""Recorded inputs as texts: read back as they were, one requirement a line, whoever wrote them."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

from mixlock_hooks.formats import inputs_text
from mixlock_hooks.model.inputs import Inputs

_BARE = Inputs(
    platform="linux-64",
    channels=("conda-forge",),
    indices=(),
    default_index="https://index.example/simple",
    channel_priority="strict",
    virtual_packages={"__glibc": "2.27"},
    python="3.12.*",
    conda={},
    pypi=(),
)
ROWS = {
    "no requirement": _BARE,
    "without a constraint": replace(_BARE, conda={"numpy": ""}),
    "of a channel, with a build": replace(_BARE, conda={"pytorch::pytorch": "2.1.* *cuda*", "pip": ""}),
    "of a channel by its URL": replace(_BARE, conda={"https://c.example/x/label/dev::a": ">=1,<2"}),
    "of PyPI, with all that one can have": replace(
        _BARE, pypi=('a[b]>=1; python_version < "3.13"', "ä", "c==1 --hash=sha256:0")
    ),
    "with everything that is optional": replace(
        _BARE,
        left_out=("MIX101 git+x",),
        implied=("pip",),
        constraints=("u>=2",),
        index_of={"t": "https://t.example"},
    ),
}


@pytest.mark.parametrize("inputs", ROWS.values(), ids=ROWS)
def test_what_is_written_is_read_back(inputs: Inputs) -> None:
    texts = inputs_text.render(inputs)
    assert inputs_text.parse(texts) == inputs
    lines = [line for kind in ("conda", "pypi") for line in texts.get(kind, "").splitlines()]
    assert len(lines) == len(inputs.conda) + len(inputs.pypi)


@pytest.mark.parametrize("inputs", ROWS.values(), ids=ROWS)
def test_what_an_older_mixlock_wrote_is_read(inputs: Inputs) -> None:
    assert inputs_text.parse({"inputs": json.dumps(inputs.as_table())}) == inputs


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"inputs": "{}"}, id="an empty table"),
        pytest.param({"inputs": "[]"}, id="a list"),
        pytest.param({"inputs": "{"}, id="no JSON"),
        pytest.param({"inputs": "[" * 100_000}, id="nesting without end"),
        pytest.param({**inputs_text.render(_BARE), "conda": "a 1\na 2\n"}, id="one name twice"),
    ],
)
def test_anything_else_is_refused(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        inputs_text.parse(texts)


WRONG: dict[str, tuple[object, ...]] = {
    "channels": ([1], "conda-forge", None),
    "indices": ([{}],),
    "default_index": (None, 1),
    "channel_priority": ("none", None, []),
    "platform": (1, None),
    "virtual_packages": ({"__glibc": 2}, []),
    "python": (3.12, []),
    "conda": ({"numpy": None}, []),
    "pypi": ([1],),
    "left_out": ([None],),
    "implied": (["https://evil.example/x::numpy"], ["numpy"], [1]),
    "constraints": ([1],),
    "pip_constraints": ([[]],),
    "prereleases": (1, "yes"),
    "find_links": ([1],),
    "index_of": ({"a": []},),
    "exclude_newer": (None, 1),
    "schema": ("1", True, None),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_value_of_another_form_is_refused(name: str, value: object) -> None:
    table = {**_BARE.as_table(), name: value}
    with pytest.raises(ValueError, match=f"`{name}` is of another form"):
        inputs_text.parse({"inputs": json.dumps(table)})


def test_every_value_has_a_row() -> None:
    assert WRONG.keys() == {field.name for field in fields(Inputs)}
