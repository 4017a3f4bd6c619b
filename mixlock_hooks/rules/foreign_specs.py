"""Where a spec that is made from another tool's manifest goes: beside it, under a name that is free."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mixlock_hooks.model.foreign import DEFAULT

if TYPE_CHECKING:
    from mixlock_hooks.model.foreign import ForeignSpec


def candidates(spec: ForeignSpec, tool: str) -> tuple[str, ...]:
    """Return the two paths that a spec may have: ``environment-gpu.yml``, or with the tool's name in it.

    Args:
        spec: the spec.
        tool: whose manifest it is made from.
    """
    folder = posixpath.dirname(spec.origin)
    suffix = "" if spec.name == DEFAULT else f"-{spec.name}"
    names = (f"environment{suffix}.yml", f"environment-{tool}{suffix}.yml")
    return tuple(posixpath.join(folder, name) for name in names)
