"""Which names' values a module may change in place after it bound them, directly or by another name."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.aliases import (
    HARMLESS,
    aliases,
    default_aliases,
    given_by,
    last_word,
    parts_of,
    returned,
)
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, SCOPES, bound_by, dotted, imported_by, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode

_MUTATORS = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update", "__setitem__", "__delitem__", "__ior__", "__iadd__"),
        *("difference_update", "intersection_update", "symmetric_difference_update", "move_to_end"),
    }
)


@dataclass(kw_only=True)
class Changes:
    """Names whose value changes; ``deep`` are those of which a part of a part may change.

    ``attributes`` are names that change behind a dot: ``module.NAME.update(…)``, ``Class.NAME = …``.
    ``handed`` are names that a call gets as an argument while the module is imported, with what is called: whether
    that changes them is for those to say who know it. ``returned`` are functions, ``f()`` each, with the names whose
    values they may return. ``opaque`` is an expression that may change anything.
    """

    names: set[str] = field(default_factory=set)
    deep: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    handed: dict[str, list[ast.expr]] = field(default_factory=dict)
    returned: list[tuple[str, str, bool]] = field(default_factory=list)
    opaque: ast.expr | None = None

    def givers(self, name: str) -> frozenset[str]:
        """Return the functions, ``f()`` each, that may return the very value of a name."""
        found = {name}
        before = 0
        while before != len(found):
            before = len(found)
            found |= {function for function, other, copied in self.returned if other in found and not copied}
        return frozenset(found - {name})


def changes(body: Sequence[ast.stmt]) -> Changes:
    """Return what a module may change in place."""
    found = Changes()
    for path, depth in _changed(body, frozenset()):
        (found.names if len(path) == 1 else found.attributes).add(path[-1])
        if depth > 1:
            found.deep.add(path[-1])
    found.returned = [edge for one in body for node in ast.walk(one) for edge in returned(node)]
    _spread(found, [edge for node in _import_time(body) for edge in aliases(node)] + found.returned)
    for node in _import_time(body):
        for name in _handed_over(node):
            found.handed.setdefault(name, []).append(node.func)  # type: ignore[attr-defined]
        _note_reflection(found, node)
    inner = (node for one in body for node in ast.walk(one) if isinstance(node, ast.Call) and found.opaque is None)
    for call in inner:
        if isinstance(call.func, ast.Name) and call.func.id == "exec":
            found.opaque = call
    return found


def changes_attribute(node: ast.AST, word: str) -> bool:
    """Return whether something in a node changes the value of an attribute in place, whosever it is."""
    return any(
        path[-1] == word and not (isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store | ast.Del))
        for inner in ast.walk(node)
        for path, _depth in _changed_by(inner)
    )


def _note_reflection(found: Changes, node: ast.AST) -> None:
    """Note what changes names without naming them: ``exec(…)``, ``globals()[…] = …``, ``setattr(x, "A", …)``."""
    match node:
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, ast.Constant(value=str(name)), *_]):
            found.attributes.add(name)
        case ast.Call(func=ast.Name(id="exec" | "globals" | "locals" | "vars" | "setattr" | "delattr")):
            found.opaque = node
        case ast.Attribute(attr="__dict__" | "__setattr__" | "__delattr__"):
            found.opaque = node


def keeps_arguments(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Return whether a function leaves the values of its arguments as they are, as far as it can be seen."""
    arguments = {inner.arg for inner in ast.walk(node.args) if isinstance(inner, ast.arg)}
    body = node.body if isinstance(node.body, list) else [node.body]
    changed = {path[0] for path, _depth in _changed(body, frozenset())}
    handed = {name for inner in ast.walk(node) for name in _handed_over(inner)}
    others = {other for inner in ast.walk(node) for _name, other, _copied in aliases(inner)}
    return not arguments & (changed | handed | others)


def _spread(found: Changes, edges: list[tuple[str, str, bool]]) -> None:
    """Carry changes from a name to what it is another name of, and changes of parts to what it is a copy of."""
    before = -1
    while before != len(found.names) + len(found.deep):
        before = len(found.names) + len(found.deep)
        for name, other, copied in edges:
            if name in found.deep:
                found.names.add(other)
                found.deep.add(other)
            elif name in found.names and not copied:
                found.names.add(other)


def _import_time(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield what runs while a module is imported: its own statements and those of its classes."""
    for node in scope(one for one in body if not _is_main(one)):
        yield node
        if isinstance(node, ast.ClassDef):
            yield from _import_time(node.body)


def _is_main(node: ast.AST) -> bool:
    """Return whether a statement runs in a script only, once its flows are made: ``if __name__ == "__main__"``."""
    return isinstance(node, ast.If) and any(
        isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)
    )


def _handed_over(node: ast.AST) -> Iterator[str]:
    """Yield each name that a call gets while the module is imported, and may change."""
    if not isinstance(node, ast.Call) or isinstance(node.func, ast.Call):
        return
    last = node.func.attr if isinstance(node.func, ast.Attribute) else (dotted(node.func) or ("",))[-1]
    if last in HARMLESS:
        return
    for value, is_many in _handed_values(node):
        if not (is_many and isinstance(value, ast.Name | ast.Attribute)):  # of such a one only the parts are handed
            yield from (name for name, copied in parts_of(value, copied=False) if not copied)


def _handed_values(node: ast.Call) -> Iterator[tuple[ast.expr, bool]]:
    """Yield what a call gets, and whether it gets the parts of it."""
    for given in node.args:
        yield (given.value, True) if isinstance(given, ast.Starred) else (given, False)
    for keyword in node.keywords:
        yield keyword.value, keyword.arg is None


def _changed(body: Iterable[ast.AST], local: frozenset[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield every dotted name whose value something in a body changes, and how deep; not names local to functions."""
    for node in scope(body):
        if isinstance(node, ast.Global):
            yield from (((name,), 1) for name in node.names)
        yield from ((path, depth) for path, depth in _changed_by(node) if path[0] not in local)
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            yield from _changed_inside(node, local)
        elif isinstance(node, SCOPES):
            yield from _changed(ast.iter_child_nodes(node), local)


def _changed_inside(node: FunctionNode | ast.Lambda, local: frozenset[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield what a function changes of the names outside, also by a local name for one of them."""
    body = node.body if isinstance(node.body, list) else [node.body]
    own = local_names(node.args, body)
    found = list(_changed(body, frozenset()))
    edges = [edge for inner in scope(body) for edge in aliases(inner)] + list(default_aliases(node.args))
    inner = Changes(names={path[0] for path, _depth in found if len(path) == 1})
    inner.deep = {path[0] for path, depth in found if depth > 1}
    _spread(inner, edges)
    yield from (((name,), 2 if name in inner.deep else 1) for name in inner.names - own - local)
    yield from ((path, depth) for path, depth in found if path[0] not in own | local or path[0] == "cls")


def local_names(arguments: ast.arguments, body: Sequence[ast.AST]) -> frozenset[str]:
    """Return the names that a function binds for itself."""
    given = {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
    nodes = list(scope(body))
    shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    own = {name for node in nodes for name in bound_by(node)}
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            own.update(name for name, _imported in imported_by(node))
    return frozenset(given | own - shared)


def _changed_by(node: ast.AST) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield which dotted names a node changes, and how deep: ``X[…] = …``, ``X.a = …``, ``X.update(…)``.

    What a function returned and is changed, ``f(…)["a"] = …``, goes by the name ``f()``.
    """
    target, depth = _changed_target(node), 1
    while target is not None and not dotted(target):
        if isinstance(target, ast.Attribute):
            yield ("", target.attr), depth
        elif isinstance(target, ast.Call):
            yield (given_by(last_word(target.func)),), depth
        target = _inner(target)
        depth += 1
    if target is not None:
        yield dotted(target), depth


def _changed_target(node: ast.AST) -> ast.expr | None:
    match node:
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            return value
        case ast.Attribute(ctx=ast.Store() | ast.Del()):
            return node
        case ast.Attribute(value=value, attr=attr) if attr in _MUTATORS:
            return value
        case ast.AugAssign(target=value):
            return value
    return None


def _inner(node: ast.expr) -> ast.expr | None:
    """Return the expression of which another is a part, an attribute, or what its method returned."""
    if isinstance(node, ast.Call):
        node = node.func
        return node.value if isinstance(node, ast.Attribute) else None
    return node.value if isinstance(node, ast.Subscript | ast.Attribute) else None
