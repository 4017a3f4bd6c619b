"""What a call of Metaflow's own functions and decorators gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.metaflow_names import (
    ENVIRONMENT_NAMES,
    IDLE_NAMES,
    KNOWN,
    MUTATORS,
    RESOLVED_REQ,
)
from mixlock_hooks.formats.metaflow.things import (
    Asking,
    Computed,
    Configuration,
    Delayed,
    Function,
    Idle,
    Native,
    Step,
    Target,
)
from mixlock_hooks.model.place import at
from mixlock_hooks.model.static import thing

if TYPE_CHECKING:
    import ast

    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.formats.metaflow.things import Arguments
    from mixlock_hooks.model.static import Static

UNKNOWN = "is a decorator of an extension that is not known"
_ASKING = ENVIRONMENT_NAMES | {RESOLVED_REQ}
NOWHERE = at("")
"""The place of an object whose place nobody asks for."""


def is_asking(function: Static) -> bool:
    """Return whether a value is one of the decorators that ask for an environment."""
    return isinstance(function.value, Native) and function.value.name in _ASKING


def apply(evaluator: ExpressionReader, node: ast.expr, native: Native, given: Arguments) -> Static:
    """Return what calling something of Metaflow's gives.

    Raises:
        NotStaticError: it cannot be read.
    """
    target = next((found for found in given.positional if isinstance(found.value, Target)), None)
    if native.name in _ASKING:
        return _asking(evaluator, node, native.name, given, target)
    if native.name in IDLE_NAMES:
        return target or thing(Idle(name=native.name), evaluator.module.place(node))
    if native.name == "step":
        return _step(evaluator, node, given, target)
    if native.name in MUTATORS:
        raise evaluator.error(node, "is a mutator: what it adds is known only when the flow runs")
    if given.errors:
        raise given.errors[0]
    if target is not None:
        raise evaluator.error(node, UNKNOWN)
    return _function(evaluator, node, native.name, given)


def _function(evaluator: ExpressionReader, node: ast.expr, name: str, given: Arguments) -> Static:
    """Return what one of Metaflow's functions gives that is no decorator of a step or a flow."""
    place = evaluator.module.place(node)
    first = given.positional[0].value if given.positional else None
    if name == "user_step_decorator" and isinstance(first, Function):
        return thing(Idle(name=name), place)
    if name == "Config":
        return _configuration(evaluator, node, given)
    if name == "config_expr" and isinstance(first, str):
        return thing(Delayed(expression=first, module=evaluator.module, node=node), place)
    if name in KNOWN:
        raise evaluator.error(node, "is computed when the flow runs")
    return thing(Computed(), place)


def _asking(
    evaluator: ExpressionReader, node: ast.expr, name: str, given: Arguments, target: Static | None
) -> Static:
    asking = Asking(
        name=name,
        arguments=dict(given.named),
        spread=tuple(given.spread),
        place=evaluator.module.place(node),
        errors=tuple(given.errors),
    )
    if target is None or not isinstance(target.value, Target):
        return thing(asking, asking.place)
    return thing(replace(target.value, asked=(*target.value.asked, asking)), target.place)


def _step(evaluator: ExpressionReader, node: ast.expr, given: Arguments, target: Static | None) -> Static:
    """Make what is decorated a step; ``@step(start=True)`` is where the flow starts, whatever its name."""
    start = given.named.get("start")
    if given.errors or (start is not None and not isinstance(start.value, bool)):
        raise given.errors[0] if given.errors else evaluator.error(node, "is computed when the flow runs")
    if target is None or not isinstance(target.value, Target):
        return thing(Step(is_start=bool(start and start.value)), evaluator.module.place(node))
    return thing(replace(target.value, is_step=True), target.place)


def _configuration(evaluator: ExpressionReader, node: ast.expr, given: Arguments) -> Static:
    names = ("name", "default", "default_value", "help", "required", "parser", "plain")
    named = {**dict(zip(names, given.positional, strict=False)), **given.named}
    name = named.get("name")
    if name is None or not isinstance(name.value, str):
        raise evaluator.error(node, "has no name that is constant")
    made = Configuration(name=name.value, arguments=named, module=evaluator.module, node=node)
    return thing(made, evaluator.module.place(node))
