"""``mixlock explain``: one page on one code, or all of them."""

from __future__ import annotations

import pytest

from mixlock_hooks.commands import main
from mixlock_hooks.model.codes import Code


@pytest.mark.parametrize("word", ["MIX106", "mix106"])
def test_a_page_says_claim_reason_way_out_and_example(capsys: pytest.CaptureFixture[str], word: str) -> None:
    assert main(["explain", word]) == 0
    page = capsys.readouterr().out
    assert page.startswith(f"MIX106: {Code.BOTH_MANAGERS.claim}\n\npip would overwrite")
    assert "\nAsk only one of the two managers for it.\n" in page
    assert "\nbecomes\n" in page


@pytest.mark.parametrize("code", Code)
def test_every_code_has_a_page(capsys: pytest.CaptureFixture[str], code: Code) -> None:
    assert main(["explain", code]) == 0
    assert capsys.readouterr().out.startswith(f"{code}: ")


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [code.value for code in Code]


def test_a_number_that_no_code_has_leads_to_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mix999"]) == 2
    assert capsys.readouterr().err == "mixlock: mix999: no such code; `mixlock explain` lists all\n"


def test_an_unknown_code_is_an_error_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "MIX1O6"]) == 2
    assert "no such code; did you mean `MIX1" in capsys.readouterr().err
