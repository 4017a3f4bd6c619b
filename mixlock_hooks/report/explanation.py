"""A code's page for a person, the list of all, and the table in the reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.explanations import EXPLANATIONS
from mixlock_hooks.report.excerpt import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.explanation import Explanation


def page(code: Code, width: int = 0) -> str:
    """Render one code's page, no wider than a terminal: the claim, why it matters, the way out, an example."""
    return "\n".join(_page(code, width)) + "\n"


def _page(code: Code, width: int) -> Iterator[str]:
    explanation = EXPLANATIONS[code]
    yield from folded(f"{code}: {code.claim}", width)
    yield from ("", *folded(explanation.why, width), "", *folded(explanation.way_out, width))
    if explanation.before:
        yield from ("", f"{example(explanation)}:", "", *_indented(explanation.before))
        yield from ("", "becomes", "", *_indented(explanation.after))
    if explanation.session:
        yield from ("", "For example:", "", *_indented(explanation.session))


def example(explanation: Explanation, mark: str = "") -> str:
    """Say which file shows the finding, and under which configuration; ``mark`` stands around both."""
    under = f" with {mark}{explanation.configuration.strip()}{mark}" if explanation.configuration else ""
    return f"For example, {mark}{explanation.path}{mark}{under}"


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.expandtabs().splitlines())


def overview(width: int = 0) -> str:
    """Render every code with its claim, one a line as long as a terminal has the room."""
    lines = (line for code in Code for line in folded(code.claim, width, f"{code}  ", " " * len(f"{code}  ")))
    return "".join(f"{line}\n" for line in lines)


def table() -> str:
    """Render the table of the reference, in markdown."""
    rows = [f"| {code} | {code.claim} | {EXPLANATIONS[code].way_out} |" for code in Code]
    return "\n".join(("| code | claim | way out |", "|---|---|---|", *rows)) + "\n"
