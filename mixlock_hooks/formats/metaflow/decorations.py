"""The decorators of a method or a class, put on it one by one, the last first, as Python does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import calls
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.formats.metaflow.things import Arguments, Asking, ClassOf, Decorated, Target
from mixlock_hooks.model.static import thing

if TYPE_CHECKING:
    import ast

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

    Decorable = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def decorated(program: Program, module: Module, node: Decorable, owner: ClassOf | None = None) -> Decorated:
    """Read the decorators of a class, or of a method of a class (``owner``), once for each program.

    What a name in them stands for is decided by the class around: without one, that is another reading.
    """
    key = id(node), owner is not None
    if key not in program.decorated:
        with program.reading():
            found = _decorated(program, module, node, owner)
            program.decorated[key] = found, program.trace
    found, trace = program.decorated[key]
    program.trace.saw(trace)
    return found


def _decorated(program: Program, module: Module, node: Decorable, owner: ClassOf | None) -> Decorated:
    evaluator = Evaluator(program, module, owner)
    target = Target()
    asked: list[tuple[ast.expr, Asking]] = []
    errors: list[NotStaticError] = []
    for decorator in reversed(node.decorator_list):
        try:
            found = _put(evaluator, decorator, target)
        except NotStaticError as error:
            own = error.place == module.place(decorator) and error.origin is None
            errors.append(error if own else error.used(module, decorator))
            continue
        asked += [(decorator, one) for one in found.asked[len(target.asked) :]]
        target = found
    return Decorated(
        asked=tuple(reversed(asked)),
        is_step=target.is_step,
        is_start=target.is_start,
        errors=tuple(reversed(errors)),
    )


def _put(evaluator: Evaluator, decorator: ast.expr, target: Target) -> Target:
    place = evaluator.module.place(decorator)
    try:
        with evaluator.program.reading():
            function = evaluator.value(decorator)
            given = Arguments(positional=[thing(target, place)])
            found = calls.apply(evaluator, decorator, function, given).value
    except (RecursionError, TooLongError) as error:
        raise evaluator.error(decorator, "takes too long to read") from error
    if not isinstance(found, Target):
        raise evaluator.error(decorator, "replaces what it decorates by what cannot be read")
    return found
