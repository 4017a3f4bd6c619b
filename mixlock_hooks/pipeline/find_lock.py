"""Read one environment's lock, by the environment's name, its spec's path or an alias."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conflict_markers
from mixlock_hooks.model.alias import alias
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import (
    LOCKFILE,
    WHEELHOUSE,
    explicit_name,
    pip_name,
)
from mixlock_hooks.model.names import EnvironmentName, Subdir, environment_name
from mixlock_hooks.model.nearest import few, meant
from mixlock_hooks.model.problem import errors
from mixlock_hooks.pipeline.aliases import known_aliases, target_of
from mixlock_hooks.pipeline.locks import UnreadableLockError, parse_lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.pipeline.project import Project

_WAY_OUT = "`mixlock list` shows the environments, `mixlock lock` locks them"

_OF_SPECS = (".yml", ".yaml", ".txt", ".in", ".toml", ".py")


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundLock:
    """A lock and the environment it is of."""

    name: EnvironmentName
    lockfile: Lockfile


def read_lock(project: Project, wanted: str | None) -> FoundLock:
    """Read a lock.

    Args:
        project: the repository.
        wanted: the environment's name, its spec's path, or an alias; None for the only one that is locked.

    Raises:
        UsageError: there is no such lock, it cannot be read, or none is named and several are there.
    """
    if wanted is None:
        wanted = _only(project)
    if not wanted:
        raise UsageError("the name of the environment is empty; leave it out, or name one")
    below = _below(project, wanted)
    wanted = below[0] if len(below) == 1 and not project.locks.of(EnvironmentName(wanted)).names() else wanted
    target = target_of(project, wanted)
    of_alias = EnvironmentName(target.environment) if target else EnvironmentName("")
    for name in (*_names(wanted), of_alias):
        lock = project.locks.of(name)
        content = lock.read() if name else None
        if content is None:
            continue
        if target and name == of_alias and not alias(wanted).movable and digest(content) != target.lock:
            raise UsageError(f"{wanted}: its lock changed since the alias was given; `mixlock check` explains")
        try:
            return FoundLock(name=name, lockfile=lock.lockfile() or parse_lock(content, lock.path()))
        except UnreadableLockError as error:
            in_conflict = conflict_markers.first_line(content)
            way_out = "it holds the markers of a merge conflict; merge the spec, then run `mixlock lock`"
            raise UsageError(f"{error.path}: {way_out if in_conflict else error}") from error
    raise UsageError(_no_lock(project, wanted))


def _names(wanted: str) -> tuple[EnvironmentName, ...]:
    """Return the environments that may be meant; a spec's path means its own, not one that somebody called so."""
    named, of_path = EnvironmentName(wanted), environment_name(wanted)
    return (of_path, named) if wanted.endswith(_OF_SPECS) else (named, of_path)


def _below(project: Project, name: str) -> list[EnvironmentName]:
    """Return the locked environments whose names begin with another, as a folder's or a flow's."""
    return [each for each in project.locks.names() if each.startswith(f"{name}/")]


def lock_stamp(project: Project, found: FoundLock, platform: Subdir) -> str:
    """Return the digest of all that decides what one platform of a lock installs: its files as they are."""
    lock = project.locks.of(found.name)
    files = (LOCKFILE, explicit_name(platform), pip_name(platform), WHEELHOUSE)
    return digest(b"\0".join(lock.read(file) or b"" for file in files))


def _only(project: Project) -> str:
    """Return the environment that is locked, where there is just one.

    Raises:
        UsageError: there is none, or several.
    """
    set_aside = {target.environment for target in known_aliases(project).values() if "@" in target.environment}
    names = tuple(name for name in project.locks.names() if name not in set_aside)
    if len(names) == 1:
        return names[0]
    if not names:
        raise UsageError(f"nothing is locked here; {_WAY_OUT}")
    raise UsageError(f"{len(names)} environments are locked, name one: {few(names)}")


def _no_lock(project: Project, wanted: str) -> str:
    """Say that there is no such lock, and name those of a flow's file or class where the name is one."""
    names = _below(project, environment_name(wanted))
    if names:
        return f"{wanted}: has several locks, name one: {few(names)}"
    known = [*project.locks.names(), *project.settings.environments, *map(str, known_aliases(project))]
    return _not_locked(project, wanted) or f"{wanted}: no lock of that name; {meant(wanted, known, _WAY_OUT)}"


def _not_locked(project: Project, wanted: str) -> str:
    """Say why an environment that is there has no lock; empty where there is no such environment."""
    from mixlock_hooks.pipeline.check import judge  # noqa: PLC0415 - only a lock that is missing needs the specs
    from mixlock_hooks.pipeline.choose import choose  # noqa: PLC0415 - as above

    try:
        loaded = choose(project, [wanted])
    except (UsageError, CannotDoError):
        return ""
    broken = errors(loaded.problems)
    if broken:
        return f"{wanted}: is not locked, and has errors; `mixlock check {quote(broken[0].place.path)}` lists them"
    verdicts = [judge(project, environment) for environment in loaded.environments]
    unlockable = next((verdict.unlockable[0] for verdict in verdicts if verdict.unlockable), None)
    if unlockable:
        return f"{wanted}: cannot be locked ({unlockable.place}: {unlockable.code}), so no lock; pip can install it"
    refused = next((verdict.environment.document.path for verdict in verdicts if verdict.refused), "")
    if refused:
        return f"{wanted}: is not locked, and has errors; `mixlock check {quote(refused)}` lists them"
    return f"{wanted}: is not locked yet; `mixlock lock {quote(wanted)}` locks it" if verdicts else ""


def restricted(found: FoundLock, platforms: Sequence[str]) -> FoundLock:
    """Return a lock with only the platforms that are named; all where none is.

    Raises:
        UsageError: one of them is not locked.
    """
    if not platforms:
        return found
    for platform in platforms:
        if platform not in found.lockfile.platforms:
            known = ", ".join(found.lockfile.platforms)
            raise UsageError(f"{found.name}: is not locked for {platform}; locked for: {known}")
    chosen = tuple(Subdir(platform) for platform in platforms)
    packages = tuple(package for package in found.lockfile.packages if package.platform in chosen)
    return replace(found, lockfile=replace(found.lockfile, platforms=chosen, packages=packages))
