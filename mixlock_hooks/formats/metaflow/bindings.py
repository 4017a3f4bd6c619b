"""What a body of Python binds its names to, statement by statement."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = (*FUNCTIONS, ast.Lambda, *COMPREHENSIONS, ast.ClassDef)
FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What an import binds: a dotted module and, for ``from … import``, the name in it."""

    module: str
    name: str = ""
    level: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Binding:
    """One place that binds a name.

    ``value`` is the expression of a plain statement of the body itself; ``imported`` what an import brings;
    ``fallback`` where it stands in the handler of a failed import. ``is_sure`` where it is a statement of the body
    itself, so that it runs; ``is_tried`` where it is what the body's own ``try`` tries to import.
    """

    node: ast.AST
    line: int
    value: ast.expr | None = None
    imported: Imported | None = None
    fallback: bool = False
    is_sure: bool = False
    is_tried: bool = False


@dataclass(kw_only=True)
class Bindings:
    """What a body binds; ``stars`` are its ``from … import *``, with the line of each."""

    names: dict[str, list[Binding]] = field(default_factory=dict)
    stars: list[tuple[int, Imported]] = field(default_factory=list)

    def of(self, name: str) -> list[Binding]:
        """Return the bindings of a name; the same import written twice is one."""
        unique: list[Binding] = []
        for found in self.names.get(name, ()):
            if found.imported is None or found.imported not in (other.imported for other in unique):
                unique.append(found)
        return unique


def scope(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield every node of a body in order, but not what is inside of functions, classes and comprehensions."""
    waiting = list(body)[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, SCOPES):
            waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def bindings(body: Sequence[ast.stmt]) -> Bindings:
    """Return what a body binds, branches and loops included, but for what only a type checker sees."""
    found = Bindings()
    own = {id(target): (statement, value) for statement in body for target, value in _plain(statement)}
    skipped, fallbacks = _special(body)
    tops = {id(statement) for statement in body}
    tries = (one for one in body if isinstance(one, ast.Try) and _is_import(one))
    tried = {id(inner) for one in tries for inner in one.body}
    for node in scope(body):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            sort = Binding(
                node=node,
                line=node.lineno,
                fallback=id(node) in fallbacks,
                is_sure=id(node) in tops,
                is_tried=id(node) in tried,
            )
            _add_imports(found, node, sort)
            continue
        for target in bound_inside(node):
            found.names.setdefault(target.id, []).append(Binding(node=target, line=target.lineno))
        statement, value = own.get(id(node), (node, None))
        for name in bound_by(node):
            line: int = getattr(statement, "lineno", 0)
            is_sure = id(statement) in tops
            binding = Binding(node=node, line=line, value=value, fallback=id(node) in fallbacks, is_sure=is_sure)
            found.names.setdefault(name, []).append(binding)
    return found


def _plain(statement: ast.stmt) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Yield each name that a plain statement binds to one expression, with the expression."""
    match statement:
        case ast.Assign(targets=targets, value=value):
            pairs = [(target, value) for target in targets]
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            pairs = [(target, value)]
        case ast.Expr(value=ast.NamedExpr(target=target, value=value)):
            pairs = [(target, value)]
        case _:
            pairs = []
    yield from ((target, value) for target, value in pairs if isinstance(target, ast.Name))


def _special(body: Sequence[ast.stmt]) -> tuple[set[int], set[int]]:
    """Return what a body never runs, and what it runs where an import failed, by the nodes' identities."""
    skipped: set[int] = set()
    fallbacks: set[int] = set()
    for node in scope(body):
        if isinstance(node, ast.If) and is_for_type_checkers(node.test):
            skipped.update(id(inner) for inner in scope(node.body))
        elif isinstance(node, ast.AnnAssign) and node.value is None:
            skipped.add(id(node.target))
        elif isinstance(node, ast.Try) and _is_import(node):
            fallbacks.update(id(inner) for handler in node.handlers for inner in scope(handler.body))
    return skipped, fallbacks


def is_for_type_checkers(test: ast.expr) -> bool:
    """Return whether a condition only holds while types are checked."""
    return dotted(test)[-1:] == ("TYPE_CHECKING",) or (isinstance(test, ast.Constant) and not test.value)


def _is_import(node: ast.Try) -> bool:
    """Return whether a ``try`` tries one import, and handles that it fails."""
    caught = [name for handler in node.handlers for name in _caught(handler)]
    return len(node.body) == 1 and isinstance(node.body[0], ast.ImportFrom | ast.Import) and bool(caught)


def _caught(handler: ast.ExceptHandler) -> Iterator[str]:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    for kind in kinds:
        name = "Exception" if kind is None else (dotted(kind) or ("",))[-1]
        if name in _IMPORT_ERRORS:
            yield name


def _add_imports(found: Bindings, node: ast.Import | ast.ImportFrom, sort: Binding) -> None:
    for name, imported in imported_by(node):
        if name == "*":
            found.stars.append((node.lineno, imported))
        else:
            found.names.setdefault(name, []).append(replace(sort, imported=imported))


def imported_by(node: ast.ImportFrom | ast.Import) -> Iterator[tuple[str, Imported]]:
    """Yield each name that an import binds, ``*`` among them, and what to."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield (
                alias.asname or alias.name,
                Imported(module=node.module or "", name=alias.name, level=node.level),
            )
        else:
            whole = alias.name if alias.asname else alias.name.partition(".")[0]
            yield alias.asname or whole, Imported(module=whole)


def bound_inside(node: ast.AST) -> Iterator[ast.Name]:
    """Yield what ``:=`` binds around a function, class or comprehension: in decorators, defaults, bases, rounds."""
    parts: list[ast.expr] = []
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            parts = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        case ast.Lambda():
            parts = [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        case ast.ClassDef():
            parts = [*node.decorator_list, *node.bases, *(one.value for one in node.keywords)]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            parts = [node]
    for part in parts:
        yield from (inner.target for inner in ast.walk(part) if isinstance(inner, ast.NamedExpr))


def bound_by(node: ast.AST) -> tuple[str, ...]:
    """Return the name that a node binds or deletes; none where it does neither. Imports are apart."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return (name,)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return (name,)
        case (
            ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name))
            | ast.MatchStar(name=str(name))
            | ast.MatchMapping(rest=str(name))
        ):
            return (name,)
    return ()


def dotted(node: ast.expr) -> tuple[str, ...]:
    """Return ``a``, ``b``, ``c`` for ``a.b.c``; nothing for what is no name or chain of attributes."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id, *reversed(parts)) if isinstance(node, ast.Name) else ()
