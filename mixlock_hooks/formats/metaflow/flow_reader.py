"""Read one class and its bases into a flow: its steps, and what decorators ask for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import hazards, resolved_req
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS
from mixlock_hooks.formats.metaflow.configurations import Configurations
from mixlock_hooks.formats.metaflow.decorations import decorated
from mixlock_hooks.formats.metaflow.decorator_arguments import read_asks
from mixlock_hooks.formats.metaflow.flow_problems import beside_resolved, not_static, stray, unread
from mixlock_hooks.formats.metaflow.metaflow_names import BASE, RESOLVED_REQ, is_of_flow, kind_of
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.repository import TooLongError
from mixlock_hooks.model.flow import Decorator, DecoratorKind, Flow, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program
    from mixlock_hooks.formats.metaflow.things import Asking, ClassOf, Decorated
    from mixlock_hooks.model.flow import DecoratorArguments
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.static import Static


class FlowReader:
    """One reading of one flow."""

    def __init__(self, program: Program, lineage: Lineage) -> None:
        self._program = program
        self._lineage = lineage
        self._configurations = Configurations(program, lineage)
        self._problems: list[Problem] = []
        self._steps: dict[str, Step] = {}
        self._starts = False

    def flow(self) -> Flow:
        """Return the flow; a decorator of the class itself replaces what its bases say with one of that name."""
        inherited: list[Decorator] = []
        own: list[Decorator] = []
        self._problems += [unread(error) for error in self._lineage.errors]
        for one in reversed(self._lineage.classes):
            inherited += own
            found = decorated(self._program, one.module, one.node)
            self._problems += [unread(error) for error in found.errors]
            own = list(self._decorators(one, found, base=True))
            self._read_methods(one)
        self._problems += [unread(error) for error in hazards.of_flow(self._program, self._lineage)]
        names = {decorator.name for decorator in own} - {RESOLVED_REQ}
        decorators = (*(found for found in inherited if found.name not in names), *own)
        self._problems += beside_resolved(decorators, self._steps.values())
        leaf = self._lineage.classes[0]
        return Flow(
            name=leaf.node.name,
            decorators=decorators,
            steps=tuple(self._steps.values()),
            place=leaf.module.place(leaf.node),
            problems=tuple(dict.fromkeys(self._problems)),
            is_abstract=not self._starts and "start" not in self._steps and len(self._steps) != 1,
        )

    def _read_methods(self, owner: ClassOf) -> None:
        """Read the steps of one class over those of its bases."""
        for method in owner.node.body:
            if not isinstance(method, FUNCTIONS):
                continue
            found = decorated(self._program, owner.module, method, owner)
            if found.is_step or (found.errors and hazards.is_wanted(method.name, method, self._lineage)):
                self._problems += [unread(error) for error in found.errors]
            decorators = tuple(self._decorators(owner, found, base=False))
            if found.is_step:
                place = owner.module.place(method)
                self._steps[method.name] = Step(name=method.name, decorators=decorators, place=place)
                self._starts = self._starts or found.is_start
            else:
                self._steps.pop(method.name, None)
                why = f"`{method.name}` is not a step"
                self._problems += [stray(decorator.name, decorator.place, why) for decorator in decorators]
        methods = {method.name for method in owner.node.body if isinstance(method, FUNCTIONS)}
        for name in owner.module.bindings_of(owner.node).names.keys() - methods:
            self._steps.pop(name, None)

    def _decorators(self, owner: ClassOf, found: Decorated, *, base: bool) -> Iterator[Decorator]:
        for expression, asking in found.asked:
            place = owner.module.place(expression)
            if asking.name == RESOLVED_REQ and not base:
                self._problems.append(
                    unread(NotStaticError(owner.module, expression, "is for a flow, not for a step"))
                )
                continue
            if is_of_flow(asking.name) != base:
                right = f"{asking.name}{BASE}" if base else asking.name.removesuffix(BASE)
                where = "a flow" if base else "a step"
                self._problems.append(stray(asking.name, place, f"on {where} it is called `@{right}`"))
                continue
            kind = kind_of(asking.name)
            asks, problems = self._asks(owner.module, expression, asking, kind)
            self._problems += problems
            yield Decorator(name=asking.name, kind=kind, place=place, arguments=asks)

    def _asks(
        self, module: Module, expression: ast.expr, asking: Asking, kind: DecoratorKind
    ) -> tuple[DecoratorArguments, tuple[Problem, ...]]:
        """Return what a decorator asks for, and its problems: once for all flows where no configuration matters."""
        if id(asking) in self._program.asks:
            return self._program.asks[id(asking)]
        before, self._problems = self._problems, [not_static(error) for error in asking.errors]
        arguments = self._arguments(module, expression, asking)
        if kind is DecoratorKind.RESOLVED:
            asks = resolved_req.read(self._program, arguments, module.place(expression), self._problems)
        else:
            asks = read_asks(kind, asking.name, arguments, self._problems)
        found = asks, tuple(self._problems)
        self._problems = before
        is_constant = all(arguments.get(name) is value for name, value in asking.arguments.items())
        if is_constant and not asking.spread and kind is not DecoratorKind.RESOLVED:  # each flow depends on its files
            self._program.asks[id(asking)] = found
        return found

    def _arguments(self, module: Module, expression: ast.expr, asking: Asking) -> dict[str, Static]:
        """Settle each argument on its own, so that one that is not static does not hide the others."""
        arguments: dict[str, Static] = {}
        for name, value in asking.arguments.items():
            settled = self._settled(module, _written(expression, name), value)
            if settled is not None:
                arguments[name] = settled
        for value in asking.spread:
            settled = self._settled(module, expression, value)
            if settled is not None:
                arguments.update({str(key.value): found for key, found in settled.pairs()})
        return arguments

    def _settled(self, module: Module, expression: ast.expr, value: Static) -> Static | None:
        try:
            with self._program.reading():
                return self._configurations.settled(value, module, expression)
        except NotStaticError as error:
            self._problems.append(not_static(error))
        except (RecursionError, TooLongError):
            self._problems.append(not_static(NotStaticError(module, expression, "takes too long to read")))
        return None


def _written(expression: ast.expr, name: str) -> ast.expr:
    """Return an argument as it is written in a decorator; the decorator where it is written elsewhere."""
    keywords = expression.keywords if isinstance(expression, ast.Call) else []
    return next((keyword.value for keyword in keywords if keyword.arg == name), expression)
