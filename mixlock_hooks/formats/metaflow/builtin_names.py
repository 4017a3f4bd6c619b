"""What a name stands for that nothing in a module binds: a builtin, or what an unknown ``*`` may bring."""

from __future__ import annotations

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.not_static import UnboundError
from mixlock_hooks.formats.metaflow.things import Native, Outside

_BUILTINS = frozenset(
    {
        *("abs", "all", "any", "bool", "callable", "dict", "enumerate", "float", "frozenset", "getattr", "int"),
        *("isinstance", "len", "list", "max", "min", "object", "print", "property", "classmethod", "staticmethod"),
        *("range", "reversed", "set", "sorted", "str", "sum", "super", "tuple", "type", "zip", "Exception"),
    }
)


def unbound(name: str, star: str) -> object:
    """Return a builtin, or what comes from a module that is not the repository's by ``*``.

    Raises:
        UnboundError: it is neither.
    """
    if name in _BUILTINS:
        return Outside(name=f"builtins.{name}")
    if not star:
        raise UnboundError("is not bound to a constant in this file")
    return Native(name=name) if metaflow_names.is_metaflow(star) else Outside(name=f"{star}.{name}")
