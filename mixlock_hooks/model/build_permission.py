"""Whose build code may run, and what a build is given beside what it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.names import pypi_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName


STEP_SECONDS = 1800.0
"""How long a step of a build may take where nobody says otherwise."""
MEMORY_BYTES = 1792 * 2**20
"""How much memory the processes of a build may take together where nobody says otherwise."""


ALL, NONE = ":all:", ":none:"
"""What pip's options say instead of a project's name: every project, and nothing of what was said before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BinaryOption:
    """What pip's ``--no-binary`` (``is_built``) or ``--only-binary`` says of a project, ``ALL`` or ``NONE``."""

    of: str
    is_built: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildPermission:
    """Everybody's, nobody's, or that of the projects named; ``extra`` are requirements that a repository adds.

    ``unboxed`` is the user's word that it may run where a wall of the sandbox is missing; ``seconds`` and
    ``memory_bytes`` are what a build may take; ``denied`` may never run, and nobody's may where a spec wants
    ``only_wheels``. Of what is taken ``from_source`` no wheel is considered.
    """

    everybody: bool = False
    names: frozenset[PypiName] = frozenset()
    denied: frozenset[PypiName] = frozenset()
    only_wheels: bool = False
    from_source: frozenset[PypiName] = frozenset()
    extra: tuple[tuple[PypiName, tuple[str, ...]], ...] = ()
    unboxed: bool = False
    seconds: float = STEP_SECONDS
    memory_bytes: int = MEMORY_BYTES

    def allows(self, name: PypiName) -> bool:
        """Return whether a project's build code may run."""
        return (self.everybody or name in self.names) and name not in self.denied

    def denies(self, name: PypiName) -> bool:
        """Return whether a spec's own options keep a project's build code from running."""
        return name in self.denied or self.only_wheels

    def within(self, options: Iterable[BinaryOption]) -> BuildPermission:
        """Return the permission within a spec's options of pip's, in order; where nobody may, nobody may."""
        said = {True: set[str](), False: set[str]()}
        for each in options:
            _say(each.of, said[each.is_built], said[not each.is_built])
        wheels, built = (frozenset(map(pypi_name, said[way] - {ALL})) for way in (False, True))
        if self.nobody:
            return replace(self, from_source=built)
        only_wheels = ALL in said[False]
        return replace(
            self,
            everybody=self.everybody and not only_wheels,
            names=(built if only_wheels else self.names | built) - wheels,
            denied=self.denied | wheels,
            only_wheels=only_wheels,
            from_source=built,
        )

    def extra_for(self, name: PypiName) -> tuple[str, ...]:
        """Return the requirements that the repository adds to a project's build."""
        return dict(self.extra).get(name, ())

    @property
    def nobody(self) -> bool:
        """Return whether no build code may run at all."""
        return not self.everybody and not self.names


def _say(what: str, here: set[str], there: set[str]) -> None:
    """Read one word of an option as pip does (``FormatControl.handle_mutual_excludes``): the last one counts."""
    if what == NONE:
        here.clear()
        return
    if what == ALL:
        here.clear()
        there.clear()
    there.discard(what)
    here.add(what)


EVERYBODY = BuildPermission(everybody=True)
NOBODY = BuildPermission()
