"""Refuse to install from a lock that does not hold: an installation is the last who could look at it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.problem import Problem, errors, has_errors
from mixlock_hooks.model.way_out import restoring
from mixlock_hooks.pipeline.aliases import known_aliases
from mixlock_hooks.pipeline.drift import verification
from mixlock_hooks.pipeline.drift.look import wrong_with
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.load import Loaded, NoSpecError, load, load_all, load_composed
from mixlock_hooks.pipeline.lock.record import is_whole, recorded_inputs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.find_lock import FoundLock
    from mixlock_hooks.pipeline.project import Project


def refuse_unverified(project: Project, found: FoundLock, platform: Subdir) -> None:
    """Refuse a lock that is no answer to its spec, or that holds what no solve gives; no commit vouches for it here.

    A lock without a spec of its own is judged by what it records where an alias stands for it, and refused where
    none does: nobody can say what it is to answer.

    Args:
        project: the repository.
        found: the lock.
        platform: the platform that is to be installed.

    Raises:
        CannotDoError: it does not hold; the problems say how.
    """
    environment = _environment(project, found)
    if environment is not None:
        problems = wrong_with(
            project, environment, (platform,), by=replace(vouched(project), differing=None, in_review=True)
        )
    elif any(target.environment == found.name for target in known_aliases(project).values()):
        problems = tuple(_of_record(project, found, platform))
    else:
        problems = (_orphaned(project, found),)
    if problems:
        raise CannotDoError(f"{found.name} was not installed, because its lock has problems", problems)


def refuse_drifted(project: Project, found: FoundLock, platform: Subdir) -> None:
    """Refuse a lock that was verified when it was installed, where its spec has changed since; no other is read.

    Args:
        project: the repository.
        found: the lock.
        platform: the platform that is installed.

    Raises:
        CannotDoError: it drifted, or its spec cannot be read or locked any more; the problems say how.
    """
    source = project.locks.of(found.name).source()
    if found.name in project.settings.environments:
        loaded = load_composed(project, found.name)
    elif source and project.files.read(source) is not None:
        loaded = load(project, source)
    else:
        return  # its spec is gone, and `drift` tells
    environment = _named(found, loaded)
    problems = wrong_with(project, environment, (platform,)) if environment else ()
    if problems:
        raise CannotDoError(f"{found.name} is installed as it was locked, but its spec has changed since", problems)


def _environment(project: Project, found: FoundLock) -> EnvironmentSpec | None:
    """Return what a lock is of, be its spec outside of the configured set; None where its spec is gone.

    Raises:
        CannotDoError: the spec cannot be read.
    """
    try:
        environment = _named(found, load_all(project))
    except NoSpecError:
        environment = None
    source = "" if environment else project.locks.of(found.name).source()
    if source and project.files.read(source) is not None:
        return _named(found, load(project, source))
    return environment


def _named(found: FoundLock, loaded: Loaded) -> EnvironmentSpec | None:
    """Return the environment that a lock is of; None where none of the specs asks for it.

    Raises:
        CannotDoError: a spec cannot be read, so nobody knows.
    """
    environment = next((each for each in loaded.environments if each.name == found.name), None)
    if environment is None and has_errors(loaded.problems):
        raise CannotDoError(f"{found.name}: its spec cannot be read", errors(loaded.problems))
    return environment


def _orphaned(project: Project, found: FoundLock) -> Problem:
    lock = project.locks.of(found.name)
    claim = f"no spec asks for `{found.name}`, and no alias stands for it, so nothing tells what it should hold"
    return Problem(
        code=Code.ORPHAN, place=lock.place(), claim=claim, hint=f"delete {lock.shown}, or restore its spec"
    )


def _of_record(project: Project, found: FoundLock, platform: Subdir) -> Iterator[Problem]:
    lock = project.locks.of(found.name)
    place, way_out = lock.place(), restoring(lock.shown).words
    recorded = recorded_inputs(found.lockfile, platform)
    if recorded is None or not is_whole(found.lockfile):
        yield Problem(code=Code.BODY, place=place, claim="the lock was changed by hand", hint=way_out)
        return
    try:
        spec = replace(recorded_spec.parse(recorded, place), file_hosts=project.settings.file_hosts)
    except ValueError as error:
        yield Problem(
            code=Code.BODY, place=place, claim=f"what the lock records cannot be read: {error}", hint=way_out
        )
        return
    for finding in verification.findings(spec, found.lockfile, project.names()):
        yield Problem(code=finding.code, place=place, claim=finding.claim, hint=way_out)
