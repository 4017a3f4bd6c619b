"""Newer versions that only a limit excludes, said once per project; and projects of which no version fits.

Only what is known of an index's page is judged: whoever asks passes the pages that were read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, groupby
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.model.constraint import NotAConstraintError, admits_by_default, alternatives, satisfies
from mixlock_hooks.model.cutoff import NO_CUTOFF
from mixlock_hooks.model.limit import Limit
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.limits import limits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.cutoff import Cutoff
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.model.target import Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One version of a project on an index: whether a wheel or an sdist fits, and what excludes the others."""

    version: Version
    has_wheel: bool
    has_sdist: bool
    yanked: bool
    limits: tuple[Limit, ...]


def releases(files: Iterable[IndexFile], target: Target, cutoff: Cutoff = NO_CUTOFF) -> tuple[Release, ...]:
    """Return the versions of a project, newest first, judged for a target."""
    ordered = sorted(files, key=lambda found: found.version, reverse=True)
    grouped = groupby(ordered, key=lambda found: found.version)
    return tuple(_release(version, tuple(found), target, cutoff) for version, found in grouped)


def _release(version: Version, files: Sequence[IndexFile], target: Target, cutoff: Cutoff) -> Release:
    judged = [(found, limits_of(found, target, cutoff)) for found in files]
    wheels = [limits for found, limits in judged if found.file.is_wheel]
    sdists = [limits for found, limits in judged if not found.file.is_wheel]
    nearest = min(wheels or sdists, key=lambda limits: (sum(1 + limit.order for limit in limits), str(limits)))
    return Release(
        version=version,
        has_wheel=not all(wheels),
        has_sdist=not all(sdists),
        yanked=all(found.yanked for found in files),
        limits=nearest,
    )


def admitted(found: Iterable[Release], specifier: str) -> tuple[Release, ...]:
    """Return the versions that a requirement admits by itself: a pre-release or a yanked one only if it names it."""
    wanted = tuple(each for each in found if satisfies(str(each.version), specifier))
    finals = [each for each in wanted if admits_by_default(str(each.version), specifier)]
    return tuple(each for each in finals or wanted if not each.yanked or _pins(specifier))


def _pins(specifier: str) -> bool:
    clauses = chain.from_iterable(alternatives(specifier))
    return any(each.operator in {"==", "==="} and not each.version.endswith("*") for each in clauses)


def without_a_file(found: Iterable[Release], specifier: str) -> Release | None:
    """Return the newest admitted version where admitted ones exist and none has a file that fits; else None."""
    wanted = admitted(found, specifier)
    return wanted[0] if wanted and not any(each.has_wheel or each.has_sdist for each in wanted) else None


def newest_that_fits(found: Iterable[Release]) -> Release | None:
    """Return the newest version with a wheel that fits, pre-releases and yanked ones left out."""
    return next(
        (each for each in found if each.has_wheel and not each.yanked and not each.version.is_prerelease), None
    )


def to_exclude(found: Iterable[Release], specifier: str) -> frozenset[str]:
    """Return the versions without a wheel that fits, where an admitted one has such a wheel: that one wins."""
    everything = tuple(found)
    if not any(each.has_wheel for each in admitted(everything, specifier)):
        return frozenset()
    return frozenset(str(each.version) for each in everything if not each.has_wheel)


def must_be_built(found: Iterable[Release], specifier: str) -> bool:
    """Return whether the newest admitted version has no wheel that fits, but an sdist."""
    return next(
        (each.has_sdist and not each.has_wheel for each in admitted(found, specifier) if _usable(each)), False
    )


def _usable(release: Release) -> bool:
    return release.has_wheel or release.has_sdist


def limiting_notes(
    request: SolveRequest,
    target: Target,
    pages: Mapping[PypiName, tuple[IndexFile, ...]],
    packages: Sequence[LockedPackage],
) -> Iterator[str]:
    """Yield a line for each project whose file was yanked, or of which a limit alone excludes a newer version.

    Args:
        request: what was solved.
        target: what it was solved for.
        pages: what was read of indices, by project; of others nothing is claimed.
        packages: what was locked.
    """
    locked = {pypi_name(each.name): each for each in packages if each.manager is Manager.PIP}
    for name in sorted(pages.keys() & locked.keys()):
        if any(found.yanked and found.file.sha256 == locked[name].sha256 for found in pages[name]):
            yield (
                f"{name} {locked[name].version} is locked, and was yanked: who published it says not to use it "
                f"(`mixlock lock --upgrade-package {name}` takes another version where the requirements allow one)"
            )
        asked = [each.specifier for each in request.spec.pypi if each.name == name]
        newer = _newer(pages[name], locked[name], [*asked, *_demands(name, packages)])
        judged = releases(newer, target, request.cutoff.for_package(name))
        if judged and not any(_is_free(each, request.builds.names, name) for each in judged):
            yield _note(locked[name], _first(judged))


def _demands(name: PypiName, packages: Iterable[LockedPackage]) -> Iterator[str]:
    for package in packages:
        if package.manager is Manager.PIP:
            yield from (text for needed, text in package.dependencies.items() if pypi_name(needed) == name)


def _newer(found: Iterable[IndexFile], package: LockedPackage, asked: Sequence[str]) -> Iterator[IndexFile]:
    try:
        held = Version(package.version)
        newer = [each for each in found if each.version > held]
        yield from (each for each in newer if all(satisfies(str(each.version), text) for text in asked))
    except (InvalidVersion, NotAConstraintError):
        return  # nobody can tell, so nothing is claimed


def _is_free(release: Release, built: frozenset[PypiName], name: PypiName) -> bool:
    """Return whether no limit keeps a version: then something else holds the project back."""
    may_be_taken = release.has_wheel or (release.has_sdist and name in built)
    return may_be_taken and not release.yanked and not release.version.is_prerelease


def _first(newer: Sequence[Release]) -> Release:
    """Return the newest of the versions that people mean: a final one that nobody took back, if there is one."""
    return max(newer, key=lambda each: (not each.yanked, not each.version.is_prerelease, each.version))


def _note(package: LockedPackage, release: Release) -> str:
    claims, settings = _words(release, package.name)
    upgrade = f"`mixlock lock --upgrade-package {package.name}`"
    admits = f" (to take it: {' and '.join(settings)}, then {upgrade})" if settings else ""
    return f"{package.name} {package.version} is locked; {release.version} {' and '.join(claims)}{admits}"


def _words(release: Release, name: str) -> tuple[list[str], list[str]]:
    limits = [*release.limits]
    if release.yanked:
        limits.append(Limit(claim="is yanked", setting=f"`{name}=={release.version}`"))
    if release.version.is_prerelease:
        limits.append(Limit(claim="is a pre-release", setting=f"`{name}>={release.version}`"))
    if not release.limits and not release.has_wheel:
        limits.append(Limit(claim="has no wheel and must be built", setting=f'`build-sdists = ["{name}"]`'))
    return [limit.claim for limit in limits], [limit.setting for limit in limits if limit.setting]
