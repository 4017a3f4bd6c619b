"""What reading a call, a function's body or a comprehension needs of the evaluator, which reads every expression."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode, Imported
    from mixlock_hooks.formats.metaflow.classes import Lineage
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.formats.metaflow.repository import Program
    from mixlock_hooks.formats.metaflow.things import ClassOf, Frame
    from mixlock_hooks.model.static import Static

T = TypeVar("T")


class ExpressionReader(Protocol):
    """Reads expressions of one module, in one class or call if there is one; each raises ``NotStaticError``."""

    program: Program
    module: Module
    owner: ClassOf | None
    frame: Frame | None
    depth: int

    def inside(self, module: Module, frame: Frame | None) -> ExpressionReader:
        """Return a reader of what stands in another scope, as deep as this one."""

    def error(self, node: ast.AST, why: str) -> NotStaticError:
        """Return the error that a node cannot be read."""

    def led(self, node: ast.expr, look_up: Callable[[], T]) -> T:
        """Look up where a node leads, and tell what goes wrong there at the node."""

    def value(self, node: ast.expr) -> Static:
        """Return what an expression stands for, a constant or an object."""

    def constant(self, node: ast.expr) -> Static:
        """Return what an expression stands for, which must be a constant."""

    def items(self, node: ast.expr) -> tuple[Static, ...]:
        """Return what an expression gives when it is gone through one by one."""

    def holds(self, node: ast.expr) -> bool:
        """Return whether a constant test holds."""

    def scalar(self, node: ast.AST, value: object) -> Static:
        """Make a scalar at a node, of a size that makes sense."""

    def sequence(self, node: ast.AST, items: Iterable[Static]) -> Static:
        """Make a sequence at a node."""

    def key(self, node: ast.expr) -> Static:
        """Return what an expression stands for, as a key of a mapping."""

    def computed(self, node: ast.expr, compute: Callable[[], object]) -> Static:
        """Make a scalar of what is computed from constants."""

    def decorated(self, node: FunctionNode) -> Static:
        """Return a function with its own decorators on it."""

    def imported(self, imported: Imported) -> Static:
        """Return what an import in this module brings."""

    def lineage(self, found: ClassOf) -> Lineage:
        """Return a class and its bases."""

    def attribute(self, found: Static, word: str) -> Static:
        """Return what an attribute of a value is."""

    def of_class(self, found: ClassOf, name: str) -> Static | None:
        """Return what the own body of a class binds a name to; None where it does not."""
