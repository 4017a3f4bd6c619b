"""Does a version satisfy a constraint of a PyPI package? The one place that decides it.

Constraints come in PEP 440's form (``>=1,!=2.2.6``) and in the form of Poetry's solver, which conda-lock records:
alternatives (``>=1,<2.2.6 || >2.2.6``), a bare version for that version, ``*`` for any, ``<empty>`` for none; its
sources also write ``^1.2`` and ``~1.2``. What is neither is refused: no answer is no consent.
"""

from __future__ import annotations

import re
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model import conda_constraint
from mixlock_hooks.model.intervals import (
    BOTTOM,
    EVERYTHING,
    NOTHING,
    TOP,
    Cut,
    Intervals,
    before,
    behind,
    between,
    meet,
    meet_all,
    outside,
)

_OR = re.compile(r"\s*\|\|?\s*")
_AND = re.compile(r"(?<=[^\s,<>=!~^])(?:\s*,\s*|\s+)(?=[^\s,])")
_POETRYS = re.compile(r"(?P<operator>\^|~(?!=)|=(?!=)|<>|)\s*(?P<version>v?\d\S*)")
_NONE = "<empty>"
_ALL: Intervals = ((before(Version("0.dev0")), TOP),)
_MANY = 999_999_999
"""More post-releases than a version has."""


class NotAConstraintError(ValueError):
    """A constraint, or the version it is to be judged for, is of no known form: nobody can tell."""


@lru_cache(maxsize=1 << 14)
def alternatives(constraint: str) -> tuple[SpecifierSet, ...]:
    """Read a constraint; empty where it admits no version at all.

    Raises:
        NotAConstraintError: it is neither PEP 440's form nor Poetry's.
    """
    if constraint.strip() == _NONE:
        return ()
    try:
        first, *others = _OR.split(constraint.strip())
        return tuple(_specifiers(text or ("|" if others else "")) for text in (first, *others))
    except (InvalidSpecifier, InvalidVersion) as error:
        raise NotAConstraintError(f"{constraint!r} is not a version constraint") from error


def _specifiers(text: str) -> SpecifierSet:
    clauses = _AND.split(text.rstrip(", "))
    return SpecifierSet(",".join(_pep440(clause) for clause in clauses if clause not in {"", "*"}))


def _pep440(clause: str) -> str:
    """Return one clause of Poetry's as PEP 440 writes it."""
    found = _POETRYS.fullmatch(clause)
    if not found:
        return clause
    operator, text = found["operator"], found["version"]
    if operator in {"", "="}:
        return f"=={text}"
    if operator == "<>":
        return f"!={text}"
    version = Version(text)
    return f">={version},<{_next_breaking(version, tilde=operator == '~')}"


def _next_breaking(version: Version, *, tilde: bool) -> str:
    """Return the first version that ``^`` or ``~`` excludes: the left-most number that counts is raised."""
    release = version.release
    leading = next((place for place, number in enumerate(release) if number), len(release) - 1)
    place = min(1, len(release) - 1) if tilde else leading
    return _release(version, (*release[:place], release[place] + 1))


def _release(version: Version, release: tuple[int, ...]) -> str:
    numbers = ".".join(map(str, release))
    return f"{version.epoch}!{numbers}" if version.epoch else numbers


@lru_cache(maxsize=1 << 16)
def surely_satisfies(version: str, constraint: str) -> bool:
    """Return whether a version satisfies a constraint; it satisfies none that nobody can read."""
    try:
        return satisfies(version, constraint)
    except NotAConstraintError:
        return False


def satisfies(version: str, constraint: str) -> bool:
    """Return whether a version satisfies a constraint; pre-releases count.

    A version of conda's that PEP 440 does not know (``9e``) is judged by conda's order.

    Raises:
        NotAConstraintError: the constraint is of no known form.
    """
    known = alternatives(constraint)
    try:
        parsed = Version(version)
    except InvalidVersion:
        return bool(known) and conda_constraint.admits(version, as_match_spec(constraint))
    return any(each.contains(parsed, prereleases=True) for each in known)


def admits_by_default(version: str, specifier: str) -> bool:
    """Return whether a solver would choose a version while there are others: a pre-release only if asked for.

    Raises:
        NotAConstraintError: the specifier is of no known form.
    """
    try:
        is_prerelease = Version(version).is_prerelease
    except InvalidVersion:
        return True
    return not is_prerelease or any(each.prereleases for each in alternatives(specifier))


def as_specifier(constraint: str) -> str:
    """Return a constraint as PEP 440 writes it, where one set of clauses can say it.

    Raises:
        NotAConstraintError: it has alternatives that no set of clauses admits, or is of no known form.
    """
    known = alternatives(constraint)
    if len(known) == 1:
        return str(known[0])
    return str(SpecifierSet(",".join(_around_holes(constraint, known))))


def _around_holes(constraint: str, known: tuple[SpecifierSet, ...]) -> list[str]:
    """Join ``>=1,<2`` and ``>2,<3`` to ``>=1,!=2,<3``."""
    if not known:
        raise NotAConstraintError(f"{constraint!r} admits no version")
    parts = [{clause.operator: clause.version for clause in each} for each in known]
    holes = [low.pop("<", "") for low in parts[:-1]]
    if any(not hole or high.pop(">", "") != hole for hole, high in zip(holes, parts[1:], strict=True)):
        raise NotAConstraintError(f"{constraint!r} has alternatives, which PEP 440 cannot write")
    return [f"{operator}{version}" for part in parts for operator, version in part.items()] + [
        f"!={hole}" for hole in holes
    ]


def as_match_spec(constraint: str) -> str:
    """Return a constraint as a conda match spec's version; ``*`` for any.

    conda's order differs from PEP 440's: ``<2`` there admits 2.0rc1, so it becomes ``<2dev0``, the lowest that
    begins with 2. ``>1.2`` cannot exclude 1.2.post1 there, nor ``==1.2`` admit 1.2+local.

    Raises:
        NotAConstraintError: it is of no known form, or admits no version.
    """
    known = alternatives(constraint)
    if not known:
        raise NotAConstraintError(f"{constraint!r} admits no version")
    parts = dict.fromkeys(",".join(sorted(part for clause in each for part in _conda(clause))) for each in known)
    return "*" if "" in parts else "|".join(parts)


def _conda(clause: Specifier) -> list[str]:
    operator, text = clause.operator, clause.version
    if operator == "===" and not is_version(text):
        raise NotAConstraintError(f"`===` of {text!r} asks for a text that is not a version")
    if text.endswith(".*"):
        numbers = str(Version(text[:-2]))
        return [f"{numbers}.*" if operator == "==" else f"!={numbers}.*"]
    version = Version(text)
    if operator == "~=":
        return [f">={_ranged(version)}", f"{_release(version, version.release[:-1])}.*"]
    if operator == "<" and not (version.is_prerelease or version.is_postrelease):
        return [f"<{_release(version, _without_zeros(version.release))}dev0"]
    if operator in {"==", "===", "!="}:
        return [f"{'!=' if operator == '!=' else '=='}{version}"]
    return [f"{operator}{_ranged(version)}"]


def is_version(text: str) -> bool:
    """Return whether a text is a version of PyPI's (PEP 440)."""
    try:
        Version(text)
    except InvalidVersion:
        return False
    return True


def _without_zeros(release: tuple[int, ...]) -> tuple[int, ...]:
    last = max((place for place, number in enumerate(release) if number), default=0)
    return release[: last + 1]


def _ranged(version: Version) -> str:
    """Spell a bound: conda has ``1.3.dev1`` above 1.3rc1, and ``1.3dev1`` below, where PEP 440 has it."""
    return str(version).replace(".dev", "dev")


def can_hold(*constraints: str) -> bool:
    """Return whether some version may satisfy all of these constraints; a doubt is a yes.

    Raises:
        NotAConstraintError: one is of no known form.
    """
    return bool(meet_all(map(_versions, constraints)))


def _versions(constraint: str) -> Intervals:
    sets = (meet_all((_ALL, *map(_interval, each))) for each in alternatives(constraint))
    return tuple(interval for found in sets for interval in found)


def _interval(clause: Specifier) -> Intervals:
    if clause.operator == "===" and not is_version(clause.version):
        return EVERYTHING  # a text that an index may serve: the solver's to judge
    low, high = _edges(clause)
    if clause.operator == "~=":
        return meet(between(low, TOP), between(*_series(Version(clause.version), -1)))
    version = Version(clause.version.removesuffix(".*"))
    return {
        "==": between(low, high),
        "===": between(low, high),
        "!=": outside(low, high),
        ">=": between(low, TOP),
        ">": between(_behind_posts(version), TOP),
        "<": between(BOTTOM, low if version.is_prerelease else before(_first_of(version))),
        "<=": between(BOTTOM, high),
    }.get(clause.operator, NOTHING)


def _edges(clause: Specifier) -> tuple[Cut, Cut]:
    """Return the cuts around the versions that are equal to a clause's: those with a local label are."""
    if clause.version.endswith(".*"):
        return _series(Version(clause.version[:-2]), None)
    version = Version(clause.version)
    return before(version), behind(version) if version.local else before(_behind_labels(version))


def _series(version: Version, end: int | None) -> tuple[Cut, Cut]:
    """Return the cuts around all versions that begin with a release, or with all but the end of it."""
    *first, last = version.release[:end]
    low, high = _release(version, (*first, last)), _release(version, (*first, last + 1))
    return before(Version(f"{low}.dev0")), before(Version(f"{high}.dev0"))


def _first_of(version: Version) -> Version:
    """Return the lowest pre-release of a version."""
    return Version(f"{version}.dev0")


def _behind_labels(version: Version) -> Version:
    """Return the lowest version above all local labels of one: ``1.2+x`` is equal to ``1.2``."""
    public = version.public
    stem, _dot, number = public.rpartition(".dev")
    if version.dev is not None:
        return Version(f"{stem}.dev{int(number) + 1}")
    stem, _dot, number = public.rpartition(".post")
    return Version(f"{stem}.post{int(number) + 1}.dev0" if version.is_postrelease else f"{public}.post0.dev0")


def _behind_posts(version: Version) -> Cut:
    """Return where ``>`` begins: "MUST NOT allow a post-release of the given version unless V itself is one"."""
    if version.is_postrelease or version.is_devrelease:
        return before(_behind_labels(version))
    return behind(Version(f"{version.public}.post{_MANY}"))
