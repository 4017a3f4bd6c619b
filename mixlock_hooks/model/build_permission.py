"""Whose build code may run, and what a build is given beside what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName


STEP_SECONDS = 1800.0
"""How long a step of a build may take where nobody says otherwise."""
MEMORY_BYTES = 1792 * 2**20
"""How much memory the processes of a build may take together where nobody says otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryOption:
    """What pip's ``--no-binary`` (``is_built``) or ``--only-binary`` says of a project, or of all."""

    project: PypiName | None
    is_built: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildPermission:
    """Everybody's, nobody's, or that of the projects named; ``extra`` are requirements that a repository adds.

    ``unboxed`` is the user's word that it may run where a wall of the sandbox is missing; ``seconds`` and
    ``memory_bytes`` are what a build may take; ``denied`` may never run. Of what is taken ``from_source`` no wheel is
    considered.
    """

    everybody: bool = False
    names: frozenset[PypiName] = frozenset()
    denied: frozenset[PypiName] = frozenset()
    from_source: frozenset[PypiName] = frozenset()
    extra: tuple[tuple[PypiName, tuple[str, ...]], ...] = ()
    unboxed: bool = False
    seconds: float = STEP_SECONDS
    memory_bytes: int = MEMORY_BYTES

    def allows(self, name: PypiName) -> bool:
        """Return whether a project's build code may run."""
        return (self.everybody or name in self.names) and name not in self.denied

    def within(self, options: Iterable[BinaryOption]) -> BuildPermission:
        """Return the permission within a spec's options of pip's; where nobody may, nobody may."""
        asked = tuple(options)
        wheels = {each.project for each in asked if each.project and not each.is_built}
        built = {each.project for each in asked if each.project and each.is_built} - wheels
        if self.nobody:
            return replace(self, from_source=frozenset(built))
        only_wheels = any(each.project is None for each in asked)
        return replace(
            self,
            everybody=self.everybody and not only_wheels,
            names=frozenset(built if only_wheels else self.names | built) - wheels,
            denied=self.denied | wheels,
            from_source=frozenset(built),
        )

    def extra_for(self, name: PypiName) -> tuple[str, ...]:
        """Return the requirements that the repository adds to a project's build."""
        return dict(self.extra).get(name, ())

    @property
    def nobody(self) -> bool:
        """Return whether no build code may run at all."""
        return not self.everybody and not self.names


EVERYBODY = BuildPermission(everybody=True)
NOBODY = BuildPermission()
