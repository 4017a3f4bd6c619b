"""What source code can name that is no constant: functions, classes, modules, and Metaflow's own decorators."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import metaflow_names

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from mixlock_hooks.formats.metaflow.bindings import Imported
    from mixlock_hooks.formats.metaflow.modules import Module
    from mixlock_hooks.formats.metaflow.not_static import NotStaticError
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.static import Static


@dataclass(frozen=True, kw_only=True, slots=True)
class Native:
    """Something of Metaflow's, by Metaflow's own name for it."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outside:
    """Something that is neither Metaflow's nor the repository's, by its dotted name; ``builtins.dict``."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Namespace:
    """A module, as an import of another one names it."""

    importer: Module
    imported: Imported


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Frame:
    """The local names of a call, or of one round of a comprehension, and those around it."""

    values: dict[str, Static | NotStaticError]
    outer: Frame | None = None
    is_round: bool = False

    def look_up(self, name: str) -> Static | NotStaticError | None:
        """Return what a local name stands for; None where there is none."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.values:
                return frame.values[name]
            frame = frame.outer
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of the repository, with the local names around it and what it is bound to, if it is a method.

    ``owner`` is the class in whose body it is made, which its defaults can name.
    """

    module: Module
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame | None = None
    receiver: Static | None = None
    owner: ClassOf | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassOf:
    """A class of the repository."""

    module: Module
    node: ast.ClassDef


@dataclass(frozen=True, kw_only=True, slots=True)
class Instance:
    """What calling a class of the repository gives."""

    of: ClassOf


@dataclass(frozen=True, kw_only=True, slots=True)
class Method:
    """A method of a constant, such as ``LIBRARIES.copy``."""

    receiver: Static
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Partial:
    """``functools.partial(…)`` of something that can be called."""

    function: Static
    positional: tuple[Static, ...]
    named: tuple[tuple[str, Static], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Configuration:
    """A ``Config(…)`` parameter: its arguments, and the module it is written in."""

    name: str
    arguments: Mapping[str, Static] = field(hash=False)
    module: Module
    node: ast.expr


@dataclass(frozen=True, kw_only=True, slots=True)
class Delayed:
    """An expression over a flow's configurations, which Metaflow evaluates once it knows them."""

    expression: str
    module: Module
    node: ast.expr


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A mapping of a configuration: its keys are attributes too."""

    value: Static


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """An environment decorator with its arguments, before it is put on something.

    ``spread`` are ``**`` arguments that are only known with the flow's configurations; ``errors`` are those of the
    arguments that could not be read.
    """

    name: str
    arguments: Mapping[str, Static] = field(hash=False)
    spread: tuple[Static, ...]
    place: Place
    errors: tuple[NotStaticError, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Idle:
    """A decorator that adds no environment, with its arguments; ``wraps`` is what it copies, if it does."""

    name: str
    wraps: Target | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """What calling something of Metaflow or an extension gives that is not known here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """``step(start=…)``, before it is put on something."""

    is_start: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A method or class while decorators are put on it: what they ask for, the first applied first."""

    asked: tuple[Asking, ...] = ()
    is_step: bool = False
    is_start: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Decorated:
    """What decorators make of a method or a class, in the order of the file.

    ``asked`` are environment decorators, each with the decorator that brings it; ``errors`` are decorators that
    cannot be read, each told at its place.
    """

    asked: tuple[tuple[ast.expr, Asking], ...]
    is_step: bool
    is_start: bool
    errors: tuple[NotStaticError, ...]


TRUE = (Asking, Function, Idle, Partial, Step, Target)
"""What is a function or a decorator, and so counts as true and can be called; a class may say otherwise."""


@dataclass(kw_only=True)
class Arguments:
    """What a call hands over, each argument read on its own, so that one that cannot be read hides no other.

    ``spread`` are ``**`` arguments that are only known with a flow's configurations.
    """

    positional: list[Static] = field(default_factory=list)
    named: dict[str, Static] = field(default_factory=dict)
    spread: list[Static] = field(default_factory=list)
    errors: list[NotStaticError] = field(default_factory=list)


def described(found: Static, module: Module) -> str:
    """Say what an object is, where a constant is needed; the words follow its name."""
    value = found.value
    if isinstance(value, Outside) and not value.name.startswith("builtins."):
        return f"comes from `{value.name.rpartition('.')[0] or value.name}`, which is not in this repository"
    if isinstance(value, Native) and value.name not in metaflow_names.KNOWN:
        return "is not bound to a constant in this file"
    if isinstance(value, Namespace):
        return f"comes from `{value.imported.module or '.'}`, which is a module"
    if isinstance(value, Function | ClassOf) and value.module.path != module.path:
        name = getattr(value.node, "name", "lambda")
        return f"leads to `{name}` of {value.module.path}, which is not bound to a constant"
    if isinstance(value, Function | ClassOf | Method | Native | Outside):
        return "is not bound to a constant"
    return "is computed when the flow runs" if isinstance(value, Computed) else "is known only when the flow runs"
