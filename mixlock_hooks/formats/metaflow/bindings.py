"""What a body of Python binds its names to, and which of them something changes later."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, *_COMPREHENSIONS, ast.ClassDef)
_MUTATORS = frozenset(
    {
        *("add", "append", "clear", "discard", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update"),
    }
)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What an import binds: a dotted module and, for ``from … import``, the name in it."""

    module: str
    name: str = ""
    level: int = 0


def scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield every node of a body in order, but not what is inside of functions, classes and comprehensions."""
    waiting = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, _SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def imports(body: Sequence[ast.stmt]) -> tuple[dict[str, Imported], tuple[Imported, ...]]:
    """Return what the imports of a body bind, and what it imports with ``*``; a later function hides an import."""
    found: dict[str, Imported] = {}
    stars: list[Imported] = []
    own = {id(statement) for statement in body}
    for node in scope(body):
        if isinstance(node, ast.ImportFrom | ast.Import):
            for name, imported in _imported(node):
                found[name] = imported
                stars += [imported] if name == "*" else []
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) in own:
            found.pop(node.name, None)
    return found, tuple(stars)


def _imported(node: ast.ImportFrom | ast.Import) -> Iterator[tuple[str, Imported]]:
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield (
                alias.asname or alias.name,
                Imported(module=node.module or "", name=alias.name, level=node.level),
            )
        else:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, Imported(module=whole)


def assigned(body: Iterable[ast.stmt], name: str) -> ast.expr | None:
    """Return the expression that a plain statement of a body binds to a name; None where none does."""
    for statement in body:
        targets: Sequence[ast.expr] = ()
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            targets = (statement.target,)
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return statement.value  # type: ignore[attr-defined, no-any-return]
    return None


def stored(body: Iterable[ast.stmt]) -> Counter[str]:
    """Count how often a body binds each name, also in branches and loops, not in functions and classes."""
    nodes = list(scope(body))
    bare = {id(node.target) for node in nodes if isinstance(node, ast.AnnAssign) and node.value is None}
    return Counter(name for node in nodes if id(node) not in bare for name in _bound_by(node))


def _bound_by(node: ast.AST) -> tuple[str, ...]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case ast.alias(name=name, asname=asname):
            return (asname or name.partition(".")[0],)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            return (name,)
    return ()


def changed(body: Iterable[ast.AST], local: frozenset[str] = frozenset()) -> Iterator[str]:
    """Yield every name whose value something in a body may change in place, but for names local to functions."""
    for node in scope(body):
        if isinstance(node, ast.Global):
            yield from node.names
        owner, name = _changed_by(node)
        if name and owner not in local:
            yield name
        if isinstance(node, _FUNCTIONS):
            inner = node.body if isinstance(node.body, list) else [node.body]
            yield from changed(inner, local | _local_names(node.args, inner))
        elif isinstance(node, _SCOPES):
            yield from changed(ast.iter_child_nodes(node), local)


def _local_names(arguments: ast.arguments, body: Sequence[ast.AST]) -> frozenset[str]:
    given = {node.arg for node in ast.walk(arguments) if isinstance(node, ast.arg)}
    nodes = list(scope(body))
    shared = {name for node in nodes if isinstance(node, ast.Global | ast.Nonlocal) for name in node.names}
    return frozenset(given | {name for node in nodes for name in _bound_by(node)} - shared)


def _changed_by(node: ast.AST) -> tuple[str, str]:
    """Return whose name and which one a node changes: ``X[…] = …``, ``X.a = …``, ``m.X.update(…)``, ``X += …``."""
    target: ast.expr | None = None
    match node:
        case ast.Subscript(value=value, ctx=ast.Store() | ast.Del()):
            target = value
        case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
            target = value
        case ast.Call(func=ast.Attribute(value=value, attr=attr)) if attr in _MUTATORS:
            target = value
        case ast.AugAssign(target=value):
            target = value
    while isinstance(target, ast.Subscript):
        target = target.value
    return _first_and_last(target)


def _first_and_last(node: ast.expr | None) -> tuple[str, str]:
    last = node.attr if isinstance(node, ast.Attribute) else ""
    while isinstance(node, ast.Attribute):
        node = node.value
    first = node.id if isinstance(node, ast.Name) else ""
    return first, last or first


def dotted(node: ast.expr) -> tuple[str, ...]:
    """Return ``a``, ``b``, ``c`` for ``a.b.c``; nothing for what is no name or chain of attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()
