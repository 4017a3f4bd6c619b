"""What a flow's file does only where it is started as a script, which an import of it does not do.

Metaflow starts the file for each task, so what stands below ``if __name__ == "__main__":`` is part of the flow.
"""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, bindings, bound_by, dotted
from mixlock_hooks.formats.metaflow.changes import changed_by
from mixlock_hooks.formats.metaflow.handing import given
from mixlock_hooks.formats.metaflow.import_time import units
from mixlock_hooks.formats.metaflow.keeping import LOOKS
from mixlock_hooks.formats.metaflow.reflection import is_main, opaque

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.formats.metaflow.bindings import Bindings
    from mixlock_hooks.formats.metaflow.import_time import Unit


def more_than_a_start(text: str) -> tuple[int, str] | None:
    """Return what a main guard does beside starting a flow that may change one: the line, and what it does.

    Args:
        text: a file's text; one that is not Python does nothing.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    guards = [one for one in tree.body if is_main(one)]
    around = bindings([one for one in tree.body if one not in guards])
    functions = [one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    inner = [one for guard in guards for one in (*guard.body, *guard.orelse)]
    if guards and (reflection := opaque(guards)) is not None:
        return reflection.lineno, "may change any name"
    deeds = (deed for unit in units([*functions, *inner]) for deed in _deeds(unit, around) if guards)
    return min(deeds, default=None)


def _deeds(unit: Unit, around: Bindings) -> Iterator[tuple[int, str]]:
    """Yield what a unit does to what the rest of the module binds."""
    own = {name for name in around.names if not _is_of_standard_library(around, name)} - unit.local
    shared = {name for node in unit.nodes if isinstance(node, ast.Global) for name in node.names}
    for node in unit.nodes:
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.ClassDef) and node.bases and not unit.owner:
            yield line, f"makes the class `{node.name}`"
        elif isinstance(node, ast.Name):
            yield from ((line, f"binds `{name}` again") for name in bound_by(node) if name in own | shared)
        elif isinstance(node, ast.Call) and not _only_looks(node, around):
            yield from (
                (line, f"hands `{name}` over") for name in given(node) if name in own and _may_change(around, name)
            )
        yield from ((line, f"changes `{path[0]}`") for path, _depth in changed_by(node) if path[0] in own)


def _only_looks(node: ast.Call, around: Bindings) -> bool:
    words = dotted(node.func) or ("",)
    if words[0] in around.names:
        return _is_of_standard_library(around, words[0])
    return words[0] in LOOKS and len(words) == 1


def _may_change(around: Bindings, name: str) -> bool:
    """Return whether a name stands for what a call may change: no text or number, nor a function."""
    kept = (ast.Constant, ast.JoinedStr)
    return not all(isinstance(one.value, kept) or isinstance(one.node, FUNCTIONS) for one in around.of(name))


def _is_of_standard_library(around: Bindings, name: str) -> bool:
    imported = [one.imported for one in around.names.get(name, ())]
    return bool(imported) and all(
        one is not None and not one.level and one.module.partition(".")[0] in sys.stdlib_module_names
        for one in imported
    )
