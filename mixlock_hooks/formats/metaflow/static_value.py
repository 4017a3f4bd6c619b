"""Evaluate expressions that are constant: literals, names bound once, and the joins people make of them.

Literals, ``dict(…)``, ``{**A}``, ``A | B``, concatenation, ``%``, ``.format``, f-strings of constants, conditional
expressions with a constant test, names bound once to a constant in the module, the class, or another module of
the repository. Everything else is told as not static; nothing is ever imported or executed.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.modules import Imported, assigned, stored_in_class
from mixlock_hooks.model.static import Static, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.modules import Module

_LONGEST = 100_000


class NotStaticError(Exception):
    """An expression cannot be read without running the file."""

    def __init__(self, module: Module, node: ast.AST, why: str) -> None:
        self.place = module.place(node)
        self.expression = _shortened(ast.unparse(node))
        self.why = why
        super().__init__(f"`{self.expression}` {why}")


def _shortened(text: str) -> str:
    single = " ".join(text.split())
    return single if len(single) <= 60 else f"{single[:57]}…"  # noqa: PLR2004


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
        if isinstance(value, str) and len(value) > _LONGEST:
            raise self._not(node, "is too long")
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
        return Static(value=tuple(items), place=self._module.place(node), kind="sequence")

    visit_Tuple = visit_Set = visit_List

    def _of_kind(self, node: ast.expr, kind: str) -> Static:
        value = self.value(node)
        if value.kind != kind:
            raise self._not(node, f"is not a {kind}")
        return value

    def visit_Dict(self, node: ast.Dict) -> Static:
        """Evaluate a mapping, ``**`` parts among them."""
        result = Static(value=(), place=self._module.place(node), kind="mapping")
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                part = self._of_kind(value, "mapping")
            else:
                pair = (self._key(key), self.value(value))
                part = Static(value=(pair,), place=result.place, kind="mapping")
            result = Static(value=joined(result, part), place=result.place, kind="mapping")
        return result

    def _key(self, node: ast.expr) -> Static:
        key = self.value(node)
        if key.kind != "scalar":
            raise self._not(node, "is no key")
        return key

    def visit_Name(self, node: ast.Name) -> Static:
        """Evaluate a name: of the class around, of the module, of another module."""
        if self._owner is not None and stored_in_class(self._owner)[node.id]:
            return self._bound(node, node.id, self._owner)
        return self._bound(node, node.id, None)

    def _bound(self, node: ast.expr, name: str, owner: ast.ClassDef | None) -> Static:
        """Evaluate what a name is bound to in a class or the module: once, and never changed."""
        key = f"{self._module.path}:{owner.name if owner else ''}:{name}"
        if key in self._trail:
            raise self._not(node, "depends on itself")
        body = owner.body if owner else self._module.tree.body
        stores = stored_in_class(owner) if owner else self._module.stores
        expression = assigned(body, name)
        if expression is None:
            imported = None if owner else self._module.imports.get(name)
            return self._imported(node, imported)
        if stores[name] != 1:
            raise self._not(node, f"is bound {stores[name]} times")
        if name in self._module.changed:
            raise self._not(node, "is changed after it was bound")
        return Evaluator(self._module, owner, (*self._trail, key)).value(expression)

    def _imported(self, node: ast.expr, imported: Imported | None) -> Static:
        if imported is None or not imported.name:
            raise self._not(node, "is not bound to a constant in this file")
        other = self._module.repository.find(self._module, imported)
        if other is None:
            raise self._not(node, f"comes from `{imported.module or '.'}`, which is not in this repository")
        inner = Evaluator(other, None, self._trail)
        return inner.constant(imported.name, lambda why: self._not(node, why))

    def constant(self, name: str, complaint: Callable[[str], NotStaticError]) -> Static:
        """Evaluate a constant of this module by name, for another module that imports it."""
        if assigned(self._module.tree.body, name) is None and name not in self._module.imports:
            raise complaint(f"is not a constant of {self._module.path}")
        return self._bound(ast.Name(id=name, ctx=ast.Load(), lineno=1, col_offset=0), name, None)

    def visit_Attribute(self, node: ast.Attribute) -> Static:
        """Evaluate ``module.NAME`` and ``Class.NAME``."""
        if not isinstance(node.value, ast.Name):
            return self._dotted(node)
        owner = self._module.classes.get(node.value.id)
        if owner is not None:
            return self._bound(node, node.attr, owner)
        return self._dotted(node)

    def _dotted(self, node: ast.Attribute) -> Static:
        parts = ast.unparse(node.value).split(".")
        imported = self._module.imports.get(parts[0])
        if imported is None or not all(part.isidentifier() for part in parts):
            raise self._not(node, "is computed when the flow runs")
        dotted = ".".join(filter(None, (imported.module, imported.name, *parts[1:])))
        other = self._module.repository.find(self._module, Imported(module=dotted, level=imported.level))
        if other is None:
            raise self._not(node, f"comes from `{dotted}`, which is not in this repository")
        return Evaluator(other, None, self._trail).constant(node.attr, lambda why: self._not(node, why))

    def visit_Call(self, node: ast.Call) -> Static:
        """Evaluate ``dict(…)`` and ``"…".format(…)``."""
        if isinstance(node.func, ast.Name) and node.func.id == "dict" and "dict" not in self._module.stores:
            return self._dict_call(node)
        if isinstance(node.func, ast.Attribute) and node.func.attr == "format":
            return self._format(node, node.func.value)
        raise self._not(node, "is computed when the flow runs")

    def _dict_call(self, node: ast.Call) -> Static:
        result = Static(value=(), place=self._module.place(node), kind="mapping")
        for argument in node.args:
            given = self.value(argument)
            if given.kind == "sequence":
                pairs = tuple(item.items() for item in given.items())
                if not all(len(pair) == 2 for pair in pairs):  # noqa: PLR2004
                    raise self._not(argument, "is no list of pairs")
                given = Static(value=pairs, place=given.place, kind="mapping")  # type: ignore[arg-type]
            elif given.kind != "mapping":
                raise self._not(argument, "is not a mapping")
            result = Static(value=joined(result, given), place=result.place, kind="mapping")
        return Static(value=joined(result, self.keywords(node)), place=result.place, kind="mapping")

    def keywords(self, node: ast.Call) -> Static:
        """Evaluate a call's keyword arguments, ``**`` among them, into a mapping."""
        result = Static(value=(), place=self._module.place(node), kind="mapping")
        for keyword in node.keywords:
            if keyword.arg is None:
                part = self._of_kind(keyword.value, "mapping")
            else:
                pair = (self._scalar(keyword, keyword.arg), self.value(keyword.value))
                part = Static(value=(pair,), place=result.place, kind="mapping")
            result = Static(value=joined(result, part), place=result.place, kind="mapping")
        return result

    def _format(self, node: ast.Call, template: ast.expr) -> Static:
        text = self._text(template)
        arguments = [self._plain(argument) for argument in node.args]
        named = {str(key.value): value.plain() for key, value in self.keywords(node).pairs()}
        return self._computed(node, lambda: text.format(*arguments, **named))

    def _computed(self, node: ast.expr, compute: Callable[[], object]) -> Static:
        try:
            return self._scalar(node, compute())
        except (ArithmeticError, AttributeError, LookupError, MemoryError, TypeError, ValueError) as error:
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
        if node.conversion not in {-1, ord("s")}:
            raise self._not(node, "uses a conversion")
        specification = self._text(node.format_spec) if node.format_spec else ""
        return str(self._computed(node.value, lambda: format(self._plain(node.value), specification)).value)

    def visit_BinOp(self, node: ast.BinOp) -> Static:
        """Evaluate ``|`` of mappings, ``+`` of sequences or texts, ``%`` of a text."""
        place = self._module.place(node)
        if isinstance(node.op, ast.BitOr):
            left, right = self._of_kind(node.left, "mapping"), self._of_kind(node.right, "mapping")
            return Static(value=joined(left, right), place=place, kind="mapping")
        if isinstance(node.op, ast.Mod):
            return self._percent(node)
        if not isinstance(node.op, ast.Add):
            raise self._not(node, "is computed when the flow runs")
        left, right = self.value(node.left), self.value(node.right)
        if left.kind == right.kind == "sequence":
            return Static(value=(*left.items(), *right.items()), place=place, kind="sequence")
        return self._scalar(node, self._text(node.left) + self._text(node.right))

    def _percent(self, node: ast.BinOp) -> Static:
        text, given = self._text(node.left), self.value(node.right)
        plain = given.plain()
        arguments = tuple(plain) if isinstance(plain, list) else plain
        if any(isinstance(part, bytes) for part in (arguments if isinstance(arguments, tuple) else (arguments,))):
            raise self._not(node, "is not text")
        return self._computed(node, lambda: text % arguments)

    def visit_IfExp(self, node: ast.IfExp) -> Static:
        """Evaluate a conditional expression whose test is constant."""
        return self.value(node.body if self._truth(node.test) else node.orelse)

    def _truth(self, node: ast.expr) -> bool:
        """Judge a constant test: a constant itself, ``not``, or one comparison of two constants."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not self._truth(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left, right = self.value(node.left).plain(), self.value(node.comparators[0]).plain()
            if isinstance(node.ops[0], ast.Eq | ast.NotEq):
                return (left == right) == isinstance(node.ops[0], ast.Eq)
            raise self._not(node, "is no constant test")
        return bool(self.value(node).plain())

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Static:
        """Evaluate ``-1`` and ``not True``."""
        value = self._plain(node.operand)
        if isinstance(node.op, ast.USub) and isinstance(value, int | float):
            return self._scalar(node, -value)
        return self._scalar(node, not value) if isinstance(node.op, ast.Not) else self.value(node.operand)
