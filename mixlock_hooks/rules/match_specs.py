"""Does a locked package fit a constraint? Match specs are py-rattler's to judge, PyPI's are packaging's.

A constraint that its library cannot read is not judged: old locks hold some, and no answer is no reason.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.constraint import specifier_of

if TYPE_CHECKING:
    from rattler import MatchSpec, PackageRecord


def fits_match_spec(name: str, version: str, build: str, constraint: str) -> bool:
    """Return whether a conda package fits ``constraint``, a version and a build as match specs hold them.

    A package whose version or build is none fits nothing but no constraint.
    """
    if constraint in {"", "*"}:
        return True
    spec = _spec(f"{name} {constraint}")
    if spec is None:
        return True
    record = _record(name, version, build)
    return record is not None and spec.matches(record)


@lru_cache(maxsize=1 << 16)
def _spec(text: str) -> MatchSpec | None:
    from rattler import MatchSpec  # noqa: PLC0415 - the fast path of drift must not load a solver
    from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

    try:
        return MatchSpec(text)
    except InvalidMatchSpecError:
        return None


@lru_cache(maxsize=1 << 16)
def _record(name: str, version: str, build: str) -> PackageRecord | None:
    from rattler import PackageRecord  # noqa: PLC0415
    from rattler.exceptions import InvalidPackageNameError, InvalidVersionError  # noqa: PLC0415
    from rattler.package.build_string import BuildString  # noqa: PLC0415

    try:
        named = BuildString(build or "0")
        return PackageRecord(name=name, version=version, build=named, build_number=0, subdir="noarch")
    except (InvalidPackageNameError, InvalidVersionError, ValueError):
        return None


@lru_cache(maxsize=1 << 16)
def fits_specifier(version: str, constraint: str) -> bool:
    """Return whether a version fits a PEP 440 specifier, or a constraint as conda-lock records it.

    conda-lock records Poetry's form: ``*`` for any, a bare version for that version, ``||`` between alternatives.
    """
    try:
        parsed = Version(version)
        return any(specifier_of(part.strip()).contains(parsed, prereleases=True) for part in constraint.split("||"))
    except (InvalidSpecifier, InvalidVersion):
        return True


def admits_by_default(version: str, specifier: str) -> bool:
    """Return whether a solver would choose a version while there are others: a pre-release only if asked for."""
    try:
        asked = SpecifierSet(specifier)
        return not Version(version).is_prerelease or bool(asked.prereleases)
    except (InvalidSpecifier, InvalidVersion):
        return True
