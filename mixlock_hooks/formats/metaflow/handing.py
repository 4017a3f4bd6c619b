"""Which names' values calls get as arguments while a module is imported, directly or by another name."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.aliases import aliases, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mixlock_hooks.formats.metaflow.import_time import Unit

    Edge = tuple[str, str, str]

_SAME, _HOLDS, _PART = "same", "holds", "part"
"""What a name is of another one: its value, something that holds it, or one of its parts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Handing:
    """A call that gets a value, or only what its parts are, in a class or with local names of a function around."""

    call: ast.Call
    local: frozenset[str]
    owner: ast.ClassDef | None
    is_part: bool = False


def handed(units: Iterable[Unit], returned: Iterable[tuple[str, str, bool]]) -> Iterator[tuple[str, Handing]]:
    """Yield each name whose value a call gets; ``returned`` says what functions return."""
    every = list(units)
    shared = [(name, other, _HOLDS) for name, other, copied in returned if not copied]
    shared += [edge for unit in every if not unit.local for node in unit.nodes for edge in _edges(node)]
    around = _by_name(shared)
    for unit in every:
        own = _by_name(edge for node in unit.nodes for edge in _edges(node)) if unit.local else {}
        edges = {**around, **own, **{name: own.get(name, []) for name in unit.local}}
        for call in (node for node in unit.nodes if isinstance(node, ast.Call)):
            for name, is_part in _reached(dict.fromkeys(given(call)), edges).items():
                if name not in unit.local:
                    yield name, Handing(call=call, local=unit.local, owner=unit.owner, is_part=is_part)


def _by_name(edges: Iterable[Edge]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, other, kind in edges:
        found.setdefault(name, []).append((other, kind))
    return found


def _reached(names: Iterable[str], edges: Mapping[str, list[tuple[str, str]]]) -> dict[str, bool]:
    """Return the names whose values some names may hold, and whether they only hold parts of them."""
    found = dict.fromkeys(names, False)
    waiting = list(found)
    while waiting:
        current = waiting.pop()
        for other, kind in edges.get(current, ()):
            is_part = kind == _PART or (kind == _SAME and found[current])
            if other not in found or (found[other] and not is_part):
                found[other] = is_part
                waiting.append(other)
    return found


def _edges(node: ast.AST) -> Iterator[Edge]:
    value = getattr(node, "iter", None) or getattr(node, "value", None)
    kind = _SAME if isinstance(value, ast.Name | ast.Attribute) else _HOLDS
    if isinstance(node, ast.For | ast.comprehension) and not isinstance(value, ast.List | ast.Tuple | ast.Set):
        kind = _PART
    yield from ((name, other, kind) for name, other, copied in aliases(node) if not copied)


def given(node: ast.Call) -> Iterator[str]:
    """Yield each name that a call gets, and may change."""
    for value, is_many in _values(node):
        if not (is_many and isinstance(value, ast.Name | ast.Attribute)):  # of such a one only the parts are given
            yield from (name for name, copied in parts_of(value, copied=False) if not copied)


def _values(node: ast.Call) -> Iterator[tuple[ast.expr, bool]]:
    """Yield what a call gets, and whether it gets the parts of it."""
    for one in node.args:
        yield (one.value, True) if isinstance(one, ast.Starred) else (one, False)
    for keyword in node.keywords:
        yield keyword.value, keyword.arg is None
