"""The shipped name map against the whole map it was made from, asked through conda-lock itself."""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats.name_map import compact, render_lookup_json
from mixlock_hooks.shell.name_map_file import shipped
from tests.real.shared_channels import SHARED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytestmark = pytest.mark.real

_FULL = SHARED / "data" / "grayskull_pypi_mapping.json"


@pytest.fixture(name="full", scope="module")
def _full() -> Mapping[str, Mapping[str, str]]:
    records: Mapping[str, Mapping[str, str]] = json.loads(_FULL.read_text(encoding="utf-8"))
    return records


@pytest.fixture(name="names", scope="module")
def _names(full: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return every name of the full map, PyPI's and conda's, so that each is asked in both directions."""
    return sorted({*full, *(record["conda_name"] for record in full.values()), "not-in-any-map"})


@pytest.fixture(name="expected", scope="module")
def _expected(names: list[str]) -> dict[str, tuple[str, str]]:
    return _conda_lock_answers(names, _FULL)


def _conda_lock_lookup() -> Any:
    """Import conda-lock's lookups; what conda-lock vendors warns of its own deprecations meanwhile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("conda_lock.lookup")


def _conda_lock_answers(names: list[str], mapping: Path) -> dict[str, tuple[str, str]]:
    lookup = _conda_lock_lookup()
    return {
        name: (
            lookup.pypi_name_to_conda_name(name, mapping_url=str(mapping)),
            lookup.conda_name_to_pypi_name(name, mapping_url=str(mapping)),
        )
        for name in names
    }


def test_the_shipped_map_is_the_full_map_made_compact(full: Mapping[str, Mapping[str, str]]) -> None:
    shipped_text = files("mixlock_hooks.data").joinpath("name_map.tsv").read_text(encoding="utf-8")
    assert compact(full) == shipped_text


def test_the_shipped_map_answers_as_conda_lock_does(names: list[str], expected: dict[str, tuple[str, str]]) -> None:
    answers = {name: (shipped().conda_name(name), shipped().pypi_name(name)) for name in names}
    assert answers == expected


def test_conda_lock_answers_the_same_from_the_rendered_file(
    tmp_path: Path, names: list[str], expected: dict[str, tuple[str, str]]
) -> None:
    rendered = tmp_path / "lookup.json"
    rendered.write_text(render_lookup_json(shipped()), encoding="utf-8")
    assert _conda_lock_answers(names, rendered) == expected
