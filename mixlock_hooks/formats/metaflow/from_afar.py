"""What a module does to flows, or to Metaflow itself, without naming any flow: told, whoever calls it.

A flow imports such a module, and is changed by a function, a descriptor, a context manager or a loop in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import Imported
from mixlock_hooks.formats.metaflow.deeds import IMPORTS, begins_in
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.metaflow_names import is_metaflow
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.formats.metaflow.things import Asking, Native

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program

_PUTS = "puts a decorator on something that is not a step or flow at this place"


def changes(program: Program, module: Module) -> Iterator[NotStaticError]:
    """Yield what a module may do to flows that it does not name: once for all flows that import it."""
    if module.path not in program.from_afar:
        program.from_afar[module.path] = tuple(_changes(program, module))
    yield from program.from_afar[module.path]


def _changes(program: Program, module: Module) -> Iterator[NotStaticError]:
    evaluator = Evaluator(program, module)
    for deed in module.deeds:
        if deed.claim:
            yield NotStaticError(module, deed.node, deed.claim)
        elif deed.replaced and _is_known(program, module, deed.replaced):
            yield NotStaticError(module, deed.node, IMPORTS)
        yield from _put_on(evaluator, deed.calls)


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


def _put_on(evaluator: Evaluator, calls: Iterable[ast.Call]) -> Iterator[NotStaticError]:
    """Yield calls that put an environment on something, or hand one over to be put on."""
    for node in calls:
        called = _value(evaluator, node.func)
        is_inner = isinstance(called, Native) and called.name.startswith("_") and "decorator" in called.name
        if is_inner or (isinstance(called, Asking) and node.args):
            yield NotStaticError(evaluator.module, node, _PUTS)
        elif any(isinstance(_value(evaluator, given), Asking) for given in node.args):
            yield NotStaticError(evaluator.module, node, "is given a decorator, and may put it on a step or flow")


def _value(evaluator: Evaluator, node: ast.expr) -> object:
    """Return what an expression stands for if it begins at a name of the module; None else."""
    if not begins_in(evaluator.module.bindings, node):
        return None
    try:
        with evaluator.program.reading():
            return evaluator.value(node).value
    except (NotStaticError, UnboundError, RecursionError, TooLongError):
        return None
