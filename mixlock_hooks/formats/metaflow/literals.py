"""Evaluate literals: texts, numbers, containers, f-strings, each of a size that makes sense."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import operations, text_template
from mixlock_hooks.formats.metaflow.not_static import NotStaticError
from mixlock_hooks.formats.metaflow.things import View, described
from mixlock_hooks.model import static

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program
    from mixlock_hooks.formats.metaflow.things import ClassOf, Frame
    from mixlock_hooks.model.static import Static

_LONGEST = 100_000
"""Characters of a text, parts of a value: more is no requirement."""
_LARGEST = 1024
"""Bits of a number."""
_DEEPEST = 90
"""Expressions within each other, names and calls that lead on included."""


class Literals(ast.NodeVisitor):
    """Evaluates literals of one module, inside one class or call if there is one; a method a kind of node."""

    """Evaluates expressions of one module, inside one class or call if there is one; a method a kind of node."""

    def __init__(
        self,
        program: Program,
        module: Module,
        owner: ClassOf | None = None,
        *,
        trail: tuple[str, ...] = (),
        frame: Frame | None = None,
    ) -> None:
        self.program = program
        self.module = module
        self.owner = owner
        self.trail = trail
        self.frame = frame
        self.depth = 0

    def value(self, node: ast.expr) -> Static:
        """Return what an expression stands for, a constant or an object.

        Raises:
            NotStaticError: it cannot be read; the error says which part of it, and where.
        """
        self.program.trace.spend()
        if self.depth > _DEEPEST:
            raise self.error(node, "is nested too deeply")
        self.depth += 1
        try:
            result: Static = self.visit(node)
        finally:
            self.depth -= 1
        if result.size > _LONGEST:
            raise self.error(node, "is too large")
        return result

    def error(self, node: ast.AST, why: str) -> NotStaticError:
        """Return the error that a node cannot be read."""
        return NotStaticError(self.module, node, why)

    def generic_visit(self, node: ast.AST) -> Static:
        """Refuse every other kind of expression."""
        raise self.error(node, "is computed when the flow runs")

    def scalar(self, node: ast.AST, value: object) -> Static:
        """Make a scalar at a node, of a size that makes sense."""
        if isinstance(value, str) and not _is_text(value):
            raise self.error(node, "is too long" if len(value) > _LONGEST else "is not text that a file can hold")
        if isinstance(value, int) and value.bit_length() > _LARGEST:
            raise self.error(node, "is too large a number")
        return static.scalar(value, self.module.place(node))

    def sequence(self, node: ast.AST, items: Iterable[Static], form: str = "list") -> Static:
        """Make a sequence at a node."""
        return static.sequence(items, self.module.place(node), form)

    def mapping(self, node: ast.AST, *parts: Static) -> Static:
        """Join mappings at a node as ``{**first, **second}`` does."""
        return static.mapping((pair for part in parts for pair in part.pairs()), self.module.place(node))

    def visit_Constant(self, node: ast.Constant) -> Static:
        """Evaluate a literal."""
        return self.scalar(node, node.value)

    def visit_List(self, node: ast.List) -> Static:
        """Evaluate a list."""
        return self.sequence(node, self._elements(node))

    def visit_Tuple(self, node: ast.Tuple) -> Static:
        """Evaluate a tuple."""
        return self.sequence(node, self._elements(node), "tuple")

    def visit_Set(self, node: ast.Set) -> Static:
        """Evaluate a set, each part of it once."""
        return self.set(node, self._elements(node))

    def set(self, node: ast.AST, items: Iterable[Static]) -> Static:
        """Make a set at a node."""
        try:
            return self.sequence(node, operations.unique(items), "set")
        except (TypeError, operations.MeaningError) as error:
            raise self.error(node, f"fails: {error}") from error

    def _elements(self, node: ast.List | ast.Tuple | ast.Set) -> list[Static]:
        """Evaluate what stands in a list, tuple or set, starred parts among them."""
        items: list[Static] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                items += self.items(element.value)
            else:
                items.append(self.value(element))
        return items

    def items(self, node: ast.expr) -> tuple[Static, ...]:
        """Evaluate what is gone through one by one: a sequence, or the keys of a mapping."""
        found = self.constant(node)
        if found.kind == "mapping":
            return tuple(key for key, _value in found.pairs())
        if found.kind != "sequence":
            raise self.error(node, "is not a sequence")
        return found.items()

    def constant(self, node: ast.expr) -> Static:
        """Evaluate an expression that must be a constant."""
        found = self.value(node)
        if isinstance(found.value, View):
            return found.value.value
        if found.kind == "object":
            raise self.error(node, described(found, self.module))
        return found

    def of_kind(self, node: ast.expr, kind: str) -> Static:
        """Evaluate an expression that must be a mapping, or a sequence."""
        found = self.constant(node)
        if found.kind != kind:
            raise self.error(node, f"is not a {kind}")
        return found

    def visit_Dict(self, node: ast.Dict) -> Static:
        """Evaluate a mapping, ``**`` parts among them."""
        pairs: list[tuple[Static, Static]] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                pairs += self.of_kind(value, "mapping").pairs()
            else:
                pairs.append((self.key(key), self.value(value)))
        return static.mapping(pairs, self.module.place(node))

    def key(self, node: ast.expr) -> Static:
        """Evaluate a key of a mapping."""
        key = self.constant(node)
        if key.kind != "scalar":
            raise self.error(node, "is not a key")
        return key

    def keywords(self, node: ast.Call) -> Static:
        """Evaluate a call's keyword arguments, ``**`` among them, into a mapping."""
        pairs: list[tuple[Static, Static]] = []
        for keyword in node.keywords:
            if keyword.arg is None:
                pairs += self.of_kind(keyword.value, "mapping").pairs()
            else:
                pairs.append((self.scalar(keyword, keyword.arg), self.value(keyword.value)))
        return static.mapping(pairs, self.module.place(node))

    def computed(self, node: ast.expr, compute: Callable[[], object]) -> Static:
        """Make a scalar of what is computed from constants."""
        try:
            return self.scalar(node, compute())
        except text_template.FAILURES as error:
            raise self.error(node, f"fails: {error}") from error

    def text(self, node: ast.expr) -> str:
        """Evaluate an expression that must be text."""
        value = self.constant(node).value
        if not isinstance(value, str):
            raise self.error(node, "is not text")
        return value

    def plain(self, node: ast.expr) -> object:
        """Evaluate an expression that must be a text, a number, true, false or None."""
        value = self.constant(node)
        if value.kind != "scalar" or isinstance(value.value, bytes):
            raise self.error(node, "is not a plain value")
        return value.value

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Static:
        """Evaluate an f-string of constants."""
        return self.scalar(node, "".join(self._part(part) for part in node.values))

    def _part(self, node: ast.expr) -> str:
        if not isinstance(node, ast.FormattedValue):
            return self.text(node)
        value = self.plain(node.value)
        specification = self.text(node.format_spec) if node.format_spec else ""
        computed = self.computed(node.value, lambda: text_template.one(value, specification, node.conversion))
        return str(computed.value)


def _is_text(value: str) -> bool:
    """Return whether a text is of a length that makes sense, and without halves of characters."""
    return len(value) <= _LONGEST and not any("\ud800" <= letter <= "\udfff" for letter in value)
