"""Whether a class may be a flow though a base of it cannot be read: what its base may lead to, and how it is used."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import Imported, dotted, imported_by
from mixlock_hooks.formats.metaflow.evaluator import NAMES, Evaluator
from mixlock_hooks.formats.metaflow.modules import UNREADABLE
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import ClassOf, Function, Namespace, Native, Outside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.bindings import Binding
    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

    Seen = frozenset[tuple[str, str]]

_OF_FLOWS = frozenset({"Config", "FlowSpec", "IncludeFile", "Parameter"})
"""What only flows are made of."""


def may_be_flow(program: Program, lineage: Lineage) -> bool:
    """Return whether a class with a base that cannot be read may be a flow, though it has no step of its own."""
    with program.reading():
        return any(_is_used_as_flow(program, one) or _has_flow_for_base(program, one) for one in lineage.classes)


def _is_used_as_flow(program: Program, one: ClassOf) -> bool:
    """Return whether a class has parameters of a flow, or is called for its effect alone: ``F()``."""
    evaluator = Evaluator(program, one.module)
    values = (node.value for node in one.node.body if isinstance(node, ast.Assign | ast.AnnAssign))
    called = (value.func for value in values if isinstance(value, ast.Call))
    return any(_is_of_flow(evaluator, function) for function in called) or _is_started(one)


def _is_started(one: ClassOf) -> bool:
    return any(
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and dotted(node.value.func) == (one.node.name,)
        and not node.value.args
        for node in ast.walk(one.module.tree)
    )


def _is_of_flow(evaluator: Evaluator, node: ast.expr) -> bool:
    try:
        found = evaluator.value(node).value
    except NotStaticError:
        return False
    return isinstance(found, Native) and found.name in _OF_FLOWS


def _has_flow_for_base(program: Program, one: ClassOf) -> bool:
    return any(
        _may_mean_flow(program, one.module, base, frozenset({(one.module.path, one.node.name)}))
        for base in one.node.bases
    )


def _may_mean_flow(program: Program, module: Module, node: ast.AST, seen: Seen) -> bool:
    """Return whether an expression, or what it mentions, may be a flow by one of the ways that lead on."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            if _holds_flows(program, module, Imported(module=inner.value)):
                return True
        elif isinstance(inner, ast.Name) and (module.path, inner.id) not in seen:
            further = seen | {(module.path, inner.id)}
            bindings = module.bindings.of(inner.id)
            if any(_binds_flow(program, module, one, further) for one in bindings):
                return True
        elif isinstance(inner, ast.Attribute) and _leads_to_flow(program, module, inner):
            return True
    return False


def _binds_flow(program: Program, module: Module, binding: Binding, seen: Seen) -> bool:
    if binding.imported is not None:
        return _brings_flow(program, module, binding.imported)
    if isinstance(binding.node, ast.ClassDef):
        return _is_flow(program, ClassOf(module=module, node=binding.node))
    if isinstance(binding.node, ast.FunctionDef):
        return _makes_flow(program, module, binding.node)
    return binding.value is not None and _may_mean_flow(program, module, binding.value, seen)


def _brings_flow(program: Program, module: Module, imported: Imported) -> bool:
    """Return whether an import may bring a flow, also from a module that makes what it is asked for."""
    try:
        found = NAMES.imported(program, module, imported).value
    except NotStaticError:
        return True
    except UnboundError:
        return _is_lazy(program, module, imported)
    if isinstance(found, Outside):
        return any(_binds_a_flow(program, one, imported.name) for one in _elsewhere(program, imported))
    if isinstance(found, Namespace):
        return _holds_flows(program, module, imported)
    return _is_flow_or_makes_one(program, found)


def _is_lazy(program: Program, module: Module, imported: Imported) -> bool:
    try:
        found, _left = program.lead(module, imported)
    except (LookupError, UnboundError):
        return False
    return bool(found.bindings.of("__getattr__")) or len(found.bindings.of(imported.name)) > 1


def _leads_to_flow(program: Program, module: Module, node: ast.Attribute) -> bool:
    try:
        found = Evaluator(program, module).value(node).value
    except NotStaticError:
        return False
    return _is_flow_or_makes_one(program, found)


def _is_flow_or_makes_one(program: Program, found: object) -> bool:
    if isinstance(found, ClassOf):
        return _is_flow(program, found)
    if isinstance(found, Function):
        return _makes_flow(program, found.module, found.node)
    return found == Native(name="FlowSpec")


def _is_flow(program: Program, found: ClassOf) -> bool:
    return Evaluator(program, found.module).lineage(found).is_flow


def _makes_flow(program: Program, module: Module, node: ast.AST) -> bool:
    """Return whether a function has a flow in it, or names one."""
    classes = (inner for inner in ast.walk(node) if isinstance(inner, ast.ClassDef))
    if any(_is_flow(program, ClassOf(module=module, node=inner)) for inner in classes):
        return True
    names = (inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name))
    imports = (inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom))
    return any(_binds_a_flow(program, module, name) for name in names) or any(
        _brings_flow(program, module, one) for each in imports for _name, one in imported_by(each)
    )


def _holds_flows(program: Program, module: Module, imported: Imported) -> bool:
    """Return whether a module of the repository, or a package, binds a flow."""
    try:
        found, left = program.lead(module, imported)
    except (LookupError, UnboundError):
        return False
    return not left and any(_binds_a_flow(program, found, name) for name in found.bindings.names)


def _binds_a_flow(program: Program, module: Module, name: str) -> bool:
    """Return whether one of the bindings of a name is a flow of the module itself, or one that it imports."""
    for binding in module.bindings.of(name):
        if isinstance(binding.node, ast.ClassDef) and _is_flow(program, ClassOf(module=module, node=binding.node)):
            return True
        if binding.imported is not None:
            try:
                found = NAMES.imported(program, module, binding.imported).value
            except (NotStaticError, UnboundError):
                continue
            if isinstance(found, ClassOf) and _is_flow(program, found):
                return True
    return False


def _elsewhere(program: Program, imported: Imported) -> Iterator[Module]:
    """Yield the modules of the repository that an import may mean for a script that finds their folder."""
    for path in sorted(program.repository.modules_named(tuple(imported.module.split(".")))):
        program.trace.read.add(path)
        try:
            module = program.repository.module(path)
        except UNREADABLE:
            continue
        if module is not None:
            yield module
