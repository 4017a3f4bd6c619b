"""Whether a call leaves its arguments as they are: told by what is called, not by how that is spelled."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names
from mixlock_hooks.formats.metaflow.bindings import FUNCTIONS, dotted
from mixlock_hooks.formats.metaflow.changes import changed_names
from mixlock_hooks.formats.metaflow.handing import given
from mixlock_hooks.formats.metaflow.import_time import local_names
from mixlock_hooks.formats.metaflow.mutators import MUTATORS
from mixlock_hooks.formats.metaflow.not_static import NotStaticError, UnboundError
from mixlock_hooks.formats.metaflow.things import Function, Method, Native, Outside

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mixlock_hooks.formats.metaflow.bindings import FunctionNode
    from mixlock_hooks.formats.metaflow.handing import Handing
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.model.static import Static

    Evaluate = Callable[[Module, ast.ClassDef | None, ast.expr], Static]

LOOKS = frozenset(
    {
        *(
            "all",
            "any",
            "bool",
            "dict",
            "enumerate",
            "format",
            "frozenset",
            "hash",
            "id",
            "isinstance",
            "iter",
            "len",
        ),
        *("list", "max", "min", "print", "range", "repr", "reversed", "set", "sorted", "str", "sum", "tuple", "type"),
        *("zip",),
    }
)
"""Builtins that leave their arguments as they are."""
_CALLS_FIRST = frozenset({"builtins.map", "builtins.filter", "functools.partial", "functools.reduce"})
"""What hands the rest of its arguments to the first."""
_LOOKING = frozenset({"types.MappingProxyType", "typing.cast", "typing_extensions.cast"})
_LOOKING_MODULES = frozenset(
    {"builtins", "collections", "copy", "json", "logging", "math", "os", "pathlib", "pprint", "re", "textwrap"}
    | {"warnings"}
)
"""Modules of the standard library whose functions, and methods of whose classes, do so too."""
_DEEPEST = 8
"""Functions that hand an argument on to each other."""


def keeps(evaluate: Evaluate, module: Module, handing: Handing) -> bool:
    """Return whether a call leaves its arguments as they are, as far as that can be seen.

    Args:
        evaluate: gives what an expression of a module stands for.
        module: where the call stands.
        handing: the call.
    """
    return _Reader(evaluate, module, handing.owner, handing.local).keeps(handing.call.func, handing.call.args)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads calls of a module; ``local`` names of the function around stand for something that is not known."""

    evaluate: Evaluate
    module: Module
    owner: ast.ClassDef | None
    local: frozenset[str]
    depth: int = 0

    def keeps(self, function: ast.expr, given_to: Sequence[ast.expr]) -> bool:
        """Return whether a function that is given something leaves it as it is."""
        is_local = any(isinstance(inner, ast.Name) and inner.id in self.local for inner in ast.walk(function))
        if is_local or self.depth > _DEEPEST:
            return False
        try:
            found = self.evaluate(self.module, self.owner, function).value
        except (NotStaticError, UnboundError):
            return self._is_builtin(function, given_to) or self._is_of_logger(function)
        if isinstance(found, Outside):
            return self._looks(found.name, given_to)
        if isinstance(found, Function):
            return self._keeps_arguments(found)
        if isinstance(found, Native):
            return found.name in metaflow_names.KNOWN or self._is_builtin(function, given_to)
        return isinstance(found, Method) and found.name not in MUTATORS

    def _looks(self, name: str, given_to: Sequence[ast.expr]) -> bool:
        """Return whether a function of the standard library leaves its arguments as they are."""
        if name in _CALLS_FIRST:
            return bool(given_to) and self.keeps(given_to[0], given_to[1:])
        space, _, last = name.rpartition(".")
        if space == "builtins":
            return last in LOOKS
        return name in _LOOKING or (space.partition(".")[0] in _LOOKING_MODULES and last not in MUTATORS)

    def _is_builtin(self, function: ast.expr, given_to: Sequence[ast.expr]) -> bool:
        """Return whether a name that nothing binds is a builtin that leaves its arguments as they are."""
        name = function.id if isinstance(function, ast.Name) else ""
        return not self.module.bindings.of(name) and self._looks(f"builtins.{name}", given_to)

    def _is_of_logger(self, function: ast.expr) -> bool:
        """Return whether a function is a method of what ``logging.getLogger(…)`` gave."""
        words = dotted(function)
        bindings = self.module.bindings.of(words[0]) if len(words) > 1 else []
        made = bindings[0].value if len(bindings) == 1 else None
        if not isinstance(made, ast.Call):
            return False
        try:
            found = self.evaluate(self.module, self.owner, made.func).value
        except (NotStaticError, UnboundError):
            return False
        return isinstance(found, Outside) and found.name.startswith("logging.")

    def _keeps_arguments(self, function: Function) -> bool:
        """Return whether a function leaves the values of its arguments as they are, and those it hands them to."""
        arguments = {inner.arg for inner in ast.walk(function.node.args) if isinstance(inner, ast.arg)}
        inside = _Reader(self.evaluate, function.module, None, _all_local(function.node), self.depth + 1)
        calls = (inner for inner in ast.walk(function.node) if isinstance(inner, ast.Call))
        handed_on = {
            name for call in calls for name in given(call) if name and not inside.keeps(call.func, call.args)
        }
        return not arguments & changed_names(function.node, handed_on)


def _all_local(node: FunctionNode | ast.Lambda) -> frozenset[str]:
    """Return the names that a function, or one inside of it, binds for itself."""
    functions = (inner for inner in ast.walk(node) if isinstance(inner, (*FUNCTIONS, ast.Lambda)))
    bodies = ((one.args, one.body if isinstance(one.body, list) else [one.body]) for one in functions)
    return frozenset().union(*(local_names(arguments, body) for arguments, body in bodies))
