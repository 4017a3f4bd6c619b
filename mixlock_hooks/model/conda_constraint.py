"""Conda's version constraints: alternatives (``|``) of clauses (``,``), grouped by parentheses (CEP 29).

One form for all spellings, and whether any version can satisfy it. Whether a package does is py-rattler's to judge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import product

from mixlock_hooks.model.conda_version import CondaVersion
from mixlock_hooks.model.intervals import (
    BOTTOM,
    EVERYTHING,
    NOTHING,
    TOP,
    Intervals,
    before,
    behind,
    between,
    has,
    meet,
    meet_all,
    outside,
)

_CLAUSE = re.compile(r"(?P<operator>==?|!=|<=|>=|~=|<|>|)(?P<version>[^<>=~!][^<>=~]*)")
_TOKEN = re.compile(r"[()|,]|[^()|,]+")
_ANY = frozenset({"", "=", "==", ">=", "<=", "~="})
"""The operators that mean something before a lone star."""
_RANGES = frozenset({">=", "<=", ">", "<", "~="})
_MOST = 256
"""Alternatives that a grouped constraint may have when it is multiplied out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """One operator with its version; ``prefix`` where it means every version that begins with it."""

    operator: str
    version: str
    prefix: bool = False


def canonical_version(asked: str, *, has_build: bool = False, exact_equals: bool = False) -> str:
    """Return a conda version constraint in operators that mean one thing everywhere.

    ``=1.2`` becomes ``1.2.*`` (``==1.2`` where a build is named with it, as conda reads ``name=1.2=build``, or
    where ``exact_equals`` chooses the other reading), a bare version ``==``; groups are multiplied out, and clauses
    joined by commas are sorted.

    Raises:
        ValueError: a clause is not an operator and a version, or the parentheses do not match.
    """
    if not asked or asked == "*":
        return ""
    exact = has_build or exact_equals
    alternatives = [_canonical(clauses, exact_equals=exact) for clauses in _alternatives(asked)]
    return alternatives[0] if len(alternatives) == 1 else "|".join(each or "*" for each in alternatives)


def _canonical(clauses: tuple[str, ...], *, exact_equals: bool) -> str:
    found = {_canonical_clause(clause, exact_equals=exact_equals) for clause in clauses}
    return ",".join(sorted(found - {"*"}))


def _canonical_clause(clause: str, *, exact_equals: bool) -> str:
    found = _CLAUSE.fullmatch(clause)
    if not found:
        raise ValueError(f"{clause!r} is not a version constraint")
    operator, version = found["operator"], re.sub(r"(?:\.\*)+$", ".*", found["version"])
    if version == "*":
        if operator not in _ANY:
            raise ValueError(f"{clause!r} is not a version constraint")
        return "*"
    if operator in {"", "=", "=="}:
        if version.endswith("*"):
            return version if version.endswith(".*") else f"{version[:-1]}*"
        return f"{version}.*" if operator == "=" and not exact_equals else f"=={version}"
    return operator + re.sub(r"\.?\*$", "", version) if operator in _RANGES else operator + version


def _alternatives(asked: str) -> list[tuple[str, ...]]:
    """Return the alternatives of a constraint, each the clauses that hold at once: ``,`` binds tighter than ``|``."""
    tokens = _TOKEN.findall(asked)
    found = _any_of(tokens)
    if tokens:
        raise ValueError(f"{asked!r} is not a version constraint: a parenthesis too many")
    return found


def _any_of(tokens: list[str]) -> list[tuple[str, ...]]:
    found = _all_of(tokens)
    while tokens and tokens[0] == "|":
        tokens.pop(0)
        found += _all_of(tokens)
    return found


def _all_of(tokens: list[str]) -> list[tuple[str, ...]]:
    found = _group(tokens)
    while tokens and tokens[0] == ",":
        tokens.pop(0)
        other = _group(tokens)
        if len(found) * len(other) > _MOST:
            raise ValueError(f"more than {_MOST} alternatives when its groups are multiplied out")
        found = [(*one, *two) for one, two in product(found, other)]
    return found


def _group(tokens: list[str]) -> list[tuple[str, ...]]:
    word = tokens.pop(0) if tokens else ""
    if word == "(":
        found = _any_of(tokens)
        if not tokens or tokens.pop(0) != ")":
            raise ValueError("'(' without ')' is not a version constraint")
        return found
    if word in {"", ")", "|", ","}:
        raise ValueError(f"{word or 'nothing'!r} is not a version constraint")
    return [(word,)]


def clauses(constraint: str) -> tuple[tuple[Clause, ...], ...]:
    """Take a canonical constraint apart: alternatives of clauses; one without clauses is any version."""
    if not constraint or constraint == "*":
        return ((),)
    return tuple(
        tuple(_clause(text) for text in alternative.split(",") if text != "*")
        for alternative in constraint.split("|")
    )


def _clause(text: str) -> Clause:
    found = _CLAUSE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a version constraint")
    version = re.sub(r"\.?\*$", "", found["version"])
    return Clause(operator=found["operator"] or "==", version=version, prefix=version != found["version"])


def admits(version: str, constraint: str) -> bool:
    """Return whether a version is within a canonical constraint by conda's order."""
    return has(_versions(constraint), CondaVersion(version))


def can_hold(*constraints: str) -> bool:
    """Return whether some version may satisfy all of these canonical constraints; a doubt is a yes."""
    return bool(meet_all(_versions(constraint) for constraint in constraints))


def _versions(constraint: str) -> Intervals:
    alternatives = (meet_all(map(_interval, found)) for found in clauses(constraint))
    return tuple(interval for found in alternatives for interval in found)


def _interval(clause: Clause) -> Intervals:
    if "*" in clause.version:
        return EVERYTHING  # a star within a version: the solver's to judge
    low, high = _edges(clause)
    if clause.operator == "~=":
        release = clause.version.rpartition(".")[0]
        series = _edges(Clause(operator="==", version=release, prefix=True)) if release else (BOTTOM, TOP)
        return meet(between(low, TOP), between(*series))
    return {
        "==": between(low, high),
        "!=": outside(low, high),
        ">=": between(low, TOP),
        ">": between(high, TOP),
        "<": between(BOTTOM, low),
        "<=": between(BOTTOM, high),
    }.get(clause.operator, NOTHING)


def _edges(clause: Clause) -> tuple[tuple[int, object, int], tuple[int, object, int]]:
    if clause.prefix:
        return before(CondaVersion(clause.version, edge=-1)), behind(CondaVersion(clause.version, edge=1))
    return before(CondaVersion(clause.version)), behind(CondaVersion(clause.version))
