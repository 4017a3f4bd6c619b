"""Codes: text that is public and for ever, one page each, written nowhere else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS
from tests.reference_page import PAGE, with_tables

ROOT = Path(__file__).parents[2]


def test_a_code_is_its_text() -> None:
    assert (str(Code.SECRET), f"{Code.SECRET:>8}", json.dumps([Code.SECRET])) == ("MIX107", "  MIX107", '["MIX107"]')


def test_codes_come_in_their_order_and_none_twice() -> None:
    values = [code.value for code in Code]
    assert values == sorted(set(values))
    assert len(Code.__members__) == len(values)


@pytest.mark.parametrize("code", Code)
def test_a_code_has_a_page(code: Code) -> None:
    found = EXPLANATIONS[code]
    assert code.claim
    assert found.why.endswith(".")
    assert found.way_out.endswith(".")
    assert bool(found.before) == bool(found.after)


def test_no_module_spells_a_code() -> None:
    files = sorted((ROOT / "mixlock_hooks").rglob("*.py"))
    spelled = re.compile(r"""["']MIX[0-9]{3}["']""")
    assert [file.name for file in files if spelled.search(file.read_text(encoding="utf-8"))] == ["codes.py"]


def test_the_reference_has_the_codes_as_they_are() -> None:
    """``nox -s reference`` writes them anew."""
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_tables(text)
