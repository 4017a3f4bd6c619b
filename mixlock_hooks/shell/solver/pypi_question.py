"""What uv is asked to propose."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.model.target import Target
    from mixlock_hooks.shell.index.indices import UsedIndex


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is to be proposed: requirements that hold on the target, where to look for them, what conda has.

    ``held`` are the versions of conda's projects, to which the answer is kept; what anything needs of those that are
    ``unbounded`` is ignored. ``excluded`` are constraints such as ``name!=1.0`` against files that do not suit.
    ``held_extras`` are what extras of conda's projects need, as far as they are known to be wanted.
    """

    request: SolveRequest
    pypi: tuple[PypiRequirement, ...]
    target: Target
    indices: tuple[UsedIndex, ...]
    held: Mapping[PypiName, str]
    unbounded: frozenset[PypiName] = frozenset()
    excluded: tuple[str, ...] = ()
    held_extras: Mapping[PypiName, CoreMetadata] = field(default_factory=dict)

    @property
    def python(self) -> str:
        """Return the version of the target's python, ``X.Y.Z``."""
        return self.target.python
