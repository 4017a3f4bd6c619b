"""What is asked of either world: a conda match spec, a PEP 508 requirement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import CondaName, PypiName
    from mixlock_hooks.model.place import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaRequirement:
    """A conda match spec, taken apart.

    ``asked`` is the constraint in the user's own operators without spaces (``=1.2``), ``version`` the same
    in operators that mean one thing to every conda tool (``1.2.*``); both are empty for any version.
    ``build`` is a build string or glob, empty for any; ``details`` are what else stands in brackets (``subdir``).
    ``implied`` tells that nobody wrote it, and ``place`` is then that of the requirement which implies it.
    """

    name: CondaName
    asked: str = ""
    version: str = ""
    build: str = ""
    details: tuple[tuple[str, str], ...] = ()
    channel: str = ""
    implied: bool = field(default=False, compare=False)
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        """The name as the source file and ``list`` spell it: ``channel::name`` where a channel is named."""
        return f"{self.channel}::{self.name}" if self.channel else self.name

    @property
    def constraint(self) -> str:
        """Everything but name and channel, as py-rattler takes it behind a name; ``*`` for any."""
        details = ",".join(f"{key}='{value}'" for key, value in self.details)
        return f"{self.version_and_build}[{details}]" if details else self.version_and_build

    @property
    def version_and_build(self) -> str:
        """Version and build as conda-lock's source takes them; ``*`` for any."""
        return f"{self.version or '*'} {self.build}".strip()

    @property
    def shown(self) -> str:
        """The requirement in the user's own operators."""
        build = f"={self.build}" if self.build else ""
        details = ",".join(f"{key}={value}" for key, value in self.details)
        asked = self.asked or ("=*" if build else "")
        space = " " if asked[:1].isalnum() or asked[:1] == "(" else ""
        return f"{self.key}{space}{asked}{build}{f'[{details}]' if details else ''}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PypiRequirement:
    """A PEP 508 requirement against an index, taken apart.

    ``extras`` are normalized and sorted; ``specifier`` is the PEP 440 specifier set with its clauses sorted,
    empty for any; ``marker`` is canonical text, empty for none; ``hashes`` are ``algorithm:hex``.
    """

    name: PypiName
    extras: tuple[str, ...] = ()
    specifier: str = ""
    marker: str = ""
    hashes: tuple[str, ...] = ()
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        """The name with its extras, as ``list`` spells it."""
        return f"{self.name}[{','.join(self.extras)}]" if self.extras else self.name
