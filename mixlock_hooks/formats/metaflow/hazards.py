"""What changes a flow or makes one without a decorator that can be read: told, so that no flow is missed."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import patches
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, dotted, scope
from mixlock_hooks.formats.metaflow.decorations import decorated
from mixlock_hooks.formats.metaflow.not_static import NotStaticError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.repository import Program
    from mixlock_hooks.formats.metaflow.things import ClassOf

_HOOKS = frozenset({"__init_subclass__", "__class_getitem__"})
_EXECUTES = frozenset({"exec", "eval", "globals", "locals", "vars", "setattr", "delattr"})


def of_flow(program: Program, lineage: Lineage) -> Iterator[NotStaticError]:
    """Yield what may change a flow, in its classes and beside them."""
    for one in lineage.classes:
        yield from _of_class(program, one, lineage)
    for module in dict.fromkeys(one.module for one in lineage.classes):
        yield from patches.of_module(program, module, lineage)


def _of_class(program: Program, one: ClassOf, lineage: Lineage) -> Iterator[NotStaticError]:
    module, node = one.module, one.node
    for name in sorted(_HOOKS & module.bindings_of(node).names.keys()):
        hook = module.bindings_of(node).of(name)[0].node
        yield NotStaticError(module, hook, "may change each class that derives from this one")
    for keyword in node.keywords:
        yield NotStaticError(module, keyword.value, "is given to the class, and may change it")
    own = {id(method) for method in node.body}
    for inner in scope(node.body):
        if isinstance(inner, FUNCTIONS):
            if id(inner) not in own and _may_be_step(program, one, inner, lineage):
                yield NotStaticError(module, inner, "is a step that stands under a condition")
        elif isinstance(inner, ast.Call) and dotted(inner.func)[-1:] and dotted(inner.func)[-1] in _EXECUTES:
            yield NotStaticError(module, inner, "may bind steps of this class")
        yield from _changed_steps(one, inner, lineage)
    yield from _bound_steps(one, lineage)


def _changed_steps(one: ClassOf, inner: ast.AST, lineage: Lineage) -> Iterator[NotStaticError]:
    """Yield what a class's body does with its steps after it made them."""
    for why, mentioned in patches.changed_by(inner):
        if named := next((name for name in mentioned if name in _named_steps(lineage)), ""):
            yield NotStaticError(one.module, inner, why.format(f"`{named}`"))


def _may_be_step(
    program: Program, one: ClassOf, method: ast.FunctionDef | ast.AsyncFunctionDef, lineage: Lineage
) -> bool:
    found = decorated(program, one.module, method, one)
    return found.is_step or bool(found.asked) or is_wanted(method.name, method, lineage)


def _bound_steps(one: ClassOf, lineage: Lineage) -> Iterator[NotStaticError]:
    """Yield what binds the name of a step to something that is no method."""
    for name, bindings in one.module.bindings_of(one.node).names.items():
        for binding in bindings:
            computed = not isinstance(binding.node, (*FUNCTIONS, ast.ClassDef))
            if computed and not isinstance(binding.value, ast.Constant) and name in _named_steps(lineage):
                yield NotStaticError(one.module, binding.node, f"binds the step `{name}` to a value")


def is_wanted(name: str, method: ast.FunctionDef | ast.AsyncFunctionDef, lineage: Lineage) -> bool:
    """Return whether a method that is not known to be a step must be one for the flow to run."""
    return name in _named_steps(lineage) or any(True for _call in _next_calls(method))


@lru_cache(maxsize=64)
def _named_steps(lineage: Lineage) -> frozenset[str]:
    """Return the steps that a flow's methods go to, and where it starts and ends."""
    return frozenset({"start", "end"}) | {
        inner.attr
        for one in lineage.classes
        for call in _next_calls(one.node)
        for given in call.args
        for inner in ast.walk(given)
        if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name) and inner.value.id == "self"
    }


def _next_calls(node: ast.AST) -> Iterator[ast.Call]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and dotted(inner.func) == ("self", "next"):
            yield inner


def looks_like_flow(node: ast.ClassDef) -> bool:
    """Return whether a class has a method that goes to a next step, or is called one, as only those of flows do."""
    methods = (method for method in node.body if isinstance(method, FUNCTIONS))
    decorators = (decorator for method in methods for decorator in method.decorator_list)
    names = (dotted(one.func if isinstance(one, ast.Call) else one) for one in decorators)
    return any(name[-1:] == ("step",) for name in names) or any(True for _call in _next_calls(node))
