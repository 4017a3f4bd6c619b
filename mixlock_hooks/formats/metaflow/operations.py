"""What operators, subscripts and comparisons make of constants."""

from __future__ import annotations

import ast
import operator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mixlock_hooks.model.static import Static

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_SINGLETONS = (None, True, False)


class MeaningError(Exception):
    """An operation has no meaning for its values; the message says why, without naming them."""


def compared(ops: Sequence[ast.cmpop], values: Sequence[Static]) -> bool:
    """Return whether a chain of comparisons holds.

    Raises:
        TypeError: two values do not compare.
        MeaningError: ``is`` of values that are equal or not, but whose identity only Python knows.
    """
    for op, (left, right) in zip(ops, pairwise(values), strict=True):
        first, second = _python(left), _python(right, is_searched=isinstance(op, ast.In | ast.NotIn))
        if isinstance(op, ast.Is | ast.IsNot) and not any(
            one is single for one in (first, second) for single in _SINGLETONS
        ):
            raise MeaningError("compares the identity of values")
        if not _COMPARISONS[type(op)](first, second):
            return False
    return True


def _python(found: Static, *, is_searched: bool = False) -> object:
    """Return a value as Python has it, told apart by what it is equal to."""
    if found.kind == "mapping":
        return {key.value: _python(value) for key, value in found.pairs()}
    if found.kind != "sequence":
        return found.value
    parts = [_python(part) for part in found.items()]
    if found.form == "list" or is_searched:
        return parts
    if found.form not in {"set", "tuple"}:
        raise MeaningError("compares what is neither a list, a tuple nor a set")
    return tuple(parts) if found.form == "tuple" else frozenset(parts)


def unique(items: Iterable[Static]) -> list[Static]:
    """Return items, the first of those that are equal.

    Raises:
        TypeError: one cannot be in a set.
        MeaningError: what one is equal to is not known.
    """
    found: dict[object, Static] = {}
    for item in items:
        found.setdefault(_python(item), item)
    return list(found.values())


def truth(value: Static) -> bool:
    """Return whether a constant counts as true.

    Raises:
        MeaningError: it is no constant.
    """
    if value.kind == "object":
        raise MeaningError("is not a constant")
    if value.form == "iterator":
        raise MeaningError("is an iterator")
    return bool(value.items() or value.pairs() or (value.kind == "scalar" and value.value))


def item(value: Static, key: Static) -> Static:
    """Return what a subscript takes out of a mapping, or out of a sequence.

    Raises:
        MeaningError: there is no such item.
    """
    if value.kind == "mapping" and key.kind == "scalar":
        for known, found in value.pairs():
            if known.value == key.value:
                return found
        raise MeaningError(f"has no key {key.value!r}")
    if value.kind == "sequence" and isinstance(key.value, int):
        items = value.items()
        if -len(items) <= key.value < len(items):
            return items[key.value]
        raise MeaningError(f"has no item {key.value}")
    raise MeaningError("is computed when the flow runs")
