"""A Python file into its flows: classes that derive from ``FlowSpec``, their steps and environment decorators.

Decorators are recognised by where their name was imported from, not by spelling alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments
from mixlock_hooks.formats.metaflow import classes
from mixlock_hooks.formats.metaflow.decorator_arguments import read_asks
from mixlock_hooks.formats.metaflow.modules import UNREADABLE, NotStaticError, Repository
from mixlock_hooks.formats.metaflow.static_value import Evaluator
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.flow import Decorator, DecoratorKind, Flow, FlowFile, Step
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.static import Static

    Decorated = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

_DECORATORS = {
    "conda": DecoratorKind.CONDA,
    "pypi": DecoratorKind.PYPI,
    "pip": DecoratorKind.PYPI,
    "sys_packages": DecoratorKind.SYSTEM,
    "named_env": DecoratorKind.NAMED,
}
_BASE = "_base"


def parse(text: str, path: str, read: Callable[[str], str | None]) -> FlowFile:
    """Parse a Python file.

    Args:
        text: the file's text.
        path: its path relative to the repository's root.
        read: gives the text of another module of the repository by its path, None where there is none.
    """
    try:
        module = Repository(read=read).parse(text, path)
    except UNREADABLE as error:
        return FlowFile(path=path, problems=(_not_python(error, path),))
    found = [_FlowReader(module, node).flow() for node in module.classes.values() if classes.is_flow(module, node)]
    flows = tuple(flow for flow in found if flow.decorators or any(step.decorators for step in flow.steps))
    others = (problem for flow in found if flow not in flows for problem in flow.problems)
    return FlowFile(
        path=path,
        flows=flows,
        allowances=comments.allowances(module.lines),
        problems=(*_strays(module, {flow.name for flow in found}), *others),
    )


def _not_python(error: Exception, path: str) -> Problem:
    if isinstance(error, SyntaxError):
        place = at(path, error.lineno or 1, error.offset or 1)
        claim = f"not valid Python: {error.msg}"
        return Problem(
            code=Code.UNREADABLE, place=place, claim=claim, hint="correct it, or run mixlock on a newer Python"
        )
    return Problem(code=Code.UNREADABLE, place=at(path), claim=f"not valid Python: {error}", hint="correct the file")


class _FlowReader:
    """Reads one class and the bases whose steps it inherits."""

    def __init__(self, module: Module, node: ast.ClassDef) -> None:
        self._module = module
        self._node = node
        self._problems: list[Problem] = []

    def flow(self) -> Flow:
        """Return the flow; a decorator of the class itself replaces what its bases say with one of that name."""
        steps: dict[str, Step] = {}
        inherited: list[Decorator] = []
        own: list[Decorator] = []
        for module, node in classes.lineage(self._module, self._node):
            inherited += own
            own = list(self._decorators(module, node, node, base=True))
            self._read_methods(module, node, steps)
        names = {decorator.name for decorator in own}
        return Flow(
            name=self._node.name,
            decorators=(*(found for found in inherited if found.name not in names), *own),
            steps=tuple(steps.values()),
            place=self._module.place(self._node),
            problems=tuple(self._problems),
        )

    def _read_methods(self, module: Module, node: ast.ClassDef, steps: dict[str, Step]) -> None:
        """Read the steps of one class over those of its bases."""
        for method in node.body:
            if not isinstance(method, classes.FUNCTIONS):
                continue
            decorators = tuple(self._decorators(module, method, node, base=False))
            if classes.is_step(module, method):
                steps[method.name] = Step(name=method.name, decorators=decorators, place=module.place(method))
            else:
                steps.pop(method.name, None)
                why = f"`{method.name}` is no step"
                self._problems += [_stray(decorator.name, decorator.place, why) for decorator in decorators]

    def _decorators(self, module: Module, node: Decorated, owner: ast.ClassDef, *, base: bool) -> Iterator[Decorator]:
        for expression in node.decorator_list:
            name, kind = _environment_decorator(module, expression)
            if kind is None:
                continue
            if name.endswith(_BASE) != base:
                right = f"{name}{_BASE}" if base else name.removesuffix(_BASE)
                where = "a flow" if base else "a step"
                self._problems.append(_stray(name, module.place(expression), f"on {where} it is called `@{right}`"))
                continue
            call = classes.called(module, expression)
            arguments = self._arguments(module, call, owner if call is expression and not base else None)
            yield Decorator(
                name=name,
                kind=kind,
                place=module.place(expression),
                arguments=read_asks(kind, name, arguments, self._problems),
            )

    def _arguments(self, module: Module, expression: ast.expr, owner: ast.ClassDef | None) -> dict[str, Static]:
        """Read each argument on its own, so that one that is not static does not hide the others."""
        if not isinstance(expression, ast.Call):
            return {}
        evaluator = Evaluator(module, owner)
        arguments: dict[str, Static] = {}
        for keyword in expression.keywords:
            call = ast.copy_location(ast.Call(func=expression.func, args=[], keywords=[keyword]), expression)
            try:
                arguments.update({str(key.value): value for key, value in evaluator.keywords(call).pairs()})
            except NotStaticError as error:
                self._problems.append(_not_static(error))
            except RecursionError:
                self._problems.append(_not_static(NotStaticError(module, keyword.value, "is nested too deeply")))
        for argument in expression.args:
            self._problems.append(_not_static(NotStaticError(module, argument, "has no name in this decorator")))
        return arguments


def _not_static(error: NotStaticError) -> Problem:
    return Problem(
        code=Code.NOT_STATIC,
        place=error.place,
        claim=f"{error}; it cannot be read without running the flow",
        hint="write it as a literal, or as a name that is bound once to one",
        subject=error.expression,
    )


def _stray(name: str, place: Place, why: str) -> Problem:
    return Problem(
        code=Code.UNKNOWN_KEY,
        place=place,
        claim=f"`@{name}` asks for nothing here: {why}",
        hint="put it on a step, or with `_base` on the flow",
    )


def _strays(module: Module, flows: set[str]) -> Iterator[Problem]:
    """Yield environment decorators on functions and classes that belong to no flow at all."""
    for node in module.tree.body:
        if isinstance(node, ast.ClassDef) and node.name in flows:
            for inner in node.body:
                if isinstance(inner, ast.ClassDef):
                    yield from _stray_decorators(module, inner)
        elif isinstance(node, (*classes.FUNCTIONS, ast.ClassDef)):
            yield from _stray_decorators(module, node)


def _stray_decorators(module: Module, node: Decorated) -> Iterator[Problem]:
    for expression in node.decorator_list:
        name, kind = _environment_decorator(module, expression)
        if kind is not None:
            why = "this is no step of a flow, and no class that is known to be a flow"
            yield _stray(name, module.place(expression), why)


def _environment_decorator(module: Module, expression: ast.expr) -> tuple[str, DecoratorKind | None]:
    name = classes.decorator_name(module, expression)
    return name, _DECORATORS.get(name.removesuffix(_BASE))
