"""Allowances without effect: a comment that silences nothing is told, so that nobody relies on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.environment import Mode
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.rules.policy import may_be_allowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from mixlock_hooks.model.document import Allowance

_CODES = {code.value: code for code in Code}
_FORM = "`# mixlock: allow MIX104 REASON`"


def ineffective(path: str, allowances: Iterable[Allowance], used: AbstractSet[Allowance]) -> Iterator[Problem]:
    """Yield a warning for each allowance of a file that stands at no finding, or is none."""
    for allowance in allowances:
        if allowance in used:
            continue
        claim, hint = _without_effect(allowance, _CODES.get(allowance.code))
        place = at(path, allowance.comment_line, allowance.column)
        yield Problem(code=Code.UNKNOWN_KEY, place=place, claim=claim, hint=hint, severity=Severity.WARNING)


def _without_effect(allowance: Allowance, code: Code | None) -> tuple[str, str]:
    if not allowance.code:
        return "a comment that begins with `mixlock:` and is not an allowance", f"write {_FORM}"
    if code is None:
        claim = f"an allowance for `{allowance.code}`, which is not a code"
        return claim, f"name the code that is reported: {_FORM}"
    if not any(may_be_allowed(code, mode, weight) for mode in Mode for weight in Severity):
        return f"an allowance without effect: {allowance.code} cannot be silenced", "remove the comment"
    claim = f"an allowance without effect: there is no {allowance.code} in line {allowance.line}"
    return claim, "remove the comment, or write it at the entry that is reported"
