"""What a module does to flows, or to Metaflow itself, without naming any flow: told, whoever calls it.

A flow imports such a module, and is changed by a function, a descriptor, a context manager or a loop in it.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import Imported, dotted, imported_by
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.metaflow_names import KNOWN, is_metaflow
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.formats.metaflow.stars import is_native
from mixlock_hooks.formats.metaflow.things import Asking, Native

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

_INNER = frozenset({"_flow_decorators", "_flow_state", "_steps"})
"""Where Metaflow keeps what a flow is made of."""
_PUTS = "puts a decorator on something that is not a step or flow at this place"


def changes(program: Program, module: Module) -> Iterator[NotStaticError]:
    """Yield what a module may do to flows that it does not name: once for all flows that import it."""
    if module.path not in program.from_afar:
        program.from_afar[module.path] = tuple(_changes(program, module))
    yield from program.from_afar[module.path]


def _changes(program: Program, module: Module) -> Iterator[NotStaticError]:
    known = _names_of_metaflow(module.tree)
    evaluator = Evaluator(program, module)
    for node in ast.walk(module.tree):
        if _changes_metaflow(node, known):
            yield NotStaticError(module, node, "changes Metaflow itself")
        elif isinstance(node, ast.Attribute) and node.attr in _INNER:
            yield NotStaticError(module, node, "is what Metaflow makes a flow of, and may be changed")
        elif _changes_imports(program, module, node):
            yield NotStaticError(module, node, "may change what imports lead to")
        elif (value := _done_for_effect(node)) is not None:
            yield from _put_on(evaluator, value)


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


def _changes_imports(program: Program, module: Module, node: ast.AST) -> bool:
    """Return whether a node replaces modules, or where they are found; ``sys.path`` is looked at by itself."""
    match node:
        case ast.Attribute(attr="meta_path" | "path_hooks"):
            return True
        case ast.Subscript(value=ast.Attribute(attr="modules") | ast.Name(id="modules"), slice=key):
            return not isinstance(key, ast.Constant) or _is_known(program, module, str(key.value))
        case ast.Assign(targets=targets, value=value):
            is_extended = isinstance(value, ast.Call) and dotted(value.func)[-1:] == ("extend_path",)
            return not is_extended and any(_is_path(target) for target in targets)
        case ast.Call(func=ast.Attribute(value=value)) | ast.AugAssign(target=value):
            return _is_path(value)
    return False


def _is_path(node: ast.expr) -> bool:
    return dotted(node)[-1:] == ("__path__",)


def _is_known(program: Program, module: Module, name: str) -> bool:
    """Return whether a dotted name is a module of Metaflow or of the repository."""
    if is_metaflow(name):
        return True
    try:
        program.lead(module, Imported(module=name))
    except LookupError:
        return False
    except UnboundError:
        return True
    return True


def _done_for_effect(node: ast.AST) -> ast.expr | None:
    """Return the expression of a statement that keeps its value nowhere, or in something else's parts."""
    match node:
        case ast.Expr(value=value):
            return value
        case ast.Assign(targets=targets, value=value):
            return value if any(isinstance(one, ast.Attribute | ast.Subscript) for one in targets) else None
    return None


def _put_on(evaluator: Evaluator, value: ast.expr) -> Iterator[NotStaticError]:
    """Yield calls in an expression that put an environment on something, or hand one over to be put on."""
    for node in ast.walk(value):
        if not isinstance(node, ast.Call):
            continue
        called = _value(evaluator, node.func)
        is_inner = isinstance(called, Native) and called.name.startswith("_") and "decorator" in called.name
        if is_inner or (isinstance(called, Asking) and node.args):
            yield NotStaticError(evaluator.module, node, _PUTS)
        elif any(isinstance(_value(evaluator, given), Asking) for given in node.args):
            yield NotStaticError(evaluator.module, node, "is given a decorator, and may put it on a step or flow")


def _value(evaluator: Evaluator, node: ast.expr) -> object:
    """Return what an expression stands for if it begins at a name of the module; None else."""
    root = node
    while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
        root = root.func if isinstance(root, ast.Call) else root.value
    if not isinstance(root, ast.Name) or not _may_be_asking(evaluator.module, root.id):
        return None
    try:
        with evaluator.program.reading():
            return evaluator.value(node).value
    except (NotStaticError, UnboundError, RecursionError, TooLongError):
        return None


def _may_be_asking(module: Module, name: str) -> bool:
    """Return whether a name is bound in a module, or may come from a ``*``."""
    bindings = module.bindings
    return name in bindings.names or any(not is_native(star) or name in KNOWN for _line, star in bindings.stars)
