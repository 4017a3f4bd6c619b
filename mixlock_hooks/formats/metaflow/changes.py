"""Which names' values a module may change in place after it bound them, directly or by another name."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.aliases import (
    aliases,
    default_aliases,
    given_by,
    last_word,
    returned,
)
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, SCOPES, dotted, scope
from mixlock_hooks.formats.metaflow.handing import handed
from mixlock_hooks.formats.metaflow.import_time import around, local_names, nodes_of, units
from mixlock_hooks.formats.metaflow.mutators import MUTATORS
from mixlock_hooks.formats.metaflow.reflection import attributes_set, opaque

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode
    from mixlock_hooks.formats.metaflow.handing import Handing


@dataclass(kw_only=True)
class Changes:
    """Names whose value changes; ``deep`` are those of which a part of a part may change.

    ``attributes`` are names that change behind a dot: ``module.NAME.update(…)``, ``Class.NAME = …``.
    ``rebound`` are names that a function binds again, as ``global`` lets it.
    ``handed`` are names that a call gets as an argument while the module is imported, with the call: whether
    that changes them is for those to say who know it. ``returned`` are functions, ``f()`` each, with the names whose
    values they may return. ``opaque`` is an expression that may change anything.
    """

    names: set[str] = field(default_factory=set)
    deep: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    rebound: set[str] = field(default_factory=set)
    handed: dict[str, list[Handing]] = field(default_factory=dict)
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
    _spread(found, [edge for node in nodes_of(body) for edge in aliases(node)] + found.returned)
    for name, handing in handed(units(body), found.returned):
        found.handed.setdefault(name, []).append(handing)
    every = (node for one in body for node in ast.walk(one) if isinstance(node, ast.Global))
    found.rebound = {name for node in every for name in node.names}
    found.attributes |= attributes_set(node for one in body for node in ast.walk(one))
    found.opaque = opaque(body)
    return found


def changes_attribute(node: ast.AST, word: str) -> bool:
    """Return whether something in a node changes the value of an attribute in place, whosever it is."""
    return any(
        path[-1] == word and not (isinstance(inner, ast.Attribute) and isinstance(inner.ctx, ast.Store | ast.Del))
        for inner in ast.walk(node)
        for path, _depth in changed_by(inner)
    )


def changed_names(node: FunctionNode | ast.Lambda, handed_on: set[str]) -> set[str]:
    """Return the names of a function whose values it changes, or hands on to what may, by whatever name."""
    body = node.body if isinstance(node.body, list) else [node.body]
    found = list(_changed(body, frozenset()))
    inner = Changes(names={path[0] for path, _depth in found} | handed_on)
    inner.deep = {path[0] for path, depth in found if depth > 1}
    _spread(inner, [edge for each in ast.walk(node) for edge in aliases(each)])
    return inner.names


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


def _changed(body: Iterable[ast.AST], local: frozenset[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield every dotted name whose value something in a body changes, and how deep; not names local to functions."""
    for node in scope(body):
        if isinstance(node, ast.Global):
            yield from (((name,), 1) for name in node.names)
        yield from ((path, depth) for path, depth in changed_by(node) if path[0] not in local)
        if isinstance(node, (*FUNCTIONS, ast.Lambda)):
            yield from _changed(around(node), local)
            yield from _changed_inside(node, local)
        elif isinstance(node, SCOPES):
            yield from _changed(ast.iter_child_nodes(node), local)


def _changed_inside(node: FunctionNode | ast.Lambda, local: frozenset[str]) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield what a function changes of the names outside, also by a local name for one of them."""
    body = node.body if isinstance(node.body, list) else [node.body]
    own = local_names(node.args, body)
    found = list(_changed(body, frozenset()))
    edges = [edge for inner in nodes_of(body) for edge in aliases(inner)] + list(default_aliases(node.args))
    inner = Changes(names={path[0] for path, _depth in found if len(path) == 1})
    inner.deep = {path[0] for path, depth in found if depth > 1}
    _spread(inner, edges)
    yield from (((name,), 2 if name in inner.deep else 1) for name in inner.names - own - local)
    yield from ((path, depth) for path, depth in found if path[0] not in own | local or path[0] == "cls")


def changed_by(node: ast.AST) -> Iterator[tuple[tuple[str, ...], int]]:
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
        case ast.Attribute(value=value, attr=attr) if attr in MUTATORS:
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
