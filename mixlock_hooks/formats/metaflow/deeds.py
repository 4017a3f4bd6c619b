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
    from collections.abc import Iterable, Iterator, Sequence

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
    nodes = list(ast.walk(tree))
    known = _names_of_metaflow(nodes)
    spaces, looked_at = _names_of_modules(nodes), _looked_at(nodes)
    for node in (one for one in nodes if id(one) not in looked_at):
        replaced = _replaced(node, spaces)
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


def _replaced(node: ast.AST, spaces: frozenset[tuple[str, ...]]) -> str | None:
    """Return the name of a module that ``sys.modules[NAME]`` names, empty for any; None for another node."""
    words = dotted(node.value) if isinstance(node, ast.Subscript) else ()
    if isinstance(node, ast.Subscript) and (words in spaces or words[-2:] == ("sys", "modules")):
        return str(node.slice.value) if isinstance(node.slice, ast.Constant) else ""
    return None


def _names_of_modules(nodes: Sequence[ast.AST]) -> frozenset[tuple[str, ...]]:
    """Return the dotted names by which a module knows ``sys.modules``."""
    found: set[tuple[str, ...]] = set()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name, one in imported_by(node):
                if one.module == "sys" and one.name in {"", "modules"}:
                    found.add((name,) if one.name else (name, "modules"))
    for node in nodes:
        if isinstance(node, ast.Assign) and dotted(node.value) in found:
            found.update(words for target in node.targets if (words := dotted(target)))
    return frozenset(found)


def _looked_at(nodes: Iterable[ast.AST]) -> frozenset[int]:
    """Return what is only read of a module itself, or is a class's own, though it is called like what matters.

    That is ``getattr(sys.modules[__name__], name)``, and ``self._steps`` of a class that has no base.
    """
    found: set[int] = set()
    for node in nodes:
        match node:
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr"),
                args=[ast.Subscript(slice=ast.Name(id="__name__")) as own, *_],
            ):
                found.add(id(own))
            case ast.ClassDef(bases=bases, keywords=[]) if all(dotted(base) == ("object",) for base in bases):
                found.update(
                    id(inner)
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Attribute) and inner.attr in _INNER and dotted(inner.value) == ("self",)
                )
    return frozenset(found)


def _names_of_metaflow(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that a module's imports of Metaflow bind, but for its settings."""
    imports = (node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    found = ((name, one) for node in imports for name, one in imported_by(node))
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
