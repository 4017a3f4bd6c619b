"""Whether an import works on every machine: what stands in for it where it fails is then never used."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.bindings import imported_by, scope

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.bindings import Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program


def works(program: Program, module: Module, imported: Imported | None) -> bool:
    """Return whether an import leads to Metaflow, or to a module of the repository that itself imports no more.

    A module that imports what is neither Metaflow's, nor the standard library's, nor the repository's may fail on a
    machine, and so may one that raises.
    """
    return imported is not None and _works(program, module, imported, set())


def _works(program: Program, importer: Module, imported: Imported, seen: set[str]) -> bool:
    if metaflow_names.is_metaflow(imported.module) and not imported.level:
        return True
    try:
        module, left = program.lead(importer, imported)
    except LookupError:
        return imported.module.partition(".")[0] in sys.stdlib_module_names and not imported.level and bool(seen)
    if module.path in seen:
        return True
    seen.add(module.path)
    if left and not module.bindings.names.keys() & {left[0]} and not module.bindings.stars:
        return False
    return all(
        _works(program, module, other, seen)
        for node in scope(module.tree.body)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for _name, other in imported_by(node)
    ) and not any(isinstance(node, ast.Raise) for node in scope(module.tree.body))
