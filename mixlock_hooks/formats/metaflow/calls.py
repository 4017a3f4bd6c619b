"""What a call gives: of builtins, of Metaflow's decorators, of the repository's own functions and classes."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import builtin_calls, function_body, native_calls
from mixlock_hooks.formats.metaflow.classes import is_plain
from mixlock_hooks.formats.metaflow.metaflow_names import MUTATORS
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.formats.metaflow.things import (
    TRUE,
    Arguments,
    Asking,
    ClassOf,
    Computed,
    Configuration,
    Delayed,
    Function,
    Idle,
    Instance,
    Method,
    Native,
    Outside,
    Partial,
    Step,
    Target,
    View,
)
from mixlock_hooks.model.static import thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode
    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.model.static import Static

_KEPT_BY = frozenset({"functools.cache", "functools.lru_cache"})
"""Decorators under which a function returns what it returns without them."""
_NATURAL = frozenset({"typing.no_type_check", "typing.final", "typing.override", "typing_extensions.override"}) | {
    *("abc.abstractmethod", "builtins.staticmethod", "builtins.classmethod", "typing_extensions.final")
}
"""Decorators of the standard library that leave a step as it is."""


def called(evaluator: ExpressionReader, node: ast.Call) -> Static:
    """Return what a call gives.

    Raises:
        NotStaticError: it cannot be read.
    """
    function = _function(evaluator, node)
    given = arguments(evaluator, node, nameless=native_calls.is_asking(function))
    return apply(evaluator, node, function, given)


def _function(evaluator: ExpressionReader, node: ast.Call) -> Static:
    try:
        return evaluator.value(node.func)
    except NotStaticError as error:
        if error.origin is None and error.why.startswith("is not bound to a constant in this file"):
            raise evaluator.error(node, "is computed when the flow runs") from error
        raise


def arguments(evaluator: ExpressionReader, node: ast.Call, *, nameless: bool = False) -> Arguments:
    """Read a call's arguments; ``nameless`` where a positional one has no meaning but for what is decorated."""
    given = Arguments()
    for part in node.args:
        try:
            is_many = isinstance(part, ast.Starred)
            found = list(evaluator.items(part.value)) if isinstance(part, ast.Starred) else [evaluator.value(part)]
        except NotStaticError as error:
            given.errors.append(evaluator.error(part, "has no name in this decorator") if nameless else error)
            continue
        if nameless and (is_many or not isinstance(found[0].value, Target)):
            given.errors.append(evaluator.error(part, "has no name in this decorator"))
        else:
            given.positional += found
    for keyword in node.keywords:
        _read_keyword(evaluator, keyword, given)
    return given


def _read_keyword(evaluator: ExpressionReader, keyword: ast.keyword, given: Arguments) -> None:
    try:
        _add_keyword(evaluator, keyword, given)
    except NotStaticError as error:
        given.errors.append(error)
    except (RecursionError, TooLongError):
        given.errors.append(evaluator.error(keyword.value, "takes too long to read"))


def _add_keyword(evaluator: ExpressionReader, keyword: ast.keyword, given: Arguments) -> None:
    if keyword.arg is not None:
        given.named[keyword.arg] = evaluator.value(keyword.value)
        return
    found = evaluator.value(keyword.value)
    if isinstance(found.value, Delayed):
        given.spread.append(found)
    elif isinstance(found.value, Configuration):
        whole = Delayed(expression=found.value.name, module=found.value.module, node=found.value.node)
        given.spread.append(thing(whole, found.place))
    else:
        pairs = (found.value.value if isinstance(found.value, View) else found).pairs()
        if found.kind == "object" and not isinstance(found.value, View):
            evaluator.constant(keyword.value)
        if not pairs and found.kind not in {"mapping", "object"}:
            raise evaluator.error(keyword.value, "is not a mapping")
        given.named.update({str(key.value): value for key, value in pairs})


def apply(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    """Return what calling a value gives; ``node`` is where that is written.

    Raises:
        NotStaticError: it cannot be read.
    """
    value = function.value
    if isinstance(value, Native):
        return native_calls.apply(evaluator, node, value, given)
    if given.errors:
        raise given.errors[0]
    if given.spread:
        raise evaluator.error(node, "is given what is known only when the flow runs")
    handler = _HANDLERS.get(type(value))
    if handler is None:
        raise evaluator.error(node, "is computed when the flow runs")
    return handler(evaluator, node, function, given)


def _computed(evaluator: ExpressionReader, node: ast.expr, _function: Static, _given: Arguments) -> Static:
    raise evaluator.error(node, native_calls.UNKNOWN)


def _partial(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    value: Partial = function.value  # type: ignore[assignment]
    whole = Arguments(positional=[*value.positional, *given.positional], named={**dict(value.named), **given.named})
    return apply(evaluator, node, value.function, whole)


def _run(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    value: Function = function.value  # type: ignore[assignment]
    return function_body.result(evaluator, node, value, given)


def _method(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    value: Method = function.value  # type: ignore[assignment]
    return builtin_calls.method(evaluator, node, value, given)


def _decorating(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    """Put a decorator that has its arguments on something."""
    value: Asking | Idle | Step = function.value  # type: ignore[assignment]
    target = given.positional[0] if len(given.positional) == 1 and not given.named else None
    if target is None or not isinstance(target.value, Target | Function):
        raise evaluator.error(node, "puts a decorator on something that is not a step")
    if isinstance(value, Idle):
        return thing(value.wraps, target.place) if value.wraps else target
    if not isinstance(target.value, Target):
        raise evaluator.error(node, "puts a decorator on something that is not a step")
    if isinstance(value, Step):
        return thing(replace(target.value, is_step=True, is_start=value.is_start), target.place)
    return thing(replace(target.value, asked=(*target.value.asked, value)), target.place)


def _made(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    """Return what calling a class gives: an instance, or Metaflow's own kinds of decorators."""
    value: ClassOf = function.value  # type: ignore[assignment]
    lineage = evaluator.lineage(value)
    if mutator := lineage.native & MUTATORS:
        raise evaluator.error(node, f"is a {min(mutator)}: what it adds is known only when the flow runs")
    if "UserStepDecorator" in lineage.native:
        return _idle(value.node.name, given)
    odd = ("__new__", "__getattribute__", "__getattr__", "__init_subclass__")
    if not is_plain(lineage) or any(evaluator.of_class(one, name) for one in lineage.classes for name in odd):
        raise evaluator.error(node, "makes an instance of a class that cannot be read")
    if _takes_target(given):
        raise evaluator.error(node, f"replaces what it decorates by an instance of `{value.node.name}`")
    if (given.positional or given.named) and any(one.node.decorator_list for one in lineage.classes):
        raise evaluator.error(node, "gives arguments to a class with a decorator, which decides what they mean")
    return thing(Instance(of=value), evaluator.module.place(node))


def _idle(name: str, given: Arguments) -> Static:
    """Return a decorator that adds nothing, or what it is put on."""
    target = next((found for found in given.positional if isinstance(found.value, Target)), None)
    return target or thing(Idle(name=name), given.positional[0].place if given.positional else native_calls.NOWHERE)


def _takes_target(given: Arguments) -> bool:
    return any(isinstance(found.value, Target) for found in (*given.positional, *given.named.values()))


def _instance_called(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    method = evaluator.led(node, lambda: evaluator.attribute(function, "__call__"))
    return apply(evaluator, node, method, given)


def _outside(evaluator: ExpressionReader, node: ast.expr, function: Static, given: Arguments) -> Static:
    value: Outside = function.value  # type: ignore[assignment]
    if (
        value.name == "builtins.callable"
        and len(given.positional) == 1
        and _is_callable(given.positional[0]) is not None
    ):
        return evaluator.scalar(node, _is_callable(given.positional[0]))
    if value.name == "functools.partial" and given.positional and not _takes_target(given):
        first, *rest = given.positional
        made = Partial(function=first, positional=tuple(rest), named=tuple(given.named.items()))
        return thing(made, first.place)
    if _takes_target(given) or any(isinstance(found.value, Function) for found in given.positional):
        return _outside_decorating(evaluator, node, value, given)
    if value.name == "functools.lru_cache":
        return thing(Outside(name="functools.cache"), evaluator.module.place(node))
    return builtin_calls.outside(evaluator, node, value.name, given)


def _is_callable(found: Static) -> bool | None:
    """Return whether something can be called; None where that is not known."""
    if found.kind != "object":
        return False
    return True if isinstance(found.value, (*TRUE, ClassOf, Method)) else None


def _outside_decorating(evaluator: ExpressionReader, node: ast.expr, value: Outside, given: Arguments) -> Static:
    """Return what a decorator of the standard library makes of a step or a function."""
    first = given.positional[0] if given.positional else None
    if value.name == "functools.wraps" and first and isinstance(first.value, Target):
        return thing(Idle(name="wraps", wraps=first.value), first.place)
    if value.name == "functools.wraps" and first and isinstance(first.value, Function):
        return thing(Idle(name="wraps"), first.place)
    if len(given.positional) == 1 and not given.named and first is not None:
        if value.name in _KEPT_BY and isinstance(first.value, Function):
            return first
        if value.name in _NATURAL:
            return first
    where = value.name.rpartition(".")[0]
    raise evaluator.error(node, f"comes from `{where}`, which is not in this repository")


_HANDLERS: dict[type, Callable[[ExpressionReader, ast.expr, Static, Arguments], Static]] = {
    Asking: _decorating,
    ClassOf: _made,
    Computed: _computed,
    Function: _run,
    Idle: _decorating,
    Instance: _instance_called,
    Method: _method,
    Outside: _outside,
    Partial: _partial,
    Step: _decorating,
}


def decorated(evaluator: ExpressionReader, node: FunctionNode) -> Static:
    """Return a function of the repository with its own decorators on it.

    Raises:
        NotStaticError: one of them cannot be read.
    """
    found = thing(Function(module=evaluator.module, node=node, frame=evaluator.frame), evaluator.module.place(node))
    for decorator in reversed(node.decorator_list):
        found = apply(evaluator, decorator, evaluator.value(decorator), Arguments(positional=[found]))
    return found
