"""Bind a call's arguments to a function's parameters, as Python does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model import static

if TYPE_CHECKING:
    import ast

    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.formats.metaflow.things import Arguments, Function
    from mixlock_hooks.model.static import Static

    Values = dict[str, Static | NotStaticError]


def bound(evaluator: ExpressionReader, node: ast.expr, function: Function, given: Arguments) -> Values:
    """Return the local names that a call starts with.

    Raises:
        NotStaticError: the arguments do not fit, or a default is not constant.
    """
    parameters = function.node.args
    places = [*parameters.posonlyargs, *parameters.args]
    positional = [*([function.receiver] if function.receiver else []), *given.positional]
    values: Values = {one.arg: found for one, found in zip(places, positional, strict=False)}
    left = dict(given.named)
    for one in (*parameters.args, *parameters.kwonlyargs):
        if one.arg in left:
            if one.arg in values:
                raise evaluator.error(node, f"gives `{one.arg}` twice")
            values[one.arg] = left.pop(one.arg)
    extra = positional[len(places) :]
    if (extra and not parameters.vararg) or (left and not parameters.kwarg):
        raise evaluator.error(node, "gives arguments that the function does not take")
    place = evaluator.module.place(node)
    if parameters.vararg:
        values[parameters.vararg.arg] = static.sequence(extra, place, "tuple")
    if parameters.kwarg:
        pairs = ((static.scalar(name, found.place), found) for name, found in left.items())
        values[parameters.kwarg.arg] = static.mapping(pairs, place)
    _defaults(evaluator, node, function, values)
    return values


def _defaults(evaluator: ExpressionReader, node: ast.expr, function: Function, values: Values) -> None:
    """Add the defaults of what is not given."""
    parameters = function.node.args
    places = [*parameters.posonlyargs, *parameters.args]
    defaults = dict(
        zip((one.arg for one in places[len(places) - len(parameters.defaults) :]), parameters.defaults, strict=True)
    )
    named = zip((one.arg for one in parameters.kwonlyargs), parameters.kw_defaults, strict=True)
    defaults.update({name: default for name, default in named if default is not None})
    outside = evaluator.inside(function.module, function.frame)
    outside.owner = function.owner
    for one in (*places, *parameters.kwonlyargs):
        if one.arg in values:
            continue
        if one.arg not in defaults:
            raise evaluator.error(node, f"does not give `{one.arg}`")
        values[one.arg] = outside.value(defaults[one.arg])
