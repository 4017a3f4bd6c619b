"""What a function of the repository returns, where its body only binds names and returns.

Nothing is executed: each statement is read, and one that is not known ends the reading.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings, comprehensions
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.parameters import bound
from mixlock_hooks.formats.metaflow.things import Frame, Function, Target
from mixlock_hooks.model import static

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.formats.metaflow.expression_reader import ExpressionReader
    from mixlock_hooks.formats.metaflow.things import Arguments
    from mixlock_hooks.model.static import Static


def result(evaluator: ExpressionReader, node: ast.expr, function: Function, given: Arguments) -> Static:
    """Return what a function returns for its arguments.

    Raises:
        NotStaticError: it cannot be read.
    """
    definition = function.node
    values = bound(evaluator, node, function, given)
    inner = evaluator.inside(function.module, Frame(values=values, outer=function.frame))
    inner.depth += 1
    try:
        if isinstance(definition, ast.Lambda):
            return inner.value(definition.body)
        if isinstance(definition, ast.AsyncFunctionDef) or _yields(definition):
            raise inner.error(definition, "is a generator or asynchronous")
        returned = _Body(inner, values).run(definition.body)
        if returned is None:
            raise inner.error(definition, "returns nothing that can be read")
    except NotStaticError as error:
        raise error.used(evaluator.module, node) from error
    return returned


def _yields(definition: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in bindings.scope(definition.body))


class _Body:
    """One reading of a function's body; ``values`` are its local names."""

    def __init__(self, inner: ExpressionReader, values: dict[str, Static | NotStaticError]) -> None:
        self._inner = inner
        self._values = values

    def run(self, statements: Sequence[ast.stmt]) -> Static | None:
        """Return what the statements return; None where they end without a ``return``."""
        for count, statement in enumerate(statements):
            if isinstance(statement, ast.Return):
                none = static.scalar(None, self._inner.module.place(statement))
                return self._inner.value(statement.value) if statement.value else none
            if isinstance(statement, ast.If):
                return self._either(statement, statements[count + 1 :])
            self._read(statement)
        return None

    def _read(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case ast.Import() | ast.ImportFrom():
                self._import(statement)
            case ast.Assign(targets=[target], value=value):
                self._assign(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(statement)
            case ast.ClassDef(name=name):
                self._values[name] = self._inner.error(statement, "is a class that a function makes")
            case _:
                raise self._inner.error(statement, "is more than names and a `return`")

    def _import(self, statement: ast.Import | ast.ImportFrom) -> None:
        for name, imported in bindings.imported_by(statement):
            self._values[name] = self._imported(statement, imported)

    def _imported(self, statement: ast.stmt, imported: bindings.Imported) -> Static | NotStaticError:
        try:
            return self._inner.imported(imported)
        except UnboundError as error:
            return self._inner.error(statement, str(error))
        except NotStaticError as error:
            return error.used(self._inner.module, statement)

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        """Bind names; what cannot be read is only told where it is used, unless it gets what is decorated."""
        names = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
        if not isinstance(target, ast.Name | ast.Tuple | ast.List):
            raise self._inner.error(target, "is more than names and a `return`")
        try:
            found = comprehensions.assigned(self._inner, target, self._inner.value(value))
        except NotStaticError as error:
            if any(isinstance(node, ast.Name) and self._is_target(node.id) for node in ast.walk(value)):
                raise
            found = dict.fromkeys(names, error)
        self._values.update(found)
        for one in found.values():
            self._decorated(one)

    def _is_target(self, name: str) -> bool:
        found = self._inner.frame.look_up(name) if self._inner.frame else None
        return not isinstance(found, NotStaticError) and found is not None and isinstance(found.value, Target)

    def _decorated(self, found: Static | NotStaticError) -> None:
        """Let every name of the step know what was put on it: a decorator changes the step itself."""
        if isinstance(found, NotStaticError) or not isinstance(found.value, Target):
            return
        for name in [name for name in self._values if self._is_target(name)]:
            self._values[name] = found

    def _define(self, statement: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        try:
            found: Static | NotStaticError = self._inner.decorated(statement)
        except NotStaticError as error:
            found = error
        self._values[statement.name] = found
        self._decorated(found)

    def _either(self, statement: ast.If, rest: Sequence[ast.stmt]) -> Static | None:
        """Take the branch that holds; where that is not known, what both make of a step, if it is the same."""
        try:
            holds = self._inner.holds(statement.test)
        except NotStaticError:
            return self._both(statement, rest)
        return self.run([*(statement.body if holds else statement.orelse), *rest])

    def _both(self, statement: ast.If, rest: Sequence[ast.stmt]) -> Static | None:
        before = dict(self._values)
        found = self.run([*statement.body, *rest])
        self._values.clear()
        self._values.update(before)
        other = self.run([*statement.orelse, *rest])
        if found is not None and other is not None and isinstance(found.value, Target) and found.value == other.value:
            return found
        raise self._inner.error(statement.test, "is known only when the flow runs")
