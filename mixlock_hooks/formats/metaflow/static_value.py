"""Evaluate expressions that are constant: literals, names bound once, and the joins people make of them.

Literals, ``dict(…)``, ``{**A}``, ``A | B``, concatenation, ``%``, ``.format``, f-strings of constants, conditional
expressions with a constant test, names bound once to a constant in the module, the class, or another module of
the repository. Everything else is told as not static; nothing is ever imported or executed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings, text_template
from mixlock_hooks.formats.metaflow.constant_condition import judged
from mixlock_hooks.formats.metaflow.modules import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.names import Names
from mixlock_hooks.model.static import Static, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mixlock_hooks.formats.metaflow.modules import Module

_LONGEST = 100_000
"""Characters of a text, items of a list: more is no requirement."""
_LARGEST = 1024
"""Bits of a number."""


class Evaluator(ast.NodeVisitor):
    """Evaluates expressions of one module, inside one class if there is one; a method a kind of node."""

    def __init__(self, module: Module, owner: ast.ClassDef | None = None, trail: tuple[str, ...] = ()) -> None:
        self._module = module
        self._owner = owner
        self._trail = trail

    def value(self, node: ast.expr) -> Static:
        """Return the constant an expression stands for.

        Raises:
            NotStaticError: it is not constant; the error says which part of it, and where.
        """
        result: Static = self.visit(node)
        return result

    def generic_visit(self, node: ast.AST) -> Static:
        """Refuse every other kind of expression."""
        raise self._not(node, "is computed when the flow runs")

    def _not(self, node: ast.AST, why: str) -> NotStaticError:
        return NotStaticError(self._module, node, why)

    def _scalar(self, node: ast.AST, value: object) -> Static:
        if isinstance(value, str) and not _is_text(value):
            raise self._not(node, "is too long" if len(value) > _LONGEST else "is not text that a file can hold")
        if isinstance(value, int) and value.bit_length() > _LARGEST:
            raise self._not(node, "is too large a number")
        return Static(value=value, place=self._module.place(node))  # type: ignore[arg-type]

    def visit_Constant(self, node: ast.Constant) -> Static:
        """Evaluate a literal."""
        return self._scalar(node, node.value)

    def visit_List(self, node: ast.List | ast.Tuple | ast.Set) -> Static:
        """Evaluate a list, tuple or set, starred parts among them."""
        items: list[Static] = []
        for element in node.elts:
            if isinstance(element, ast.Starred):
                items += self._of_kind(element.value, "sequence").items()
            else:
                items.append(self.value(element))
        return self._sequence(node, items)

    visit_Tuple = visit_Set = visit_List

    def _sequence(self, node: ast.expr, items: Sequence[Static]) -> Static:
        if len(items) > _LONGEST:
            raise self._not(node, "is too long")
        return Static(value=tuple(items), place=self._module.place(node), kind="sequence")

    def _mapping(self, node: ast.expr, *parts: Static) -> Static:
        """Join mappings as ``{**first, **second}`` does."""
        place = self._module.place(node)
        result = Static(value=(), place=place, kind="mapping")
        for part in parts:
            result = Static(value=joined(result, part), place=place, kind="mapping")
        return result

    def _pair(self, key: Static, value: Static) -> Static:
        return Static(value=((key, value),), place=key.place, kind="mapping")

    def _of_kind(self, node: ast.expr, kind: str) -> Static:
        value = self.value(node)
        if value.kind != kind:
            raise self._not(node, f"is not a {kind}")
        return value

    def visit_Dict(self, node: ast.Dict) -> Static:
        """Evaluate a mapping, ``**`` parts among them."""
        parts = (
            self._of_kind(value, "mapping") if key is None else self._pair(self._key(key), self.value(value))
            for key, value in zip(node.keys, node.values, strict=True)
        )
        return self._mapping(node, *parts)

    def _key(self, node: ast.expr) -> Static:
        key = self.value(node)
        if key.kind != "scalar":
            raise self._not(node, "is no key")
        return key

    def visit_Name(self, node: ast.Name) -> Static:
        """Evaluate a name: of the class around, of the module, of another module."""
        return self._named(node, (node.id,))

    def visit_Attribute(self, node: ast.Attribute) -> Static:
        """Evaluate ``module.NAME`` and ``Class.NAME``."""
        parts = bindings.dotted(node)
        return self._named(node, parts) if parts else self.generic_visit(node)

    def _named(self, node: ast.expr, parts: tuple[str, ...]) -> Static:
        try:
            found = _NAMES.look_up(self._module, parts, self._owner, self._trail)
        except UnboundError as error:
            raise self._not(node, str(error)) from error
        except NotStaticError as error:
            raise error.used(self._module, node) from error
        return found

    def visit_Call(self, node: ast.Call) -> Static:
        """Evaluate ``dict(…)`` and ``"…".format(…)``."""
        if isinstance(node.func, ast.Name) and node.func.id == "dict" and "dict" not in self._module.stores:
            return self._mapping(node, *map(self._as_mapping, node.args), self.keywords(node))
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return self._format(node, node.func.value)
        return self.generic_visit(node)

    def _as_mapping(self, node: ast.expr) -> Static:
        given = self.value(node)
        if given.kind == "mapping":
            return given
        pairs = tuple(item.items() for item in given.items())
        if given.kind != "sequence" or not all(len(pair) == 2 for pair in pairs):  # noqa: PLR2004
            raise self._not(node, "is neither a mapping nor a list of pairs")
        return Static(value=pairs, place=given.place, kind="mapping")  # type: ignore[arg-type]

    def keywords(self, node: ast.Call) -> Static:
        """Evaluate a call's keyword arguments, ``**`` among them, into a mapping."""
        parts = (
            self._of_kind(keyword.value, "mapping")
            if keyword.arg is None
            else self._pair(self._scalar(keyword, keyword.arg), self.value(keyword.value))
            for keyword in node.keywords
        )
        return self._mapping(node, *parts)

    def _format(self, node: ast.Call, template: ast.expr) -> Static:
        text = self._text(template)
        values = [self._plain(argument) for argument in node.args]
        named = {str(key.value): value.plain() for key, value in self.keywords(node).pairs()}
        return self._computed(node, lambda: text_template.formatted(text, values, named))

    def _computed(self, node: ast.expr, compute: Callable[[], object]) -> Static:
        try:
            return self._scalar(node, compute())
        except text_template.FAILURES as error:
            raise self._not(node, f"fails: {error}") from error

    def _text(self, node: ast.expr) -> str:
        value = self.value(node).value
        if not isinstance(value, str):
            raise self._not(node, "is not text")
        return value

    def _plain(self, node: ast.expr) -> object:
        value = self.value(node)
        if value.kind != "scalar" or isinstance(value.value, bytes):
            raise self._not(node, "is not a plain value")
        return value.value

    def visit_JoinedStr(self, node: ast.JoinedStr) -> Static:
        """Evaluate an f-string of constants."""
        return self._scalar(node, "".join(self._part(part) for part in node.values))

    def _part(self, node: ast.expr) -> str:
        if not isinstance(node, ast.FormattedValue):
            return self._text(node)
        value = self._plain(node.value)
        specification = self._text(node.format_spec) if node.format_spec else ""
        computed = self._computed(node.value, lambda: text_template.one(value, specification, node.conversion))
        return str(computed.value)

    def visit_BinOp(self, node: ast.BinOp) -> Static:
        """Evaluate ``|`` of mappings, ``+`` of sequences or texts, ``%`` of a text."""
        if isinstance(node.op, ast.BitOr):
            return self._mapping(node, self._of_kind(node.left, "mapping"), self._of_kind(node.right, "mapping"))
        if isinstance(node.op, ast.Mod):
            return self._percent(node)
        if not isinstance(node.op, ast.Add):
            return self.generic_visit(node)
        left, right = self.value(node.left), self.value(node.right)
        if left.kind == right.kind == "sequence":
            return self._sequence(node, (*left.items(), *right.items()))
        if isinstance(left.value, str) and isinstance(right.value, str):
            return self._scalar(node, left.value + right.value)
        raise self._not(node, "adds what is neither two texts nor two lists")

    def _percent(self, node: ast.BinOp) -> Static:
        text, given = self._text(node.left), self.value(node.right)
        if given.kind == "sequence" and not isinstance(node.right, ast.Tuple):
            raise self._not(node.right, "is not a plain value")
        plain = given.plain()
        values = tuple(plain) if isinstance(plain, list) else plain
        if any(isinstance(part, bytes) for part in (values if isinstance(values, tuple) else (values,))):
            raise self._not(node, "is not text")
        return self._computed(node, lambda: text_template.percent(text, values))

    def visit_IfExp(self, node: ast.IfExp) -> Static:
        """Evaluate a conditional expression whose test is constant."""
        try:
            holds = judged(node.test, lambda part: self.value(part).plain())
        except TypeError as error:
            raise self._not(node.test, f"fails: {error}") from error
        return self.value(node.body if holds else node.orelse)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Static:
        """Evaluate ``-1`` and ``not True``."""
        value = self._plain(node.operand)
        if isinstance(node.op, ast.Not):
            return self._scalar(node, not value)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return self._scalar(node, -value)
        return self.generic_visit(node)


def _is_text(value: str) -> bool:
    """Return whether a text is of a length that makes sense, and without halves of characters."""
    return len(value) <= _LONGEST and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _evaluate(module: Module, owner: ast.ClassDef | None, trail: tuple[str, ...], expression: ast.expr) -> Static:
    return Evaluator(module, owner, trail).value(expression)


_NAMES = Names(_evaluate)
