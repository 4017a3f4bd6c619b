"""Evaluate expressions as far as they are constant; nothing is ever imported or executed.

Literals, joins, templates, conditions, subscripts, comprehensions, calls of the repository's own functions, names
bound once in the module, the class, or another module of the repository. Everything else is told as not static.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.formats.metaflow import calls, comprehensions, operations, text_template
from mixlock_hooks.formats.metaflow.attributes import attribute
from mixlock_hooks.formats.metaflow.classes import Lineage, lineage
from mixlock_hooks.formats.metaflow.literals import Literals
from mixlock_hooks.formats.metaflow.names import Names
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import (
    TRUE,
    ClassOf,
    Configuration,
    Delayed,
    Frame,
    Function,
    Namespace,
    Outside,
    View,
)
from mixlock_hooks.model.static import Static, mapping, thing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode, Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program


T = TypeVar("T")


class Evaluator(Literals):
    """Evaluates every kind of expression that can be read."""

    def inside(self, module: Module, frame: Frame | None) -> Evaluator:
        """Return an evaluator for what stands in another scope, as deep as this one."""
        made = Evaluator(self.program, module, trail=self.trail, frame=frame)
        made.depth = self.depth
        return made

    def visit_Name(self, node: ast.Name) -> Static:
        """Evaluate a name: local, of the class around, of the module, of another module."""
        local = self.frame.look_up(node.id) if self.frame else None
        if isinstance(local, NotStaticError):
            raise local
        return local if local is not None else self._used(node, self.led(node, lambda: self._named(node)))

    def _used(self, node: ast.expr, found: Static) -> Static:
        """Return what a name stands for; an object stands where it is used."""
        return replace(found, place=self.module.place(node)) if found.kind == "object" else found

    def _named(self, node: ast.Name) -> Static:
        found = NAMES.of_class(self.program, self.owner, node.id, self.trail) if self.owner else None
        if found is not None and self.owner:
            lines = [one.line for one in self.owner.module.bindings_of(self.owner.node).of(node.id)]
            if max(lines) > node.lineno:
                raise UnboundError(f"is bound in line {max(lines)} of its class, after it is used")
            return found
        return NAMES.value(self.program, self.module, node.id, self.trail)

    def led(self, node: ast.expr, look_up: Callable[[], T]) -> T:
        """Look up where a node leads, and tell what goes wrong there at the node."""
        try:
            return look_up()
        except UnboundError as error:
            raise self.error(node, str(error)) from error
        except NotStaticError as error:
            raise error.used(self.module, node) from error

    def visit_Attribute(self, node: ast.Attribute) -> Static:
        """Evaluate ``module.NAME``, ``Class.NAME``, ``config.name``."""
        words: list[str] = []
        root: ast.expr = node
        while isinstance(root, ast.Attribute):
            words.insert(0, root.attr)
            root = root.value
        found = self._root(node, root)
        if words[-1] in self.module.changes.attributes and isinstance(found.value, Namespace | ClassOf):
            raise self.error(node, "is changed after it was bound")
        if isinstance(found.value, Namespace):
            space = found.value
            found, used = self.led(node, lambda: NAMES.attribute(self.program, space, tuple(words), self.trail))
            words = words[used:]
        for word in words:
            found = self.led(node, lambda found=found, word=word: attribute(self, found, word))  # type: ignore[misc]
        return self._used(node, found)

    def _root(self, node: ast.Attribute, root: ast.expr) -> Static:
        try:
            return self.value(root)
        except NotStaticError as error:
            if isinstance(root, ast.Name) and error.origin is None:
                raise self.error(node, error.why) from error
            raise

    def visit_Call(self, node: ast.Call) -> Static:
        """Evaluate a call."""
        return calls.called(self, node)

    def decorated(self, node: FunctionNode) -> Static:
        """Return a function with its own decorators on it."""
        return calls.decorated(self, node)

    def lineage(self, found: ClassOf) -> Lineage:
        """Return a class and its bases."""
        return lineage(found, self._base)

    def _base(self, module: Module, node: ast.expr) -> Static:
        """Evaluate a base of a class; ``class F(F)`` and ``class F(F.Inner)`` mean what the name was before."""
        before: dict[str, Static | NotStaticError] = {}
        for name in (inner for inner in ast.walk(node) if isinstance(inner, ast.Name)):
            found = NAMES.before(self.program, module, name.id, node.lineno, self.trail)
            if found is not None:
                before[name.id] = found
        return self.inside(module, Frame(values=before) if before else None).value(node)

    def attribute(self, found: Static, word: str) -> Static:
        """Return what an attribute of a value is."""
        return attribute(self, found, word)

    def of_class(self, found: ClassOf, name: str) -> Static | None:
        """Return what the own body of a class binds a name to; None where it does not."""
        return NAMES.of_class(self.program, found, name, self.trail)

    def imported(self, imported: Imported) -> Static:
        """Return what an import in this module brings."""
        return NAMES.imported(self.program, self.module, imported, self.trail)

    def visit_Lambda(self, node: ast.Lambda) -> Static:
        """Evaluate a lambda to a function; names of a round are another round's when it is called."""
        if comprehensions.takes_round(node, self.frame):
            raise self.error(node, "takes names of a loop, which change before it is called")
        made = Function(module=self.module, node=node, frame=self.frame, owner=self.owner)
        return thing(made, self.module.place(node))

    def visit_NamedExpr(self, node: ast.NamedExpr) -> Static:
        """Evaluate ``(name := value)`` to its value, where nothing but the module or class can know the name."""
        if self.frame is not None:
            raise self.error(node, "binds a name within an expression")
        return self.value(node.value)

    def visit_ListComp(self, node: ast.ListComp) -> Static:
        """Evaluate a comprehension over constants into a list."""
        return self.sequence(node, self._comprehended(node))

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> Static:
        """Evaluate a comprehension over constants into what it gives one by one."""
        return self.sequence(node, self._comprehended(node), "iterator")

    def visit_SetComp(self, node: ast.SetComp) -> Static:
        """Evaluate a comprehension over constants into a set."""
        return self.set(node, self._comprehended(node))

    def _comprehended(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> list[Static]:
        return [inner.value(node.elt) for inner in comprehensions.rounds(self, node.generators)]

    def visit_DictComp(self, node: ast.DictComp) -> Static:
        """Evaluate a comprehension over constants into a mapping."""
        pairs = [
            (inner.key(node.key), inner.value(node.value)) for inner in comprehensions.rounds(self, node.generators)
        ]
        return mapping(pairs, self.module.place(node))

    def visit_BinOp(self, node: ast.BinOp) -> Static:
        """Evaluate ``|`` of mappings, ``+`` of sequences or texts, ``%`` of a text."""
        if isinstance(node.op, ast.BitOr):
            return self.mapping(node, self.of_kind(node.left, "mapping"), self.of_kind(node.right, "mapping"))
        if isinstance(node.op, ast.Mod):
            return self._percent(node)
        if not isinstance(node.op, ast.Add):
            return self.generic_visit(node)
        left, right = self.constant(node.left), self.constant(node.right)
        if left.kind == right.kind == "sequence" and left.form == right.form:
            return self.sequence(node, (*left.items(), *right.items()), left.form)
        if isinstance(left.value, str) and isinstance(right.value, str):
            return self.scalar(node, left.value + right.value)
        raise self.error(node, "adds what is neither two texts nor two lists")

    def _percent(self, node: ast.BinOp) -> Static:
        text, given = self.text(node.left), self.constant(node.right)
        if given.kind == "sequence" and not isinstance(node.right, ast.Tuple):
            raise self.error(node.right, "is not a plain value")
        plain = given.plain()
        values = tuple(plain) if isinstance(plain, list) else plain
        if any(isinstance(part, bytes) for part in (values if isinstance(values, tuple) else (values,))):
            raise self.error(node, "is not text")
        return self.computed(node, lambda: text_template.percent(text, values))

    def visit_IfExp(self, node: ast.IfExp) -> Static:
        """Evaluate a conditional expression whose test is constant."""
        return self.value(node.body if self.holds(node.test) else node.orelse)

    def holds(self, node: ast.expr) -> bool:
        """Return whether a constant test holds."""
        value = self.value(node)
        if isinstance(value.value, TRUE):
            return True
        if value.kind == "object":
            value = self.constant(node)
        return self._meant(node, lambda: operations.truth(value))

    def visit_BoolOp(self, node: ast.BoolOp) -> Static:
        """Evaluate ``and`` and ``or`` to the part that decides."""
        for part in node.values[:-1]:
            if self.holds(part) is isinstance(node.op, ast.Or):
                return self.value(part)
        return self.value(node.values[-1])

    def visit_Compare(self, node: ast.Compare) -> Static:
        """Evaluate comparisons of constants."""
        values = [self.constant(part) for part in (node.left, *node.comparators)]
        return self.scalar(node, self._meant(node, lambda: operations.compared(node.ops, values)))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Static:
        """Evaluate ``-1`` and ``not True``."""
        if isinstance(node.op, ast.Not):
            return self.scalar(node, not self.holds(node.operand))
        value = self.plain(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return self.scalar(node, -value)
        return self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> Static:
        """Evaluate an item of a constant, or of a configuration; a type with parameters is the type."""
        found = self.value(node.value)
        if isinstance(found.value, Outside | ClassOf):
            return found
        if isinstance(found.value, Configuration | Delayed | View):
            return self.led(node, lambda: attribute(self, found, self.text(node.slice)))
        if isinstance(node.slice, ast.Slice):
            return self.generic_visit(node)
        key = self.constant(node.slice)
        return self._meant(node, lambda: operations.item(found, key))

    def _meant(self, node: ast.expr, operate: Callable[[], T]) -> T:
        try:
            return operate()
        except operations.MeaningError as error:
            raise self.error(node, str(error)) from error
        except TypeError as error:
            raise self.error(node, f"fails: {error}") from error


def _evaluate(
    program: Program, module: Module, owner: ast.ClassDef | None, trail: tuple[str, ...], expression: ast.expr
) -> Static:
    of = ClassOf(module=module, node=owner) if owner else None
    return _led_here(program, module, of, trail).value(expression)


def _decorate(
    program: Program, module: Module, node: ast.FunctionDef | ast.AsyncFunctionDef, trail: tuple[str, ...]
) -> Static:
    return calls.decorated(_led_here(program, module, None, trail), node)


def _led_here(program: Program, module: Module, owner: ClassOf | None, trail: tuple[str, ...]) -> Evaluator:
    """Make an evaluator for what names led to: each of them is as deep as two expressions."""
    made = Evaluator(program, module, owner, trail=trail)
    made.depth = 2 * len(trail)
    return made


NAMES = Names(_evaluate, _decorate)
