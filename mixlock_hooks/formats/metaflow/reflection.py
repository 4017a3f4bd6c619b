"""What changes names without naming them: ``exec(…)``, ``globals()[…] = …``, ``setattr(x, "A", …)``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

from mixlock_hooks.formats.metaflow.import_time import nodes_of
from mixlock_hooks.formats.metaflow.mutators import MUTATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPACES = frozenset({"globals", "locals", "vars"})
_ONLY_NAMES = frozenset({"len", "list", "print", "set", "sorted", "tuple"})
"""What takes the names out of a mapping of them."""


def attributes_set(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the attributes that ``setattr`` sets by a name that is written there."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, ast.Constant(value=str(name)), *_]):
                found.add(name)
    return found


def opaque(body: Sequence[ast.stmt]) -> ast.expr | None:
    """Return an expression that may change any name while a module is imported; what does so, wherever it stands."""
    nodes = list(nodes_of(body))
    guarded = {id(node) for one in body if is_main(one) for node in ast.walk(one)}
    harmless = {id(inner) for node in nodes for inner in _looked_into(node, is_script=id(node) in guarded)}
    for node in nodes:
        if id(node) not in harmless and isinstance(node, ast.expr) and _may_change_any(node):
            return node
    every = (node for one in body for node in ast.walk(one) if isinstance(node, ast.expr))
    return next((node for node in every if _changes_any(node)), None)


def _changes_any(node: ast.expr) -> bool:
    """Return whether an expression changes names of a module, wherever it stands."""
    match node:
        case ast.Call(func=ast.Name(id="exec")):
            return True
        case ast.Subscript(value=ast.Call(func=ast.Name(id="globals")), ctx=ast.Store() | ast.Del()):
            return True
        case ast.Attribute(value=ast.Call(func=ast.Name(id="globals")), attr=attr):
            return attr in MUTATORS
    return False


def is_main(node: ast.AST) -> TypeGuard[ast.If]:
    """Return whether a statement asks whether the module is started as a script."""
    return isinstance(node, ast.If) and any(
        isinstance(inner, ast.Name) and inner.id == "__name__" for inner in ast.walk(node.test)
    )


def _may_change_any(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[_, name, *_]):
            return not isinstance(name, ast.Constant)
        case ast.Call(func=ast.Name(id="setattr" | "delattr" | "exec")):
            return True
        case ast.Call(func=ast.Name(id=name)):
            return name in _SPACES
        case ast.Attribute(attr="__dict__" | "__setattr__" | "__delattr__"):
            return True
    return False


def _looked_into(node: ast.AST, *, is_script: bool) -> Iterable[ast.expr]:
    """Return the mappings of names of which a node only takes the names.

    A script may also call what it finds there, as it does to start one of its flows, and show what it was given.
    """
    match node:
        case ast.comprehension(iter=space) | ast.For(iter=space) | ast.Compare(comparators=[space]):
            return [space]
        case ast.Attribute(value=space, attr=attr) if attr == "keys" or (is_script and attr not in MUTATORS):
            return [space]
        case ast.Call(func=ast.Name(id=name), args=[space]) if name in _ONLY_NAMES:
            return [space]
        case ast.Call(func=ast.Subscript(value=space)) | ast.keyword(arg=None, value=space) if is_script:
            return [space]
    return []
