"""Which names may stand for one value: another name, a part of it, what a function returned."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import bound_by, dotted, scope

if TYPE_CHECKING:
    from collections.abc import Iterator

_COPIES = frozenset({"dict", "list", "set", "tuple", "sorted", "copy"})
"""What makes a new container of the same parts."""
_KEEPS_NONE = frozenset(
    {
        *("all", "any", "bool", "debug", "dumps", "error", "format", "getLogger", "hash", "id", "info", "isinstance"),
        *("join", "len", "pformat", "pprint", "print", "range", "repr", "str", "sum", "type", "warning"),
    }
)
"""Functions and methods, by the end of their name, whose result holds nothing of their arguments."""


def aliases(node: ast.AST) -> Iterator[tuple[str, str, bool]]:
    """Yield each name that a node binds with the name whose value, or a part of it, it may be."""
    targets: list[ast.expr] = []
    value: ast.expr | None = None
    match node:
        case ast.Assign(targets=targets, value=value):
            pass
        case ast.AnnAssign(target=target, value=value) | ast.NamedExpr(target=target, value=value):
            targets = [target]
        case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
            targets = [target]
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            targets = [target]
        case ast.Match(subject=value, cases=cases):
            yield from _matched(value, cases)
            return
    names = [inner.id for target in targets for inner in ast.walk(target) if isinstance(inner, ast.Name)]
    if len(targets) > 1:
        yield from ((name, other, False) for name in names for other in names if other != name)
    is_taken_out = isinstance(node, ast.For | ast.comprehension) or any(
        isinstance(target, ast.Tuple | ast.List) for target in targets
    )
    for other, copied in parts_of(value, copied=False) if value is not None else ():
        yield from ((name, other, copied and not is_taken_out) for name in names)


def _matched(subject: ast.expr, cases: list[ast.match_case]) -> Iterator[tuple[str, str, bool]]:
    names = [name for one in cases for inner in ast.walk(one.pattern) for name in bound_by(inner)]
    for other, copied in parts_of(subject, copied=False):
        yield from ((name, other, copied) for name in names)


def parts_of(node: ast.expr, *, copied: bool) -> Iterator[tuple[str, bool]]:
    """Yield the names whose very value may be in that of an expression; ``True`` where only its parts are."""
    if isinstance(node, ast.Name | ast.Attribute):
        if parts := dotted(node):
            yield parts[-1], copied
        return
    if isinstance(node, ast.Call):
        yield from _parts_of_call(node, copied=copied)
        return
    if isinstance(node, ast.Subscript):  # a part of a copy is the very part of what was copied
        yield from ((name, copied) for name, _is_copy in parts_of(node.value, copied=False))
        return
    inner = copied or isinstance(node, ast.BinOp | ast.Starred) or (isinstance(node, ast.Dict) and None in node.keys)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from parts_of(child, copied=inner)


def _parts_of_call(node: ast.Call, *, copied: bool) -> Iterator[tuple[str, bool]]:
    last = last_word(node.func)
    inner = copied or last in _COPIES
    if isinstance(node.func, ast.Attribute) and last not in _COPIES:
        yield from ((name, copied) for name, _is_copy in parts_of(node.func.value, copied=False))
    elif isinstance(node.func, ast.Attribute):
        yield from parts_of(node.func.value, copied=inner)
    if last in _KEEPS_NONE:
        return
    for given in (*node.args, *(keyword.value for keyword in node.keywords)):
        yield from parts_of(given, copied=inner)
    if last not in _COPIES:
        yield given_by(last), inner


def default_aliases(arguments: ast.arguments) -> Iterator[tuple[str, str, bool]]:
    """Yield each parameter with the names that its default is, or is a part of."""
    places = [*arguments.posonlyargs, *arguments.args]
    defaults = [*zip(places[::-1], arguments.defaults[::-1], strict=False)]
    defaults += [
        (one, found) for one, found in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if found
    ]
    for one, default in defaults:
        yield from ((one.arg, other, copied) for other, copied in parts_of(default, copied=False))


def last_word(function: ast.expr) -> str:
    """Return the last word of what is called; empty where it has none."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def given_by(function: str) -> str:
    """Return the name of what a function returns."""
    return f"{function}()"


def returned(node: ast.AST) -> Iterator[tuple[str, str, bool]]:
    """Yield what a function returns with each name whose value that may be, as ``aliases`` does for names."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda(body=body)):
            yield from ((given_by(name), other, copied) for other, copied in parts_of(body, copied=False))
        case ast.FunctionDef(name=name, body=statements):
            for inner in scope(statements):
                if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                    yield from (
                        (given_by(name), other, copied) for other, copied in parts_of(inner.value, copied=False)
                    )
