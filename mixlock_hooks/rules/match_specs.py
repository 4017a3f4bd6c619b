"""Does a locked conda package fit a match spec? That is py-rattler's to judge, but for the folder it comes from."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mixlock_hooks.model.constraint import NotAConstraintError

if TYPE_CHECKING:
    from rattler import MatchSpec, PackageRecord

    from mixlock_hooks.model.locked import LockedPackage

_NUMBER = re.compile(r"(?:.*_)?(?P<number>\d+)")


def fits_match_spec(package: LockedPackage, constraint: str) -> bool:
    """Return whether a conda package fits ``constraint``: version, build and brackets as match specs hold them.

    A package whose version or build is none fits nothing but no constraint.

    Raises:
        NotAConstraintError: py-rattler cannot read the constraint, or the lock does not record what it asks by.
    """
    if constraint in {"", "*"}:
        return True
    if "[" not in constraint and "/" not in constraint:
        return _admits(package.name, package.version, package.build, constraint)
    spec = _spec(f"{package.name} {constraint}")
    if "[" not in constraint:
        record = _record(package.name, package.version, package.build)
    else:
        record = _record(package.name, package.version, package.build, package.md5, package.sha256)
        if "build_number" in constraint and not _NUMBER.fullmatch(package.build):
            raise NotAConstraintError(f"the build {package.build!r} does not tell its number")
    return record is not None and spec.matches(record) and _is_in(package, spec)


@lru_cache(maxsize=1 << 16)
def _admits(name: str, version: str, build: str, constraint: str) -> bool:
    """Judge what asks for no more than version and build; packages of many locks need the same."""
    spec, record = _spec(f"{name} {constraint}"), _record(name, version, build)
    return record is not None and spec.matches(record)


def _is_in(package: LockedPackage, spec: MatchSpec) -> bool:
    """Return whether a package lies in the folder that is asked for, which ``matches`` does not look at."""
    return spec.subdir is None or package.url.rpartition("/")[0].endswith(f"/{spec.subdir}")


@lru_cache(maxsize=1 << 16)
def _spec(text: str) -> MatchSpec:
    from rattler import MatchSpec  # noqa: PLC0415 - the fast path of drift must not load a solver
    from rattler.exceptions import InvalidMatchSpecError  # noqa: PLC0415

    try:
        return MatchSpec(text)
    except InvalidMatchSpecError as error:
        raise NotAConstraintError(f"{text!r} is not a match spec") from error


@lru_cache(maxsize=1 << 16)
def _record(name: str, version: str, build: str, md5: str = "", sha256: str = "") -> PackageRecord | None:
    from rattler import PackageRecord  # noqa: PLC0415
    from rattler.exceptions import InvalidPackageNameError, InvalidVersionError  # noqa: PLC0415
    from rattler.package.build_string import BuildString  # noqa: PLC0415

    number = _NUMBER.fullmatch(build)
    try:
        return PackageRecord(
            name=name,
            version=version,
            build=BuildString(build or "0"),
            build_number=int(number["number"]) if number else 0,
            subdir="noarch",
            md5=bytes.fromhex(md5) or None,
            sha256=bytes.fromhex(sha256) or None,
        )
    except (InvalidPackageNameError, InvalidVersionError, ValueError, OverflowError):
        return None
