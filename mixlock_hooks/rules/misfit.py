"""No file of a project fits the target: the problem names the limit, and the setting that would admit a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import EngineFailure, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules.newer_versions import newest_that_fits, without_a_file
from mixlock_hooks.rules.platform_tags import unloadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.limit import Limit
    from mixlock_hooks.model.locked import LockedPackage
    from mixlock_hooks.model.names import PypiName, Subdir
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.model.target import Target
    from mixlock_hooks.rules.newer_versions import Release


def misfit(name: PypiName, specifier: str, found: Sequence[Release]) -> EngineFailure | None:
    """Return the failure where an index has versions that a requirement admits, and no file of any fits; else None.

    Args:
        name: the project.
        specifier: which versions are required.
        found: its versions, newest first.
    """
    release = without_a_file(found, specifier)
    if release is None:
        return None
    older = newest_that_fits(found)
    return EngineFailure(
        kind=FailureKind.NO_FILE,
        package=name,
        constraint=str(release.version),
        limits=release.limits,
        fitting=str(older.version) if older else "",
    )


def words_of(limits: Iterable[Limit]) -> str:
    """Return limits as the end of a claim."""
    return " and ".join(f"it {limit.claim}" for limit in limits)


def way_out(failure: EngineFailure) -> str:
    """Return what admits a file of the package that a failure names, and which version has one now."""
    ways = [f"{limit.setting} admits it" for limit in failure.limits if limit.setting]
    newest = f"{failure.fitting} is the newest that fits" if failure.fitting else ""
    return "; ".join([*ways, newest or "get it from conda, or drop the platform"])


def refused(request: SolveRequest, packages: Iterable[LockedPackage], target: Target) -> Iterator[Problem]:
    """Yield MIX305 for each wheel among solved packages that the target cannot load, whatever engine chose it."""
    for package in packages:
        if package.manager is Manager.PIP and unloadable(package.file, target):
            asked = next((each for each in request.spec.pypi if each.name == package.name), None)
            yield Problem(
                code=Code.NO_FILE,
                place=asked.place if asked else request.environment.place,
                claim=f"`{package.name}` {package.version} was solved for another target than {target.platform} with "
                f"{target.shown_python}: {package.file} does not fit",
                hint="ask for another version, get it from conda, or drop the platform",
                environment=request.environment.name,
                platform=target.platform,
            )


def not_locked_for(request: SolveRequest) -> Problem:
    """Return the problem of PyPI requirements on a platform for which conda-lock has no PyPI side."""
    platform = request.spec.platform
    return Problem(
        code=Code.NO_FILE,
        place=request.spec.pypi[0].place,
        claim=f"conda-lock locks no PyPI packages for {platform}",
        hint=f"give the pip entries a selector that leaves {platform} out, get them from conda, or drop the platform",
        environment=request.environment.name,
        platform=platform,
    )


def with_platforms_that_answer(
    environment: EnvironmentSpec, settings: Settings, problems: Iterable[Problem], solved: Sequence[Subdir]
) -> tuple[Problem, ...]:
    """Return the problems of a failed lock; where nobody chose the platforms, with those that have an answer."""
    if not solved or environment.document.platforms or settings.platforms:
        return tuple(problems)
    is_yaml = environment.document.path.endswith((".yml", ".yaml"))
    names = ", ".join(solved) if is_yaml else ", ".join(f'"{platform}"' for platform in solved)
    setting = f"`platforms: [{names}]`" if is_yaml else f"`platforms = [{names}]` in the configuration"
    verb = "has" if len(solved) == 1 else "have"
    extra = f"{', '.join(solved)} {verb} an answer; {setting}"
    return tuple(replace(each, hint=f"{each.hint}; {extra}" if each.hint else extra) for each in problems)
