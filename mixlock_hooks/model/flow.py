"""A Metaflow flow as it stands in its file: decorators with what they ask for, steps in order."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.document import Allowance, Entry, Reference
    from mixlock_hooks.model.names import VirtualName
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement


class DecoratorKind(Enum):
    """What a decorator asks for; each but the last exists for a step and, with ``_base``, for a flow."""

    CONDA = "conda"
    PYPI = "pypi"
    SYSTEM = "sys_packages"
    NAMED = "named_env"
    RESOLVED = "resolved_req"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecoratorArguments:
    """What a decorator, or all of one level, asks for.

    ``scalars`` are ``disabled``, ``name``, ``pathspec`` and ``fetch_at_exec`` where they are set, and ``python``
    as written; the requirement for python itself stands among ``conda``.
    """

    scalars: Mapping[str, Entry[object]] = field(default_factory=lambda: MappingProxyType({}))
    conda: tuple[Entry[CondaRequirement], ...] = ()
    pypi: tuple[Entry[PypiRequirement], ...] = ()
    references: tuple[Entry[Reference], ...] = ()
    channels: tuple[Entry[str], ...] = ()
    indices: tuple[Entry[str], ...] = ()
    default_index: Entry[str] | None = None
    virtual_packages: tuple[Entry[tuple[VirtualName, str]], ...] = ()

    @property
    def packages(self) -> bool:
        """Return whether any package is asked for."""
        return bool(self.conda or self.pypi or self.references)


@dataclass(frozen=True, kw_only=True, slots=True)
class Decorator:
    """One decorator: its name as written, its kind, and what it asks for as far as that could be read."""

    name: str
    kind: DecoratorKind
    place: Place
    arguments: DecoratorArguments


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of a flow."""

    name: str
    decorators: tuple[Decorator, ...]
    place: Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Flow:
    """One flow: steps in the order of the file, inherited ones first. ``problems`` are those of reading it.

    An abstract one has no step to start with: only flows that derive from it have environments.
    """

    name: str
    decorators: tuple[Decorator, ...]
    steps: tuple[Step, ...]
    place: Place
    problems: tuple[Problem, ...] = ()
    is_abstract: bool = False

    @property
    def asks(self) -> bool:
        """Return whether any decorator asks for an environment."""
        return bool(self.decorators) or any(step.decorators for step in self.steps)


@dataclass(frozen=True, kw_only=True, slots=True)
class FlowFile:
    """Every flow of a Python file. ``problems`` are those of the file itself.

    ``read`` are the paths of all files that the reading looked at or for: modules, configurations, the file itself.
    """

    path: str
    flows: tuple[Flow, ...] = ()
    allowances: tuple[Allowance, ...] = ()
    problems: tuple[Problem, ...] = ()
    read: frozenset[str] = frozenset()
