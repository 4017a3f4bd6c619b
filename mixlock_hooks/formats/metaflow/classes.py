"""Whose classes and decorators are metaflow's: told by where a name was imported from, not by its spelling."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.modules import Module

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NO_FLOWS = frozenset({"abc", "enum", "typing", "typing_extensions"})
"""Modules whose classes are no flows, though this repository does not hold them."""
_DEEPEST = 8
"""Names that may lead to another name, one after the other."""


def metaflow_name(module: Module, node: ast.expr, depth: int = 0) -> str:
    """Return what metaflow calls the thing a name stands for; empty where it is not metaflow's."""
    parts = bindings.dotted(node)
    if not parts or depth > _DEEPEST:
        return ""
    imported = module.imports.get(parts[0])
    if imported is None:
        return _unimported(module, parts, depth)
    if _is_metaflow(imported.module) and not imported.level:
        return parts[-1] if len(parts) > 1 else imported.name
    try:
        other, left = module.repository.lead(module, imported, parts[1:])
    except LookupError:
        return ""
    return metaflow_name(other, _chain(left), depth + 1)


def _unimported(module: Module, parts: tuple[str, ...], depth: int) -> str:
    """Look behind a name that no import binds: another name for one, or one that ``*`` brings."""
    if len(parts) > 1:
        return ""
    expression = module.constant(parts[0])
    if expression is not None:
        return metaflow_name(module, expression, depth + 1)
    if parts[0] in module.stores:
        return ""
    for star in module.stars:
        other = None if _is_metaflow(star.module) else module.repository.find(module, star)
        if other is None and not star.level and _is_metaflow(star.module):
            return parts[0]
        if other is not None and (name := metaflow_name(other, _chain(parts), depth + 1)):
            return name
    return ""


def _chain(parts: tuple[str, ...]) -> ast.expr:
    node: ast.expr = ast.Name(id=parts[0], ctx=ast.Load())
    for part in parts[1:]:
        node = ast.Attribute(value=node, attr=part, ctx=ast.Load())
    return node


def _is_metaflow(dotted: str) -> bool:
    return dotted == "metaflow" or dotted.startswith("metaflow.")


def called(module: Module, expression: ast.expr) -> ast.expr:
    """Return a decorator as it is written, or the call that its name was bound to (``GPU = conda(…)``, ``@GPU``)."""
    if isinstance(expression, ast.Name) and expression.id not in module.imports:
        bound = module.constant(expression.id)
        if isinstance(bound, ast.Call):
            return bound
    return expression


def decorator_name(module: Module, expression: ast.expr) -> str:
    """Return metaflow's name of a decorator; empty where it is not metaflow's."""
    expression = called(module, expression)
    return metaflow_name(module, expression.func if isinstance(expression, ast.Call) else expression)


def is_step(module: Module, node: ast.stmt) -> bool:
    """Return whether a statement of a class is a step."""
    decorators = node.decorator_list if isinstance(node, FUNCTIONS) else []
    return any(decorator_name(module, found) == "step" for found in decorators)


def is_flow(module: Module, node: ast.ClassDef, seen: tuple[str, ...] = ()) -> bool:
    """Return whether a class derives from ``FlowSpec``, through bases of this file or of the repository.

    A class with steps whose base comes from elsewhere is one too: only a flow has steps.
    """
    key = f"{module.path}:{node.name}"
    return key not in seen and any(_leads_to_flow(module, node, base, (*seen, key)) for base in node.bases)


def _leads_to_flow(module: Module, node: ast.ClassDef, base: ast.expr, seen: tuple[str, ...]) -> bool:
    if metaflow_name(module, base) == "FlowSpec":
        return True
    found = _base_class(module, node, base)
    if found:
        return is_flow(*found, seen)
    return _is_elsewhere(module, base) and any(is_step(module, method) for method in node.body)


def _is_elsewhere(module: Module, base: ast.expr) -> bool:
    first = (bindings.dotted(base) or ("",))[0]
    imported = module.imports.get(first)
    if imported is None:
        return bool(module.stars) and bool(first) and first not in module.stores
    return imported.module.partition(".")[0] not in _NO_FLOWS


def _base_class(module: Module, node: ast.ClassDef, base: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """Find the class a base names: in this file, or imported from another module of the repository."""
    parts = bindings.dotted(base)
    if len(parts) == 1 and module.classes.get(parts[0], node) is not node:
        return module, module.classes[parts[0]]
    return _found_class(module, parts, 0)


def _found_class(module: Module, parts: tuple[str, ...], depth: int) -> tuple[Module, ast.ClassDef] | None:
    imported = module.imports.get(parts[0]) if parts and depth <= _DEEPEST else None
    if imported is None:
        return None
    try:
        other, left = module.repository.lead(module, imported, parts[1:])
    except LookupError:
        return None
    if len(left) == 1 and left[0] in other.classes:
        return other, other.classes[left[0]]
    return _found_class(other, left, depth + 1)


def lineage(
    module: Module, node: ast.ClassDef, seen: dict[str, None] | None = None
) -> Iterator[tuple[Module, ast.ClassDef]]:
    """Yield a class behind its bases, each once, so that what it says comes last."""
    seen = {} if seen is None else seen
    key = f"{module.path}:{node.name}"
    if key in seen:
        return
    seen[key] = None
    for base in reversed(node.bases):
        found = _base_class(module, node, base)
        if found:
            yield from lineage(*found, seen)
    yield module, node
