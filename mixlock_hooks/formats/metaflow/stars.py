"""What ``from … import *`` brings."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.not_static import UnboundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.formats.metaflow.bindings import Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.repository import Program


def star_module(program: Program, module: Module, star: Imported) -> Module | None:
    """Return the module of the repository that ``*`` is imported from; None where it is not the repository's."""
    try:
        other, left = program.lead(module, _bare(star))
    except LookupError:
        return None
    return None if left else other


def _bare(star: Imported) -> Imported:
    return type(star)(module=star.module, level=star.level)


def refuse_hidden(program: Program, module: Module, name: str, line: int) -> None:
    """Refuse a name that a later ``*`` may bind again.

    Raises:
        UnboundError: one does.
    """
    for star_line, star in module.bindings.stars:
        if star_line > line and _brings(program, module, star, name):
            raise UnboundError(f"is bound again by `*` of `{star.module}` in line {star_line}")


def refuse_brought(program: Program, module: Module, name: str, line: int) -> None:
    """Refuse a name that is bound under a condition only, and by an earlier ``*`` where that does not hold.

    Raises:
        UnboundError: there is one.
    """
    for star_line, star in module.bindings.stars:
        if star_line <= line and _brings(program, module, star, name):
            raise UnboundError(f"is bound under a condition, and by `*` of `{star.module}` in line {star_line}")


def _brings(program: Program, module: Module, star: Imported, name: str) -> bool:
    if metaflow_names.is_native(star):
        return name in metaflow_names.KNOWN
    other = star_module(program, module, star)
    return other is not None and exports(program, other, name)


def exports(program: Program, module: Module, name: str, seen: Sequence[str] = ()) -> bool:
    """Return whether ``from … import *`` brings a name of a module: by its ``__all__``, or as no private one.

    Raises:
        UnboundError: ``__all__`` cannot be read.
    """
    if module.path in seen:
        return False
    listed = _listed(module)
    if listed is not None:
        return name in listed
    if name.startswith("_"):
        return False
    if module.bindings.of(name):
        return True
    stars = [star for _line, star in module.bindings.stars]
    if name in metaflow_names.KNOWN and any(metaflow_names.is_native(star) for star in stars):
        return True
    others = (star_module(program, module, star) for star in stars)
    return any(exports(program, other, name, (*seen, module.path)) for other in others if other is not None)


def _listed(module: Module) -> list[str] | None:
    """Return what a module's ``__all__`` lists; None where it has none.

    Raises:
        UnboundError: it is not one list of texts.
    """
    found = module.bindings.of("__all__")
    if not found:
        return None
    value = found[0].value
    parts = value.elts if isinstance(value, ast.List | ast.Tuple) else []
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    if (
        len(found) > 1
        or value is None
        or len(texts) != len(parts)
        or "__all__" in module.changes.names
        or (not isinstance(value, ast.List | ast.Tuple))
    ):
        raise UnboundError(f"comes from {module.path}, whose `__all__` is computed")
    return texts
