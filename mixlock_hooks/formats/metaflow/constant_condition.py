"""Judge the test of a conditional expression: constants, comparisons of constants, ``not``, ``and``, ``or``."""

from __future__ import annotations

import ast
import operator
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Value = Callable[[ast.expr], object]

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: lambda left, right: left is right,
    ast.IsNot: lambda left, right: left is not right,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


def judged(node: ast.expr, value: Value) -> bool:
    """Return whether a test holds.

    Args:
        node: the test.
        value: gives the plain constant an expression stands for.

    Raises:
        TypeError: what is compared does not compare.
    """
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not judged(operand, value)
        case ast.BoolOp(op=ast.And(), values=values):
            return all(judged(part, value) for part in values)
        case ast.BoolOp(values=values):
            return any(judged(part, value) for part in values)
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            compared = [value(part) for part in (left, *comparators)]
            pairs = zip(ops, pairwise(compared), strict=True)
            return all(_COMPARISONS[type(op)](first, second) for op, (first, second) in pairs)
    return bool(value(node))
