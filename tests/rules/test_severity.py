"""Severity is one function of code, mode and allowance: every code, in every mode, with every allowance."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Allowance
from mixlock_hooks.model.environment import Mode
from mixlock_hooks.model.problem import Severity
from mixlock_hooks.rules.policy import Outcome, outcome

S, U, L, N = Outcome.STANDS, Outcome.UNLOCKABLE, Outcome.LEFT_OUT, Outcome.SILENT
_NEVER = ((S, S, S), (S, S, S))
_SILENCED = ((S, S, S), (N, N, N))
_LEFT_OUT = ((S, S, S), (L, L, L))
_PIPS = ((S, U, S), (L, L, S))

TABLE = {
    **{f"MIX{number:03}": _NEVER for number in (1, 2, 3, 4, 5, 6, 8, 9, 10)},
    "MIX007": _LEFT_OUT,
    "MIX101": _PIPS,
    "MIX102": _PIPS,
    "MIX103": _PIPS,
    "MIX104": ((S, U, S), (L, L, L)),
    "MIX105": _LEFT_OUT,
    "MIX106": _SILENCED,
    "MIX107": _SILENCED,
    "MIX108": _SILENCED,
    "MIX109": _LEFT_OUT,
    "MIX110": _NEVER,
    "MIX111": _SILENCED,
    **{f"MIX{number}": _NEVER for number in (*range(201, 214), *range(301, 306), *range(401, 405))},
}
"""For each code what becomes of an error in conda, PyPI and mixed mode: without an allowance, and with one."""

_ALLOWANCES = {"none": None, "without a reason": "", "with a reason": "known"}


def test_the_table_has_every_code() -> None:
    assert sorted(TABLE) == list(Code)


@pytest.mark.parametrize("code", Code)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("reason", _ALLOWANCES.values(), ids=_ALLOWANCES)
def test_what_becomes_of_an_error(code: Code, mode: Mode, reason: str | None) -> None:
    allowance = None if reason is None else Allowance(code=code, line=1, reason=reason)
    expected = TABLE[code][bool(reason)][list(Mode).index(mode)]
    assert outcome(code, mode, allowance) is expected


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(Code.NO_PYTHON, N, id="python may come with another package"),
        pytest.param(Code.UNKNOWN_KEY, N, id="a key that is ignored"),
        pytest.param(Code.CONTRADICTION, N, id="entries that were joined"),
        pytest.param(Code.NOT_A_MATCH_SPEC, N, id="a bracket that conda ignores"),
        pytest.param(Code.WRONG_TYPE, S, id="what cannot be read"),
    ],
)
def test_what_an_allowance_makes_of_a_warning(code: Code, mode: Mode, expected: Outcome) -> None:
    allowance = Allowance(code=code, line=1, reason="known")
    assert outcome(code, mode, allowance, Severity.WARNING) is expected
