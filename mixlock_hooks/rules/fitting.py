"""Does a locked package fit a constraint? Match specs are py-rattler's to judge, PyPI's are packaging's.

A constraint that its library cannot read is not judged: old locks hold some, and no answer is no reason.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from rattler import MatchSpec, PackageRecord


def fits_match_spec(name: str, version: str, build: str, constraint: str) -> bool:
    """Tell whether a conda package fits ``constraint``, a version and a build as match specs hold them."""
    if constraint in {"", "*"}:
        return True
    return _matcher(name, constraint)(name, version, build)


@lru_cache(maxsize=1 << 16)
def _matcher(name: str, constraint: str) -> _Matcher:
    return _Matcher(name, constraint)


class _Matcher:
    """One match spec, parsed once."""

    def __init__(self, name: str, constraint: str) -> None:
        from rattler import MatchSpec  # noqa: PLC0415 - the fast path of drift must not load a solver
        from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

        try:
            self._spec: MatchSpec | None = MatchSpec(f"{name} {constraint}")
        except InvalidMatchSpecError:
            self._spec = None

    def __call__(self, name: str, version: str, build: str) -> bool:
        return self._spec is None or self._spec.matches(_record(name, version, build))


@lru_cache(maxsize=1 << 16)
def _record(name: str, version: str, build: str) -> PackageRecord:
    from rattler import PackageRecord  # noqa: PLC0415
    from rattler.package.build_string import BuildString  # noqa: PLC0415

    return PackageRecord(name=name, version=version, build=BuildString(build), build_number=0, subdir="noarch")


@lru_cache(maxsize=1 << 16)
def fits_specifier(version: str, constraint: str) -> bool:
    """Tell whether a version fits a PEP 440 specifier, or a constraint as conda-lock records it.

    conda-lock records Poetry's form: ``*`` for any, a bare version for that version, ``||`` between alternatives.
    """
    try:
        parsed = Version(version)
        return any(_specifier(part.strip()).contains(parsed, prereleases=True) for part in constraint.split("||"))
    except (InvalidSpecifier, InvalidVersion):
        return True


def _specifier(text: str) -> SpecifierSet:
    if text in {"", "*"}:
        return SpecifierSet()
    return SpecifierSet(text if text[0] in "<>=!~" else f"=={text}")
