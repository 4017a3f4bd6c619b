"""What the statements of a module may do to flows that they do not name, or to Metaflow, as they are written.

Whose module it is decides nothing here, so each module is looked at once.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import dotted, imported_by
from mixlock_hooks.formats.metaflow.metaflow_names import KNOWN, is_metaflow, is_native

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.bindings import Bindings

_INNER = frozenset({"_flow_decorators", "_flow_state", "_steps"})
"""Where Metaflow keeps what a flow is made of."""
IMPORTS = "may change what imports lead to"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deed:
    """What a statement of a module may do: what is claimed, or else what decides it.

    ``replaced`` is the module that a value is put in the place of; ``calls`` may put decorators on something.
    """

    node: ast.AST
    claim: str = ""
    replaced: str = ""
    calls: tuple[ast.Call, ...] = ()


def deeds(tree: ast.Module, bindings: Bindings) -> Iterator[Deed]:
    """Yield what a module does as it is written, by its tree and what that binds; whose module it is comes later."""
    known = _names_of_metaflow(tree)
    for node in ast.walk(tree):
        replaced = _replaced(node)
        if _changes_metaflow(node, known):
            yield Deed(node=node, claim="changes Metaflow itself")
        elif isinstance(node, ast.Attribute) and node.attr in _INNER:
            yield Deed(node=node, claim="is what Metaflow makes a flow of, and may be changed")
        elif replaced is not None:
            yield Deed(node=node, replaced=replaced) if replaced else Deed(node=node, claim=IMPORTS)
        elif _changes_imports(node):
            yield Deed(node=node, claim=IMPORTS)
        elif (value := _done_for_effect(node)) is not None:
            calls = tuple(each for each in ast.walk(value) if isinstance(each, ast.Call) and _may_ask(bindings, each))
            if calls:
                yield Deed(node=node, calls=calls)


def _replaced(node: ast.AST) -> str | None:
    """Return the name of a module that ``sys.modules[NAME]`` names, empty for any; None for another node."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="modules") | ast.Name(id="modules"), slice=key):
            return str(key.value) if isinstance(key, ast.Constant) else ""
    return None


def _names_of_metaflow(tree: ast.Module) -> frozenset[str]:
    """Return the names that a module's imports of Metaflow bind, but for its settings."""
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    found = ((name, one) for node in nodes for name, one in imported_by(node))
    return frozenset(
        name for name, one in found if is_metaflow(one.module) and not one.level and one.name != "metaflow_config"
    )


def _changes_metaflow(node: ast.AST, known: frozenset[str]) -> bool:
    target: ast.expr | None = None
    match node:
        case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
            target = value
        case ast.Attribute(value=value, attr="__dict__"):
            target = value
        case ast.Call(func=ast.Name(id="setattr" | "delattr" | "vars"), args=[value, *_]):
            target = value
    words = dotted(target) if target is not None else ()
    return bool(words) and words[0] in known and "metaflow_config" not in words


def _changes_imports(node: ast.AST) -> bool:
    """Return whether a node changes where modules are found; ``sys.path`` is looked at by itself."""
    match node:
        case ast.Attribute(attr="meta_path" | "path_hooks"):
            return True
        case ast.Assign(targets=targets, value=value):
            is_extended = isinstance(value, ast.Call) and dotted(value.func)[-1:] == ("extend_path",)
            return not is_extended and any(_is_path(target) for target in targets)
        case ast.Call(func=ast.Attribute(value=value)) | ast.AugAssign(target=value):
            return _is_path(value)
    return False


def _is_path(node: ast.expr) -> bool:
    return dotted(node)[-1:] == ("__path__",)


def _done_for_effect(node: ast.AST) -> ast.expr | None:
    """Return the expression of a statement that keeps its value nowhere, or in something else's parts."""
    match node:
        case ast.Expr(value=value):
            return value
        case ast.Assign(targets=targets, value=value):
            return value if any(isinstance(one, ast.Attribute | ast.Subscript) for one in targets) else None
    return None


def _may_ask(bindings: Bindings, call: ast.Call) -> bool:
    return any(begins_in(bindings, node) for node in (call.func, *call.args))


def begins_in(bindings: Bindings, node: ast.expr) -> bool:
    """Return whether an expression begins at a name of a module."""
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
        root = root.func if isinstance(root, ast.Call) else root.value
    return isinstance(root, ast.Name) and _may_be_asking(bindings, root.id)


def _may_be_asking(bindings: Bindings, name: str) -> bool:
    """Return whether a name is bound in a module, or may come from a ``*``."""
    return name in bindings.names or any(not is_native(star) or name in KNOWN for _line, star in bindings.stars)
