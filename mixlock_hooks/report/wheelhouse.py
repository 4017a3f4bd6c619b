"""What became of a wheelhouse, as text; and the exit status that it means."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import in_order
from mixlock_hooks.report import neutral
from mixlock_hooks.report import problems as problem_report
from mixlock_hooks.report.count import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.wheelhouse import WheelhouseResult

_TO_MEND = frozenset({Code.BODY, Code.WHEEL})
"""What is the user's to mend; all else is what could not be done."""


def text(result: WheelhouseResult, *, verbose: bool = False) -> str:
    """Render what was made for one environment: each wheel that is new, and the files that were written."""
    if _failed(result):
        return ""
    made = [found for found in result.results if found.wheel]
    counts = Counter(found.origin for found in made)
    shown = ", ".join(f"{count} {origin}" for origin, count in sorted(counts.items())) or "no sdist is locked"
    fetched = f", {counted(result.fetched, 'wheel')} from the indices" if result.fetched else ""
    lines = [f"{result.environment}: {shown}{fetched}"]
    lines += [
        f"  {found.origin} {found.wheel.file} sha256:{found.wheel.sha256}"
        for found in made
        if found.wheel and (verbose or found.origin != "cached")
    ]
    lines += [f"  wrote {path}" for path in result.written]
    return neutral.lines(lines)


def notes(result: WheelhouseResult) -> str:
    """Render what is worth knowing of the wheels, each once."""
    told = dict.fromkeys(note for found in result.results if found.wheel for note in found.notes)
    return neutral.lines(f"{result.environment}: note: {note}" for note in told)


def problems(result: WheelhouseResult) -> str:
    """Render what went wrong."""
    found = in_order(_problems(result))
    bare = [each.failed for each in result.results if each.failed and not each.problems]
    bare += [result.failed] if result.failed else []
    told = "".join(neutral.text(f"{result.environment}: {words}") for words in dict.fromkeys(bare))
    unchanged = (
        neutral.text(f"{result.environment}: nothing was recorded; what stood there is unchanged")
        if _failed(result)
        else ""
    )
    return problem_report.text(found) + told + unchanged


def _problems(result: WheelhouseResult) -> list[Problem]:
    return [*result.problems, *(problem for each in result.results for problem in each.problems)]


def unneeded(names: Sequence[str]) -> str:
    """Render the names under ``extra-build-requires`` that are of no locked sdist: one may be misspelt."""
    return neutral.lines(f"note: extra-build-requires.{name}: no sdist of that name is locked" for name in names)


def closing(results: Sequence[WheelhouseResult]) -> str:
    """Render one line for all environments, where something failed."""
    failed = sum(_failed(result) for result in results)
    return f"{failed} of {counted(len(results), 'wheelhouse')} incomplete\n" if failed else ""


def status(results: Sequence[WheelhouseResult]) -> int:
    """Return the exit status: 3 where a wheel cannot be had, 1 where only digests differ, else 0."""
    codes = {problem.code for result in results for problem in _problems(result)}
    bare = any(
        result.failed or any(each.failed and not each.problems for each in result.results) for result in results
    )
    if bare or codes - _TO_MEND:
        return 3
    return 1 if codes else 0


def _failed(result: WheelhouseResult) -> bool:
    return bool(result.failed or result.problems) or any(found.problems or found.failed for found in result.results)
