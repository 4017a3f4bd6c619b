"""A class and its bases in the order in which Python looks for attributes, as far as they are the repository's."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import ClassOf, Native, Outside

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.model.static import Static

    Base: TypeAlias = "ClassOf | Native | Outside"
    Evaluate = Callable[[Module, ast.expr], Static]

_PLAIN = frozenset(
    {
        *("abc", "builtins", "collections", "contextlib", "dataclasses", "enum", "logging", "threading", "types"),
        *("typing", "typing_extensions", "unittest"),
    }
)
"""Modules of the standard library whose classes are no flows, though this repository does not hold them."""
_DEEPEST = 40
"""Classes one above the other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Lineage:
    """A class and what is above it, the class itself first.

    ``native`` are Metaflow's own classes among its bases by name; ``errors`` are bases that cannot be looked into,
    each with the expression that names it.
    """

    classes: tuple[ClassOf, ...]
    native: frozenset[str] = frozenset()
    errors: tuple[NotStaticError, ...] = ()

    @property
    def is_flow(self) -> bool:
        """Return whether the class derives from ``FlowSpec``."""
        return "FlowSpec" in self.native


def lineage(found: ClassOf, evaluate: Evaluate) -> Lineage:
    """Return a class and its bases in Python's method resolution order.

    Args:
        found: the class.
        evaluate: gives what an expression of a module stands for, and raises ``NotStaticError`` where it cannot.
    """
    errors: list[NotStaticError] = []
    order = _order(found, evaluate, errors, ())
    return Lineage(
        classes=tuple(base for base in order if isinstance(base, ClassOf)),
        native=frozenset(base.name for base in order if isinstance(base, Native)),
        errors=tuple(dict.fromkeys(errors)),
    )


def _order(
    found: ClassOf, evaluate: Evaluate, errors: list[NotStaticError], above: tuple[ClassOf, ...]
) -> list[Base]:
    """Linearize a class and its bases (C3, as Python does)."""
    if found in above or len(above) > _DEEPEST:
        errors.append(
            NotStaticError(found.module, found.node, "is its own base" if found in above else "is too deep")
        )
        return [found]
    bases = [base for node in found.node.bases if (base := _base(found, node, evaluate, errors)) is not None]
    orders: list[list[Base]] = [
        _order(base, evaluate, errors, (*above, found)) if isinstance(base, ClassOf) else [base] for base in bases
    ]
    merged = _merged([*orders, list(bases)])
    if merged is None:
        errors.append(NotStaticError(found.module, found.node, "has bases in an order that Python refuses"))
        merged = list(dict.fromkeys(base for order in orders for base in order))
    return [found, *merged]


def _merged(orders: list[list[Base]]) -> list[Base] | None:
    """Merge orders so that each is kept; None where they contradict each other."""
    merged: list[Base] = []
    left = [list(order) for order in orders if order]
    while left:
        tails = {base for order in left for base in order[1:]}
        chosen = next((order[0] for order in left if order[0] not in tails), None)
        if chosen is None:
            return None
        merged.append(chosen)
        left = [rest for order in left if (rest := [base for base in order if base != chosen])]
    return merged


def _base(found: ClassOf, node: ast.expr, evaluate: Evaluate, errors: list[NotStaticError]) -> Base | None:
    """Return the class that a base names; None where it is not known, or no flow can come from there."""
    try:
        value = evaluate(found.module, node.value if isinstance(node, ast.Subscript) else node).value
    except (NotStaticError, UnboundError) as error:
        known = error if isinstance(error, NotStaticError) else NotStaticError(found.module, node, str(error))
        errors.append(known)
        return None
    except RecursionError:
        errors.append(NotStaticError(found.module, node, "takes too long to read"))
        return None
    if isinstance(value, ClassOf | Native):
        return value
    if isinstance(value, Outside):
        if value.name.partition(".")[0] in _PLAIN:
            return value
        where = value.name.rpartition(".")[0]
        errors.append(NotStaticError(found.module, node, f"comes from `{where}`, which is not in this repository"))
        return None
    errors.append(NotStaticError(found.module, node, "is not a class that can be read"))
    return None


def is_plain(found: Lineage) -> bool:
    """Return whether attributes of a class are what its bodies bind them to, and nothing computes them."""
    return (
        not found.errors
        and all(not one.node.keywords and not _has_outside_enum(one) for one in found.classes)
        and not found.native & metaflow_names.MUTATORS
    )


def _has_outside_enum(found: ClassOf) -> bool:
    ends = {base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "") for base in found.node.bases}
    return bool(ends & {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "NamedTuple", "TypedDict"})
