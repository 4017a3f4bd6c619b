"""What a name stands for: in a class, in its module, in another module of the repository."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import bindings
from mixlock_hooks.formats.metaflow.modules import UnboundError

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.model.static import Static

    Trail = tuple[str, ...]
    Evaluate = Callable[[Module, ast.ClassDef | None, Trail, ast.expr], Static]


class Names:
    """Looks names up; ``evaluate`` reads the expression that a name is bound to."""

    def __init__(self, evaluate: Evaluate) -> None:
        self._evaluate = evaluate

    def look_up(
        self, module: Module, parts: tuple[str, ...], owner: ast.ClassDef | None = None, trail: Trail = ()
    ) -> Static:
        """Return the constant a dotted name of a module stands for: ``NAME``, ``Class.NAME``, ``module.NAME``.

        Args:
            module: where the name is used.
            parts: the name, taken apart at its dots.
            owner: the class around, whose own names come first.
            trail: the names that led here, so that a circle ends.

        Raises:
            UnboundError: the name stands for no constant.
            NotStaticError: it stands for an expression that is not constant.
        """
        first, rest = parts[0], parts[1:]
        if not rest and owner is not None and bindings.stored(owner.body)[first]:
            return self._bound(module, first, owner, trail)
        if not rest and bindings.assigned(module.tree.body, first) is not None:
            return self._bound(module, first, None, trail)
        if len(rest) == 1 and first in module.classes:
            return self._bound(module, rest[0], module.classes[first], trail)
        return self._imported(module, parts, trail)

    def _bound(self, module: Module, name: str, owner: ast.ClassDef | None, trail: Trail) -> Static:
        """Evaluate what a name is bound to in a class or the module: once, and never changed."""
        key = f"{module.path}:{owner.name if owner else ''}:{name}"
        known = module.repository.constants.get(key)
        if known is not None:
            return known
        _refuse_circle(key, trail)
        body = owner.body if owner else module.tree.body
        _refuse_changed(module, name, bindings.stored(body) if owner else module.stores)
        expression = bindings.assigned(body, name)
        if expression is None:
            raise UnboundError("is not bound to a constant by a statement of its own")
        found = self._evaluate(module, owner, (*trail, key), expression)
        module.repository.constants[key] = found
        return found

    def _imported(self, module: Module, parts: tuple[str, ...], trail: Trail) -> Static:
        """Evaluate a name that an import binds, also one with ``*``."""
        key = f"{module.path}::{'.'.join(parts)}"
        _refuse_circle(key, trail)
        _refuse_changed(module, parts[-1], module.stores if len(parts) == 1 else Counter())
        imported = module.imports.get(parts[0])
        if imported is None:
            return self._starred(module, parts, (*trail, key))
        try:
            other, left = module.repository.lead(module, imported, parts[1:])
        except LookupError as error:
            raise UnboundError(f"comes from `{error.args[0]}`, which is not in this repository") from error
        return self._of(other, left, (*trail, key))

    def _starred(self, module: Module, parts: tuple[str, ...], trail: Trail) -> Static:
        for star in module.stars if parts[0] not in module.stores else ():
            other = module.repository.find(module, star)
            if other is not None and parts[0] in other.stores:
                return self._of(other, parts, trail)
        raise UnboundError("is not bound to a constant in this file")

    def _of(self, other: Module, parts: tuple[str, ...], trail: Trail) -> Static:
        try:
            return self.look_up(other, parts, None, trail)
        except UnboundError as error:
            claim = str(error)
            leads = f"leads to `{'.'.join(parts)}` of {other.path}, which "
            raise UnboundError(claim if claim.startswith("leads to") else leads + claim) from error


def _refuse_circle(key: str, trail: Trail) -> None:
    if key in trail:
        raise UnboundError("depends on itself")


def _refuse_changed(module: Module, name: str, stores: Counter[str]) -> None:
    if stores[name] > 1:
        raise UnboundError(f"is bound {stores[name]} times")
    if name in module.changed:
        raise UnboundError("is changed after it was bound")
