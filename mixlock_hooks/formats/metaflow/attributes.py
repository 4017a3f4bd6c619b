"""What an attribute of a class, an instance, a configuration or a constant is."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.changes import changes_attribute
from mixlock_hooks.formats.metaflow.classes import is_plain
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import (
    Asking,
    ClassOf,
    Configuration,
    Delayed,
    Function,
    Idle,
    Instance,
    Method,
    Native,
    Outside,
    View,
)
from mixlock_hooks.model.static import thing

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.model.static import Static

_METHODS = {"staticmethod": False, "classmethod": True}
"""Decorators of methods, and whether they hand the class over."""


_LEAVING = frozenset({"abc", "attr", "attrs", "dataclasses", "enum", "functools", "pydantic", "typing"})
"""Modules whose decorators leave what a class binds as it is."""


def attribute(evaluator: ExpressionReader, found: Static, word: str) -> Static:
    """Return what an attribute of a value is.

    Raises:
        UnboundError: it cannot be read.
        NotStaticError: it leads to what is not constant.
    """
    if found.kind != "object":
        return thing(Method(receiver=found, name=word), found.place)
    value = found.value
    if isinstance(value, ClassOf | Instance):
        owner = value.of if isinstance(value, Instance) else value
        return _of_class(evaluator, owner, found, word, is_instance=isinstance(value, Instance))
    if isinstance(value, View):
        return _of_view(value, word)
    return thing(_of_object(value, word), found.place)


def _of_object(value: object, word: str) -> object:
    if isinstance(value, Configuration):
        return Delayed(expression=f"{value.name}.{word}", module=value.module, node=value.node)
    if isinstance(value, Delayed):
        return replace(value, expression=f"{value.expression}.{word}")
    if isinstance(value, Outside):
        return Outside(name=f"{value.name}.{word}")
    native = isinstance(value, Native)
    raise UnboundError("is not bound to a constant in this file" if native else "is known only when the flow runs")


def _of_view(view: View, word: str) -> Static:
    for key, item in view.value.pairs():
        if key.value == word:
            return thing(View(value=item), item.place) if item.kind == "mapping" else item
    if word in {"keys", "values", "items", "get", "copy", "to_dict"}:
        return thing(Method(receiver=view.value, name=word), view.value.place)
    raise UnboundError(f"has no key {word!r}")


def _of_class(
    evaluator: ExpressionReader, owner: ClassOf, receiver: Static, word: str, *, is_instance: bool
) -> Static:
    lineage = evaluator.lineage(owner)
    if not is_plain(lineage):
        raise UnboundError("is of a class that may compute it")
    if any(_sets(one.node, word, only_class=not is_instance) for one in lineage.classes):
        raise UnboundError("is set by a method of its class")
    if any(changes_attribute(one.node, word) for one in lineage.classes):
        raise UnboundError("is changed by a method of its class")
    if any(word in one.module.changes.attributes for one in lineage.classes):
        raise UnboundError("is changed after it was bound")
    _refuse_unsure(lineage, word)
    _refuse_decorated(evaluator, lineage)
    evaluator.program.trace.names |= {(one.module.path, word) for one in lineage.classes}
    for one in lineage.classes:
        method = _method(one, word)
        if method is not None:
            return _bound(one, method, receiver, is_instance=is_instance)
        found = evaluator.of_class(one, word)
        if found is not None:
            return found
    raise UnboundError("is not bound to a constant in its class")


def _refuse_unsure(lineage: Lineage, word: str) -> None:
    """Refuse an attribute that a class binds under a condition only, and a base of it where that does not hold.

    Raises:
        UnboundError: it is bound so.
    """
    binding = [found for one in lineage.classes if (found := one.module.bindings_of(one.node).of(word))]
    if len(binding) > 1 and not any(one.is_sure for one in binding[0]):
        raise UnboundError("is bound under a condition in its class, and by a base of it")


def _refuse_decorated(evaluator: ExpressionReader, lineage: Lineage) -> None:
    """Refuse a class with a decorator that may change it, or replace it.

    Raises:
        UnboundError: it has one.
    """
    for one in lineage.classes:
        for decorator in one.node.decorator_list:
            function = decorator.func if isinstance(decorator, ast.Call) else decorator
            try:
                found = evaluator.inside(one.module, None).value(function).value
            except NotStaticError:
                found = None
            is_outside = isinstance(found, Outside) and found.name.partition(".")[0] in _LEAVING
            if not is_outside and not isinstance(found, Asking | Idle | Native):
                raise UnboundError("is of a class with a decorator, which may change it")


def _sets(node: ast.ClassDef, word: str, *, only_class: bool) -> bool:
    """Return whether a class's methods set an attribute; ``only_class`` where those of instances do not matter."""
    return any(
        isinstance(inner, ast.Attribute)
        and inner.attr == word
        and isinstance(inner.ctx, ast.Store | ast.Del)
        and not (only_class and isinstance(inner.value, ast.Name) and inner.value.id == "self")
        for inner in ast.walk(node)
    )


def _method(owner: ClassOf, word: str) -> ast.FunctionDef | None:
    found = owner.module.bindings_of(owner.node).of(word)
    node = found[-1].node if found else None
    return node if isinstance(node, ast.FunctionDef) else None


def _bound(owner: ClassOf, node: ast.FunctionDef, receiver: Static, *, is_instance: bool) -> Static:
    """Return a method, bound to what it gets as its first argument."""
    if len(owner.module.bindings_of(owner.node).of(node.name)) > 1:
        raise UnboundError("is bound several times in its class")
    function = Function(module=owner.module, node=node, owner=owner)
    names = [decorator.id if isinstance(decorator, ast.Name) else "" for decorator in node.decorator_list]
    if not names:
        return thing(replace(function, receiver=receiver if is_instance else None), receiver.place)
    if len(names) > 1 or names[0] not in _METHODS:
        raise UnboundError("is a method with a decorator")
    whole = thing(owner, receiver.place) if _METHODS[names[0]] else None
    return thing(replace(function, receiver=whole), receiver.place)
