"""Why something cannot be read without running the flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.model.place import Place

_SHOWN = 60


class UnboundError(Exception):
    """A name stands for nothing that can be read; the message says why, without the name."""


class NotStaticError(Exception):
    """An expression cannot be read. ``origin`` is where it stands if a name in ``place`` only leads to it."""

    def __init__(self, module: Module, node: ast.AST, why: str, place: Place | None = None) -> None:
        self.place = place or module.place(node)
        self.expression = _shortened(module.text_at(self.place))
        self.why = why
        self.name = ""
        self.origin: Place | None = None
        super().__init__(f"`{self.expression}` {why}")

    def used(self, module: Module, node: ast.AST) -> NotStaticError:
        """Return the same error for a name that leads to the expression."""
        error = NotStaticError(module, node, self.why)
        error.expression = self.expression
        error.name = _shortened(module.text(node))
        error.origin = self.origin or self.place
        return error

    def __str__(self) -> str:
        if self.origin is None:
            return f"`{self.expression}` {self.why}"
        other = "" if self.origin.path == self.place.path else f" of {self.origin.path}"
        return f"`{self.name}` leads to `{self.expression}` in line {self.origin.line}{other}, which {self.why}"


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}…"
