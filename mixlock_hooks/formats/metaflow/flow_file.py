"""A Python file into its flows: classes that derive from ``FlowSpec``, their steps and environment decorators.

Names are told by where they come from, not by their spelling; what cannot be read is told, never passed over.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import comments
from mixlock_hooks.formats.metaflow import hazards, other_modules
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, dotted, scope
from mixlock_hooks.formats.metaflow.decorations import decorated
from mixlock_hooks.formats.metaflow.evaluator import Evaluator
from mixlock_hooks.formats.metaflow.flow_problems import not_python, stray, unread
from mixlock_hooks.formats.metaflow.flow_reader import FlowReader
from mixlock_hooks.formats.metaflow.modules import BROKEN, UNREADABLE
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.possible_flows import may_be_flow
from mixlock_hooks.formats.metaflow.things import ClassOf, Native
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.flow import FlowFile
from mixlock_hooks.model.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.decorations import Decorable
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program, Repository
    from mixlock_hooks.model.document import Allowance
    from mixlock_hooks.model.flow import Flow

MOST_FLOWS = 100
"""Flows of one file that are read; each is judged against the whole file."""
MOST_MEMBERS = 5_000
"""Classes, what stands in them, and decorators of it; the largest file of Metaflow itself has 200."""
MOST_NODES = 60_000
"""Nodes of a syntax tree; no text has more of them than characters."""
_MAKING = 2
"""Arguments of a call that makes a class: its name, its bases."""


def parse(text: str, path: str, repository: Repository) -> FlowFile:
    """Parse a Python file.

    Args:
        text: the file's text.
        path: its path relative to the repository's root.
        repository: the other modules of the repository; one for all files of a run, so that each is parsed once.
    """
    try:
        module = repository.module(path, text)
    except UNREADABLE as error:
        return FlowFile(path=path, problems=(not_python(error, path),), read=frozenset({path}))
    if module is None:
        return FlowFile(path=path)
    too_much = _too_much(module, len(text))
    if too_much:
        hint = "move flows to files of their own"
        problem = Problem(code=Code.NOT_STATIC, place=module.place(module.tree), claim=too_much, hint=hint)
        return FlowFile(path=path, problems=(problem,), read=frozenset({path}))
    return _FileReader(repository.program(path), module).file()


def _too_much(module: Module, length: int) -> str:
    """Say why a file is more than anybody writes; empty where it is not, which for short ones needs no count."""
    members = sum(1 + len(node.body) + _decorators_in(node) for node in module.classes.values())
    if members > MOST_MEMBERS:
        return (
            f"the file's classes have {members} members and decorators; of a flow's at most {MOST_MEMBERS} are read"
        )
    nodes = sum(1 for _node in ast.walk(module.tree)) if length > MOST_NODES else 0
    return (
        f"the file is of {nodes} parts; of a flow's file at most {MOST_NODES} are read" if nodes > MOST_NODES else ""
    )


def _decorators_in(node: ast.ClassDef) -> int:
    members = (member for member in node.body if isinstance(member, (*FUNCTIONS, ast.ClassDef)))
    return sum(len(member.decorator_list) for member in members)


class _FileReader:
    """One reading of one file."""

    def __init__(self, program: Program, module: Module) -> None:
        self._program = program
        self._module = module

    def file(self) -> FlowFile:
        with self._program.recording() as trace:
            lineages = [self._lineage(node) for node in self._module.classes.values()]
            found = [lineage for lineage in lineages if self._is_flow(lineage)]
            flows = [FlowReader(self._program, lineage).flow() for lineage in found[:MOST_FLOWS]]
            strays = tuple(self._strays({flow.name for flow in flows}))
            elsewhere = self._elsewhere(found, flows)
        asking = tuple(flow for flow in flows if flow.asks)
        others = (problem for flow in flows if not flow.asks for problem in flow.problems)
        every = [*elsewhere, *(problem for flow in flows for problem in flow.problems)]
        return FlowFile(
            path=self._module.path,
            flows=asking,
            allowances=self._allowances(every),
            problems=tuple(dict.fromkeys((*elsewhere, *strays, *others, *self._beyond(found)))),
            read=frozenset({*trace.read, self._module.path}),
        )

    def _elsewhere(self, found: list[Lineage], flows: list[Flow]) -> tuple[Problem, ...]:
        """Return what modules do to what stands in others; of the file itself only what its flows do not tell."""
        told = any(problem.code is Code.NOT_STATIC for flow in flows for problem in flow.problems)
        problems = (unread(error) for error in other_modules.changes(self._program, self._module, found))
        return tuple(problem for problem in problems if not told or problem.place.path != self._module.path)

    def _beyond(self, found: list[Lineage]) -> Iterator[Problem]:
        """Yield a problem at the first flow that is not read because there are too many."""
        for lineage in found[MOST_FLOWS : MOST_FLOWS + 1]:
            claim = f"the file has more than {MOST_FLOWS} flows; those from here on are not read"
            place = self._module.place(lineage.classes[0].node)
            yield Problem(code=Code.NOT_STATIC, place=place, claim=claim, hint="move flows to files of their own")

    def _lineage(self, node: ast.ClassDef) -> Lineage:
        with self._program.reading():
            return Evaluator(self._program, self._module).lineage(ClassOf(module=self._module, node=node))

    def _is_flow(self, lineage: Lineage) -> bool:
        """Return whether a class is a flow, or may be one: a base or a decorator is not known, and it has steps.

        Without steps too, where its base may lead to a flow, or where it is used like one.
        """
        if lineage.is_flow:
            return True
        if not lineage.errors:
            leaf = lineage.classes[0]
            return hazards.looks_like_flow(leaf.node) and bool(
                decorated(self._program, leaf.module, leaf.node).errors
            )
        if any(BROKEN in error.why for error in lineage.errors):
            return True
        has_steps = any(hazards.looks_like_flow(one.node) or self._has_steps(one) for one in lineage.classes)
        return has_steps or may_be_flow(self._program, lineage)

    def _has_steps(self, one: ClassOf) -> bool:
        methods = (method for method in one.node.body if isinstance(method, FUNCTIONS) and method.decorator_list)
        return any(decorated(self._program, one.module, method, one).is_step for method in methods)

    def _allowances(self, problems: list[Problem]) -> tuple[Allowance, ...]:
        """Return what comments allow in the file, and at its flows' problems in other modules."""
        places = {(problem.place.path, problem.place.line) for problem in problems}
        others = sorted({path for path, _line in places if path.endswith(".py")} - {self._module.path})
        there = (
            replace(allowance, path=path)
            for path in others
            if (module := self._program.repository.module(path)) is not None
            for allowance in comments.allowances(module.lines)
        )
        own = comments.allowances(self._module.lines)
        return (*own, *(allowance for allowance in there if (allowance.path, allowance.line) in places))

    def _strays(self, flows: set[str]) -> Iterator[Problem]:
        """Yield environment decorators that belong to no flow, and flows that only a function makes."""
        for node in self._module.tree.body:
            if isinstance(node, ast.ClassDef) and node.name in flows:
                for inner in node.body:
                    if isinstance(inner, ast.ClassDef):
                        yield from self._stray(inner)
            elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                yield from self._stray(node)
        yield from self._made_by_functions()
        yield from self._made_by_calls()

    def _made_by_functions(self) -> Iterator[Problem]:
        """Yield flows that only exist when a function runs, or within another class.

        Lines are counted first, as walking a tree takes time.
        """
        own = {id(node) for node in scope(self._module.tree.body) if isinstance(node, ast.ClassDef)}
        if sum(line.lstrip().startswith("class") for line in self._module.lines) == len(own):
            return
        for found in ast.walk(self._module.tree):
            if isinstance(found, ast.ClassDef) and id(found) not in own and self._asks(found):
                why = "is a flow that is made when a function runs, or within another class"
                yield unread(NotStaticError(self._module, found, why))

    def _made_by_calls(self) -> Iterator[Problem]:
        """Yield flows that a call of a class of classes makes, as ``type(name, bases, …)`` does."""
        is_likely = any("type(" in line or "new_class(" in line for line in self._module.lines)
        for node in ast.walk(self._module.tree) if is_likely else scope(self._module.tree.body):
            if not isinstance(node, ast.Call) or len(node.args) < _MAKING:
                continue
            bases = self._bases(node.args[1])
            if any(
                self._names_flow(inner) for base in bases for inner in ast.walk(base) if isinstance(inner, ast.expr)
            ):
                yield unread(NotStaticError(self._module, node, "makes a flow"))

    def _bases(self, node: ast.expr) -> list[ast.expr]:
        """Return the expressions of a tuple of bases, also where a name stands for it."""
        if isinstance(node, ast.Name):
            values = [found.value for found in self._module.bindings.of(node.id)]
            return [one for value in values if isinstance(value, ast.Tuple | ast.List) for one in value.elts]
        return node.elts if isinstance(node, ast.Tuple | ast.List) else []

    def _names_flow(self, node: ast.expr) -> bool:
        """Return whether an expression names ``FlowSpec``, or a class that derives from it."""
        if not dotted(node):
            return False
        try:
            with self._program.reading():
                evaluator = Evaluator(self._program, self._module)
                found = evaluator.value(node).value
                derives = isinstance(found, ClassOf) and evaluator.lineage(found).is_flow
        except NotStaticError:
            return False
        return derives or found == Native(name="FlowSpec")

    def _asks(self, node: ast.ClassDef) -> bool:
        """Return whether a class is a flow with a decorator that asks for something, or cannot be read."""
        lineage = self._lineage(node)
        return self._is_flow(lineage) and any(self._has_decorators(one) for one in lineage.classes)

    def _has_decorators(self, one: ClassOf) -> bool:
        methods = [method for method in one.node.body if isinstance(method, FUNCTIONS)]
        found = [decorated(self._program, one.module, method, one) for method in methods]
        found.append(decorated(self._program, one.module, one.node))
        return any(each.asked or each.errors for each in found)

    def _stray(self, node: Decorable) -> Iterator[Problem]:
        for expression, asking in decorated(self._program, self._module, node).asked:
            why = "this is neither a step of a flow nor a class known to be a flow"
            yield stray(asking.name, self._module.place(expression), why)
