"""A Python file into its flows: classes that derive from ``FlowSpec``, their steps and environment decorators.

Decorators are recognised by where their name was imported from, not by spelling alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments
from mixlock_hooks.formats.metaflow.asks import read_asks
from mixlock_hooks.formats.metaflow.modules import Imported, Repository
from mixlock_hooks.formats.metaflow.static_value import Evaluator, NotStaticError
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
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def parse(text: str, path: str, read: Callable[[str], str | None]) -> FlowFile:
    """Parse a Python file.

    Args:
        text: the file's text.
        path: its path relative to the repository's root.
        read: gives the text of another module of the repository by its path, None where there is none.
    """
    try:
        module = Repository(read=read).parse(text, path)
    except (SyntaxError, ValueError, RecursionError) as error:
        return FlowFile(path=path, problems=(_not_python(error, path),))
    found = [_FlowReader(module, node).flow() for node in module.classes.values() if _is_flow(module, node, ())]
    strays = tuple(_strays(module, {flow.name for flow in found}))
    flows = tuple(flow for flow in found if flow.decorators or any(step.decorators for step in flow.steps))
    problems = strays if flows or not found else (*strays, *(p for flow in found for p in flow.problems))
    return FlowFile(path=path, flows=flows, allowances=comments.allowances(text.splitlines()), problems=problems)


def _not_python(error: Exception, path: str) -> Problem:
    if isinstance(error, SyntaxError):
        place = at(path, error.lineno or 1, error.offset or 1)
        claim = f"not valid Python: {error.msg}"
        return Problem(code="MIX001", place=place, claim=claim, hint="correct it, or run mixlock on a newer Python")
    return Problem(code="MIX001", place=at(path), claim=f"not valid Python: {error}", hint="correct the file")


def _dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for a name or a chain of attributes; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def _metaflow_name(module: Module, node: ast.expr) -> str:
    """Return what metaflow calls the thing a name stands for; empty where it is not metaflow's."""
    first, _, rest = _dotted(node).partition(".")
    imported = module.imports.get(first)
    if imported is None:
        stars = any(_is_metaflow(star.module) for star in module.stars)
        return first if stars and not rest and first not in module.stores else ""
    if not _is_metaflow(imported.module) or imported.level:
        return ""
    return ".".join(filter(None, (imported.name, rest))).rpartition(".")[2]


def _is_metaflow(dotted: str) -> bool:
    return dotted == "metaflow" or dotted.startswith("metaflow.")


def _is_flow(module: Module, node: ast.ClassDef, seen: tuple[str, ...]) -> bool:
    """Tell whether a class derives from ``FlowSpec``, through bases of this file or of the repository.

    A class with steps whose base comes from elsewhere is one too: only a flow has steps.
    """
    key = f"{module.path}:{node.name}"
    if key in seen:
        return False
    return any(_leads_to_flow(module, node, base, (*seen, key)) for base in node.bases)


def _leads_to_flow(module: Module, node: ast.ClassDef, base: ast.expr, seen: tuple[str, ...]) -> bool:
    if _metaflow_name(module, base) == "FlowSpec":
        return True
    found = _base_class(module, base)
    if found:
        return _is_flow(*found, seen)
    elsewhere = _dotted(base).partition(".")[0] in module.imports
    return elsewhere and any(_is_step(module, method) for method in node.body)


def _is_step(module: Module, node: ast.stmt) -> bool:
    decorators = node.decorator_list if isinstance(node, _FUNCTIONS) else []
    return any(_metaflow_name(module, _called(found)) == "step" for found in decorators)


def _base_class(module: Module, base: ast.expr) -> tuple[Module, ast.ClassDef] | None:
    """Find the class a base names: in this file, or imported from another module of the repository."""
    first, _, rest = _dotted(base).partition(".")
    if not rest and first in module.classes:
        return module, module.classes[first]
    imported = module.imports.get(first)
    if imported is None:
        return None
    name = rest or imported.name
    dotted = imported if not rest else Imported(module=_joined(imported), level=imported.level)
    other = module.repository.find(module, dotted) if name else None
    return (other, other.classes[name]) if other and name in other.classes else None


def _joined(imported: Imported) -> str:
    return ".".join(filter(None, (imported.module, imported.name)))


class _FlowReader:
    """Reads one class and the bases whose steps it inherits."""

    def __init__(self, module: Module, node: ast.ClassDef) -> None:
        self._module = module
        self._node = node
        self._problems: list[Problem] = []

    def flow(self) -> Flow:
        lineage = list(_lineage(self._module, self._node, ()))
        steps: dict[str, Step] = {}
        decorators: list[Decorator] = []
        for module, node in lineage:
            decorators += self._decorators(module, node, node, base=True)
            for step in self._steps(module, node):
                steps[step.name] = step
        return Flow(
            name=self._node.name,
            decorators=tuple(decorators),
            steps=tuple(steps.values()),
            place=self._module.place(self._node),
            problems=tuple(self._problems),
        )

    def _steps(self, module: Module, node: ast.ClassDef) -> Iterator[Step]:
        for method in node.body:
            if not isinstance(method, _FUNCTIONS):
                continue
            decorators = tuple(self._decorators(module, method, node, base=False))
            if _is_step(module, method):
                yield Step(name=method.name, decorators=decorators, place=module.place(method))
            else:
                why = f"`{method.name}` is no step"
                self._problems += [_stray(decorator.name, decorator.place, why) for decorator in decorators]

    def _decorators(self, module: Module, node: Decorated, owner: ast.ClassDef, *, base: bool) -> Iterator[Decorator]:
        for expression in node.decorator_list:
            name = _metaflow_name(module, _called(expression))
            kind = _DECORATORS.get(name.removesuffix(_BASE))
            if kind is None:
                continue
            if name.endswith(_BASE) != base:
                right = f"{name}{_BASE}" if base else name.removesuffix(_BASE)
                where = "a flow" if base else "a step"
                self._problems.append(_stray(name, module.place(expression), f"on {where} it is called `@{right}`"))
                continue
            arguments = self._arguments(module, expression, owner if not base else None)
            yield Decorator(
                name=name,
                kind=kind,
                place=module.place(expression),
                asks=read_asks(kind, name, arguments, self._problems),
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
        for argument in expression.args:
            self._problems.append(_not_static(NotStaticError(module, argument, "has no name in this decorator")))
        return arguments


def _lineage(module: Module, node: ast.ClassDef, seen: tuple[str, ...]) -> Iterator[tuple[Module, ast.ClassDef]]:
    """Yield a class behind its bases, so that what it says comes last."""
    for base in reversed(node.bases):
        found = _base_class(module, base)
        if found and found[1].name not in seen:
            yield from _lineage(*found, (*seen, node.name))
    yield module, node


def _called(expression: ast.expr) -> ast.expr:
    return expression.func if isinstance(expression, ast.Call) else expression


def _not_static(error: NotStaticError) -> Problem:
    return Problem(
        code="MIX007",
        place=error.place,
        claim=f"{error}; it cannot be read without running the flow",
        hint="write it as a literal, or as a name that is bound once to one",
    )


def _stray(name: str, place: Place, why: str) -> Problem:
    return Problem(
        code="MIX002",
        place=place,
        claim=f"`@{name}` asks for nothing here: {why}",
        hint="put it on a step, or with `_base` on the flow",
    )


def _strays(module: Module, flows: set[str]) -> Iterator[Problem]:
    """Yield environment decorators on functions and classes that belong to no flow at all."""
    for node in module.tree.body:
        if isinstance(node, _FUNCTIONS):
            yield from _stray_decorators(module, node)
        elif isinstance(node, ast.ClassDef) and node.name in flows:
            for inner in node.body:
                if isinstance(inner, ast.ClassDef):
                    yield from _stray_decorators(module, inner)


def _stray_decorators(module: Module, node: ast.stmt) -> Iterator[Problem]:
    for expression in getattr(node, "decorator_list", ()):
        name = _metaflow_name(module, _called(expression))
        kind = _DECORATORS.get(name.removesuffix(_BASE))
        if kind is not None:
            yield _stray(name, module.place(expression), "this is no step of a flow and no flow")
