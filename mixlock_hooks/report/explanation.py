"""A code's page for a person, the list of all, and the table in the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator


def page(code: Code) -> str:
    """Render one code's page: what it claims, why it matters, the way out, an example."""
    return "\n".join(_page(code)) + "\n"


def _page(code: Code) -> Iterator[str]:
    explanation = EXPLANATIONS[code]
    yield from (f"{code}: {code.claim}", "", explanation.why, "", explanation.way_out)
    if explanation.before:
        yield from ("", f"For example, {explanation.path}:", "", *_indented(explanation.before))
        yield from ("", "becomes", "", *_indented(explanation.after))


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.expandtabs().splitlines())


def overview() -> str:
    """Render every code with its claim, one a line."""
    return "".join(f"{code}  {code.claim}\n" for code in Code)


def table() -> str:
    """Render the table of the reference, in markdown."""
    rows = [f"| {code} | {code.claim} | {EXPLANATIONS[code].way_out} |" for code in Code]
    return "\n".join(("| code | claim | way out |", "|---|---|---|", *rows)) + "\n"
