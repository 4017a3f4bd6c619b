"""What runs while a module is imported, or started as a script: its statements, and the functions that these name."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import COMPREHENSIONS, FUNCTIONS, bound_by, dotted, imported_by, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """What runs with the same names around it: the statements of the module, of a class, or of a function.

    ``local`` are the names that the function binds for itself, ``owner`` is the class.
    """

    nodes: tuple[ast.AST, ...]
    local: frozenset[str] = frozenset()
    owner: ast.ClassDef | None = None


def units(body: Sequence[ast.stmt]) -> Iterator[Unit]:
    """Yield the module's own statements, its main guard included, and each function that these may call.

    Whether a function is called is told by its name alone: one that is handed over may be called too. Steps of
    flows run later.
    """
    waiting = [Unit(nodes=tuple(nodes_of(body, is_flat=True)))]
    known = _functions(waiting[0].nodes)
    seen: set[int] = set()
    while waiting:
        unit = waiting.pop()
        yield unit
        classes = (node for node in unit.nodes if isinstance(node, ast.ClassDef))
        waiting += [
            Unit(nodes=tuple(nodes_of(node.body, is_flat=True)), local=unit.local, owner=node) for node in classes
        ]
        for function in _called(unit, known):
            if id(function) not in seen:
                seen.add(id(function))
                nodes = tuple(nodes_of(function.body, is_flat=True))
                waiting.append(Unit(nodes=nodes, local=local_names(function.args, function.body)))


def _called(unit: Unit, known: Mapping[str, list[FunctionNode]]) -> Iterator[FunctionNode]:
    """Yield the functions of the module that a unit names, and those of its own that it calls."""
    own = _functions(unit.nodes) if unit.local or unit.owner else {}
    for name, is_called in _mentioned(unit.nodes):
        if name in own:
            yield from own[name] if is_called else ()
        elif name not in unit.local:
            yield from known.get(name, ())


def nodes_of(body: Iterable[ast.AST], *, is_flat: bool = False) -> Iterator[ast.AST]:
    """Yield every node that runs with a body, what stands in classes, comprehensions and lambdas included.

    Of a function that is its decorators and defaults, and of a class too if ``is_flat``.
    """
    for node in scope(body):
        yield node
        if isinstance(node, ast.ClassDef):
            head = [*node.decorator_list, *node.bases, *(one.value for one in node.keywords)]
            yield from nodes_of([*head, *(() if is_flat else node.body)], is_flat=is_flat)
        elif isinstance(node, FUNCTIONS):
            yield from nodes_of(around(node), is_flat=is_flat)
        elif isinstance(node, (*COMPREHENSIONS, ast.Lambda)):
            yield from nodes_of(ast.iter_child_nodes(node), is_flat=is_flat)


def around(node: FunctionNode | ast.Lambda) -> list[ast.expr]:
    """Return the decorators and defaults of a function, which run where it is made."""
    decorators = [] if isinstance(node, ast.Lambda) else node.decorator_list
    return [*decorators, *node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]


def _functions(nodes: Iterable[ast.AST]) -> dict[str, list[FunctionNode]]:
    """Return functions by what calls them: their name, or that of their class unless it has steps."""
    found: dict[str, list[FunctionNode]] = {}
    for node in nodes:
        if isinstance(node, FUNCTIONS):
            found.setdefault(node.name, []).append(node)
        elif isinstance(node, ast.ClassDef):
            methods = [one for one in node.body if isinstance(one, FUNCTIONS)]
            if not any(_is_step(one) for one in methods):
                found.setdefault(node.name, []).extend(methods)
    return found


def _is_step(node: FunctionNode) -> bool:
    calls = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return any(dotted(one)[-1:] == ("step",) for one in calls)


def _mentioned(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, bool]]:
    """Yield each name that nodes use, and whether they call it."""
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, False


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
