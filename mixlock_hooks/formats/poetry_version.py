"""Poetry's version constraints, in operators that conda and PEP 440 share.

``^1.2`` and ``~1.2`` become two clauses, as conda-lock writes them (its vendored ``parse_poetry_version.py``); all
else is left as it is. https://python-poetry.org/docs/dependency-specification/
"""

from __future__ import annotations

import re

from packaging.version import Version

_OR = re.compile(r"\s*\|\|?\s*")
_OPERATOR = re.compile(r"[<>=!~]")


def plain(constraint: str) -> str:
    """Return a constraint without carets and tildes; alternatives are divided by ``|``.

    Raises:
        packaging.version.InvalidVersion: what follows a caret or a tilde is no version; a ``ValueError``.
    """
    alternatives = (part for part in _OR.split(constraint.strip()) if part)
    return "|".join(",".join(map(_clause, part.split(","))) for part in alternatives)


def for_pip(constraint: str) -> str:
    """Return a plain constraint as PEP 440 writes it: a bare version is exact, ``*`` is any."""
    clauses = (clause for clause in constraint.split(",") if clause not in {"", "*"})
    return ",".join(clause if _OPERATOR.match(clause) else f"=={clause}" for clause in clauses)


def _clause(clause: str) -> str:
    tight = "".join(clause.split())
    if tight.startswith("^"):
        return _between(Version(tight[1:]), _caret_ceiling(Version(tight[1:])))
    if tight.startswith("~") and not tight.startswith("~="):
        return _between(Version(tight[1:]), _tilde_ceiling(Version(tight[1:])))
    return tight.replace("===", "==")


def _between(floor: Version, ceiling: str) -> str:
    release = ".".join(map(str, (floor.major, floor.minor, floor.micro)))
    epoch = f"{floor.epoch}!" if floor.epoch else ""
    return f">={epoch}{release}{_suffix(floor)},<{epoch}{ceiling}"


def _suffix(version: Version) -> str:
    """Return what of a version stands behind its release."""
    pre = "".join(map(str, version.pre or ()))
    post = f".post{version.post}" if version.post is not None else ""
    dev = f".dev{version.dev}" if version.dev is not None else ""
    return f"{pre}{post}{dev}{f'+{version.local}' if version.local else ''}"


def _caret_ceiling(version: Version) -> str:
    """Return the next version in which the leftmost number that is not zero changes."""
    given = len(version.release)
    if version.major or given == 1:
        return f"{version.major + 1}.0.0"
    return f"0.{version.minor + 1}.0" if version.minor or given == 2 else f"0.0.{version.micro + 1}"  # noqa: PLR2004


def _tilde_ceiling(version: Version) -> str:
    """Return the next minor version; the next major one where only that is given."""
    return f"{version.major + 1}.0.0" if len(version.release) == 1 else f"{version.major}.{version.minor + 1}.0"
