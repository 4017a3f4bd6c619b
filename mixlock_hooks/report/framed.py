"""Problems for a person at a terminal: grouped by file, each with its line, carets below it, and the way out."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from mixlock_hooks.model.problem import Severity
from mixlock_hooks.report import neutral
from mixlock_hooks.report.excerpt import columns, excerpt, folded
from mixlock_hooks.report.platforms import with_platforms
from mixlock_hooks.report.screen import Style

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.report.screen import Screen

    Source = Callable[[str], Sequence[str]]

STYLES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.NOTE: Style.NOTE}
"""How each weight is painted."""
_INDENT = "  "
_LABEL = "help: "
_TREE = " │├└─"
"""What the lines of an engine's tree begin with."""


def framed(problems: Sequence[Problem], screen: Screen, source: Source) -> str:
    """Render problems for a terminal.

    Args:
        problems: in the order of their places.
        screen: the terminal.
        source: gives the lines of a file, none where it cannot be read.
    """
    return "".join(f"{line}\n" for line in _files(with_platforms(problems, screen), screen, source))


def _files(problems: Sequence[Problem], screen: Screen, source: Source) -> Iterator[str]:
    for path, group in groupby(problems, key=lambda problem: problem.place.path):
        yield screen.paint(neutral.line(path), Style.TITLE)
        found, lines = list(group), source(path)
        for problem, following in zip(found, [*found[1:], None], strict=True):
            yield from _head(problem, screen)
            yield from (f"{_INDENT}{line}" for line in _excerpt(problem, lines, screen))
            yield from (part for line in problem.detail.splitlines() for part in _engine_line(line, screen))
            if problem.hint and not (following and following.hint == problem.hint):
                yield from _way_out(problem.hint, screen)
        yield ""


def _head(problem: Problem, screen: Screen) -> Iterator[str]:
    """Yield ``line:column code claim``; where it is folded, what is shown is made harmless line by line."""
    place = f"{problem.place.line}:{problem.place.column}"
    weight = "" if problem.severity is Severity.ERROR else f"{problem.severity.value}: "
    begin = f"{_INDENT}{place} {problem.code} "
    first, *rest = folded(f"{weight}{problem.claim}", screen.width, begin, _INDENT * 3)
    code = screen.paint(problem.code, STYLES[problem.severity])
    yield f"{_INDENT}{place} {code} {neutral.line(first[len(begin) :])}"
    yield from map(neutral.line, rest)


def _excerpt(problem: Problem, lines: Sequence[str], screen: Screen) -> tuple[str, ...]:
    beside = replace(screen, width=screen.width - len(_INDENT))
    return excerpt(problem.place, lines, beside, STYLES[problem.severity])


def _engine_line(line: str, screen: Screen) -> Iterator[str]:
    """Yield an engine's line; a long one is folded behind its begin, such as the lines of a tree."""
    shown = f"{_INDENT * 3}{neutral.line(line)}"
    if columns(shown) <= screen.width:
        yield shown
        return
    begin = shown[: len(shown) - len(shown.lstrip(_TREE))]
    yield from folded(shown[len(begin) :], screen.width, begin, " " * len(begin) + _INDENT)


def _way_out(hint: str, screen: Screen) -> Iterator[str]:
    begin = f"{_INDENT * 3}{_LABEL}"
    first, *rest = folded(hint, screen.width, begin, " " * len(begin))
    yield f"{_INDENT * 3}{screen.paint(_LABEL, Style.GOOD)}{neutral.line(first[len(begin) :])}"
    yield from map(neutral.line, rest)
