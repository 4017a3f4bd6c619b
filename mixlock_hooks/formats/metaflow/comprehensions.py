"""Go through the rounds of a comprehension over constants."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.things import Frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.model.static import Static


def rounds(around: ExpressionReader, generators: Sequence[ast.comprehension]) -> Iterator[ExpressionReader]:
    """Yield, for each round, an evaluator that knows the comprehension's names.

    Only what the first ``for`` goes through can name what the class around binds, as in Python.

    Raises:
        NotStaticError: what it goes through, or a condition, is not constant.
    """
    first, rest = generators[0], generators[1:]
    if first.is_async:
        raise around.error(first.iter, "is computed when the flow runs")
    for item in around.items(first.iter):
        values = assigned(around, first.target, item)
        inner = around.inside(around.module, Frame(values=values, outer=around.frame, is_round=True))
        if all(inner.holds(condition) for condition in first.ifs):
            if rest:
                yield from rounds(inner, rest)
            else:
                yield inner


def takes_round(node: ast.Lambda, frame: Frame | None) -> bool:
    """Return whether a lambda names, other than in its defaults, what a comprehension around it goes through."""
    names = {inner.id for inner in ast.walk(node.body) if isinstance(inner, ast.Name)}
    names -= {inner.arg for inner in ast.walk(node.args) if isinstance(inner, ast.arg)}
    while frame is not None:
        if frame.is_round and names & frame.values.keys():
            return True
        names -= frame.values.keys()
        frame = frame.outer
    return False


def assigned(around: ExpressionReader, target: ast.expr, value: Static) -> dict[str, Static | NotStaticError]:
    """Return what a target binds its names to.

    Raises:
        NotStaticError: the value does not fit the target.
    """
    if isinstance(target, ast.Name):
        return {target.id: value}
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else []
    if not parts or value.kind != "sequence" or len(value.items()) != len(parts):
        raise around.error(target, "is computed when the flow runs")
    bound: dict[str, Static | NotStaticError] = {}
    for part, item in zip(parts, value.items(), strict=True):
        bound.update(assigned(around, part, item))
    return bound
