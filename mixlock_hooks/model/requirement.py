"""What is asked of either world: a conda match spec, a PEP 508 requirement."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import CondaName, PypiName
    from mixlock_hooks.model.place import Place


_CLAUSE = re.compile(r"(?P<operator>===?|!=|<=|>=|~=|<|>|=|)(?P<version>[^<>=~]+)")


def canonical_version(asked: str, *, has_build: bool = False, exact_equals: bool = False) -> str:
    """Return a conda version constraint in operators that mean one thing everywhere.

    ``=1.2`` becomes ``1.2.*`` (``==1.2`` where a build is named with it, as conda reads ``name=1.2=build``, or
    where ``exact_equals`` chooses the other reading), a bare version ``==``; clauses joined by commas are sorted.

    Raises:
        ValueError: a clause is not an operator and a version.
    """
    if not asked or asked == "*":
        return ""
    exact = has_build or exact_equals
    if "|" in asked:
        return "|".join(canonical_version(part, exact_equals=exact) or "*" for part in asked.split("|"))
    clauses = {_canonical_clause(clause, exact_equals=exact) for clause in asked.split(",")}
    return ",".join(sorted(clauses - {"*"}))


def _canonical_clause(clause: str, *, exact_equals: bool) -> str:
    found = _CLAUSE.fullmatch(clause)
    if not found:
        raise ValueError(f"{clause!r} is not a version constraint")
    operator, version = found["operator"], found["version"]
    if version == "*":
        return "*"
    if operator in {"", "=", "==", "==="}:
        if version.endswith("*"):
            return version if version.endswith(".*") else f"{version[:-1]}*"
        return f"{version}.*" if operator == "=" and not exact_equals else f"=={version}"
    return operator + version.removesuffix(".*") if operator in {">=", "<=", ">", "<"} else operator + version


@dataclass(frozen=True, kw_only=True, slots=True)
class CondaRequirement:
    """A conda match spec, taken apart.

    ``asked`` is the constraint in the user's own operators without spaces (``=1.2``), ``version`` the same
    in operators that mean one thing to every conda tool (``1.2.*``); both are empty for any version.
    ``build`` is a build string or glob, empty for any. ``implied`` tells that nobody wrote it, and ``place`` is then
    that of the requirement which implies it.
    """

    name: CondaName
    asked: str = ""
    version: str = ""
    build: str = ""
    channel: str = ""
    implied: bool = field(default=False, compare=False)
    place: Place = field(compare=False)

    @property
    def key(self) -> str:
        """The name as the source file and ``list`` spell it: ``channel::name`` where a channel is named."""
        return f"{self.channel}::{self.name}" if self.channel else self.name

    @property
    def constraint(self) -> str:
        """Version and build as conda-lock's source takes them; ``*`` for any."""
        return f"{self.version or '*'} {self.build}".strip()


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
