"""Move an environment, or remove it: spec, lock, aliases and what the configuration says of it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import config_edit, project_config
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.failure import CannotDoError, UsageError
from mixlock_hooks.model.lock_paths import LOCKFILE, aliases_path
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.settings import REQUIREMENTS_SUFFIXES
from mixlock_hooks.model.spec_part import is_manifest
from mixlock_hooks.pipeline.aliases import read_aliases, target_of
from mixlock_hooks.pipeline.choose import choose, refuse_folder
from mixlock_hooks.pipeline.drift.look import wrong_with
from mixlock_hooks.pipeline.relocated import judge_result
from mixlock_hooks.rules.discovery import discover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.alias import Alias
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.settings import ComposedEnvironment
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project

_YAML = (".yml", ".yaml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Relocation:
    """What is to be done with an environment, and what hangs on it.

    ``spec`` is the path of its file before, ``target`` after: empty where it goes. An environment of several files
    has none, and is only renamed: its files stay. ``lock`` are the files of its lock. ``configuration`` is the new
    content of the file that configures mixlock; None where it stays. ``kept`` are the immutable aliases of its lock,
    which keep it; ``movable`` are the others, which go with the environment. ``beside`` are the files that lie beside
    a ``conda-lock.yml`` which stays where ``lock-at`` has it, each with where it goes. ``parts`` are the environments
    of several files that have its file, ``carried`` those of them whose lock holds, and may name that file;
    ``followers`` are those that are to be like it. ``nothing_left`` says that no
    spec is left; empty where one is.
    """

    environment: EnvironmentSpec
    name: EnvironmentName
    spec: str
    target: str
    lock: tuple[str, ...]
    configuration: str | None
    kept: tuple[Alias, ...]
    movable: tuple[Alias, ...]
    beside: tuple[tuple[str, str], ...] = ()
    parts: tuple[EnvironmentName, ...] = ()
    carried: tuple[EnvironmentName, ...] = ()
    followers: tuple[EnvironmentName, ...] = ()
    nothing_left: str = ""


def moved(project: Project, wanted: str, target: str) -> Relocation:
    """Return what moves an environment to another spec file, or gives one of several files another name.

    Raises:
        UsageError: there is no such environment, the target is none or taken, or what is left could not be locked.
    """
    environment = _one(project, wanted)
    why = inner_path.complaint(target) or ("" if target.isprintable() else "is not printable UTF-8 text")
    if why:
        raise UsageError(f"{target}: {why}")
    target = posixpath.normpath(target)
    is_composed = environment.name in project.settings.environments
    if not is_composed:
        _refuse_file(project, environment.document.path, target)
    name = EnvironmentName(target) if is_composed else environment_name(target)
    if name != environment.name and (project.locks.of(name).names() or name in project.settings.environments):
        raise UsageError(f"{target}: an environment or a lock named {name} already exists")
    _refuse_drifted(project, environment)
    plan = _relocation(project, environment, name, target)
    if not is_composed and not _is_found(project, plan):
        way_out = f"call it `environment*.yml`, or name it in `specs` in {project.configuration()[0]}"
        raise UsageError(f"{target}: nothing would find it there: {way_out}")
    return _judged(project, plan)


def _judged(project: Project, plan: Relocation) -> Relocation:
    return replace(plan, nothing_left=judge_result(project, plan))


def _is_found(project: Project, plan: Relocation) -> bool:
    """Return whether a moved spec is still one."""
    settings = project.settings
    if plan.configuration is not None:
        settings = project_config.parse(plan.configuration, settings.source)[0] or settings
    return plan.target in discover([plan.target], settings)


def removed(project: Project, wanted: str) -> Relocation:
    """Return what removes an environment.

    Raises:
        UsageError: there is no such environment, or what is left could not be locked.
    """
    environment = _one(project, wanted)
    plan = _relocation(project, environment, environment.name, "")
    _refuse_needed(project, plan)
    return _judged(project, plan)


def _refuse_needed(project: Project, plan: Relocation) -> None:
    """Refuse to remove what the table of another environment cannot be without.

    Raises:
        UsageError: there are such; it names them.
    """
    settings = project.settings
    alone = [name for name in plan.parts if settings.environments[name].files == (plan.spec,)]
    reasons = [f"{settings.table_of(name)} must match it (`like`)" for name in plan.followers]
    reasons += [f"{settings.table_of(name)} has no other file" for name in alone]
    if reasons:
        first = " and ".join(f"`mixlock rm {name}`" for name in dict.fromkeys((*plan.followers, *alone)))
        needed = f"{plan.environment.name}: is needed: {', '.join(reasons)}"
        raise UsageError(f"{needed}; run {first} first, or edit {settings.source}")


def _refuse_file(project: Project, old: str, target: str) -> None:
    kinds = [suffixes for suffixes in (_YAML, REQUIREMENTS_SUFFIXES) if old.endswith(suffixes)]
    if not any(target.endswith(suffixes) for suffixes in kinds):
        way_out = (
            f"name the new path of the spec, such as `{posixpath.splitext(target)[0]}{posixpath.splitext(old)[1]}`"
        )
        raise UsageError(f"{target}: is another kind of file than {old}; {way_out}")
    if project.files.read(target) is not None:
        raise UsageError(f"{target}: already exists")


def _refuse_drifted(project: Project, environment: EnvironmentSpec) -> None:
    """Refuse to move a lock that would have to be solved again in its new place.

    Raises:
        CannotDoError: it is no answer to its spec; the problems say how.
    """
    if LOCKFILE not in project.locks.of(environment.name).names():
        return
    problems = wrong_with(project, environment)
    if problems:
        raise CannotDoError(f"{environment.name}: its lock cannot move before it matches its spec", problems)


def _one(project: Project, wanted: str) -> EnvironmentSpec:
    target = target_of(project, wanted)
    if target:
        raise UsageError(f"{wanted}: is an alias of {target.environment}; name the environment")
    refuse_folder(project, wanted)
    found = choose(project, [wanted]).environments
    if len(found) != 1 or found[0].document.path.endswith(".py"):
        raise UsageError(f"{wanted}: is not an environment with its own spec file; a flow's is edited in its file")
    if is_manifest(found[0].document.path) and found[0].name not in project.settings.environments:
        raise UsageError(f"{wanted}: its spec is the project's own file, which stays; take it out of `specs` by hand")
    if found[0].name in project.settings.environments and wanted not in project.settings.environments:
        table = project.settings.table_of(found[0].name)
        raise UsageError(f"{wanted}: is a part of {found[0].name}; name that, or take it out of `specs` of {table}")
    return found[0]


def _relocation(project: Project, environment: EnvironmentSpec, name: EnvironmentName, target: str) -> Relocation:
    lock = project.locks.of(environment.name)
    source = project.settings.source
    content = project.files.read(source) if source else None
    text = content.decode("utf-8") if content is not None else ""
    is_composed = environment.name in project.settings.environments
    edit, old = (
        (config_edit.with_environment_renamed, str(environment.name))
        if is_composed
        else (config_edit.with_spec_moved, environment.document.path)
    )
    changed = edit(text, source, old, target)
    if target:
        changed = config_edit.with_like_renamed(changed, source, environment.name, name)
    aliases = _aliases(project, environment)
    parts = () if is_composed else _tables(project, lambda each: old in each.files)
    return Relocation(
        environment=environment,
        name=name,
        spec="" if is_composed else old,
        target=target,
        lock=tuple(lock.path(name) for name in lock.own_names()),
        configuration=changed if changed != text else None,
        kept=tuple(alias for alias in aliases if not alias.movable),
        movable=tuple(alias for alias in aliases if alias.movable),
        beside=tuple(_beside(project, lock, name)) if target else (),
        parts=parts,
        carried=tuple(name for name in parts if target and _holds(project, name)),
        followers=_tables(project, lambda each: each.like == environment.name),
    )


def _holds(project: Project, name: EnvironmentName) -> bool:
    """Return whether an environment has a lock, and that matches its spec."""
    found = choose(project, [name]).environments
    return LOCKFILE in project.locks.of(name).names() and not any(wrong_with(project, each) for each in found)


def _tables(project: Project, concerned: Callable[[ComposedEnvironment], bool]) -> tuple[EnvironmentName, ...]:
    return tuple(name for name, each in project.settings.environments.items() if concerned(each))


def _beside(project: Project, lock: LockFolder, name: EnvironmentName) -> Iterator[tuple[str, str]]:
    places = project.settings.lock_places
    if lock.name in places.elsewhere:
        for file in lock.own_names():
            if file != LOCKFILE:
                yield lock.path(file), f"{places.folder(name)}/{file}"


def _aliases(project: Project, environment: EnvironmentSpec) -> list[Alias]:
    """Return the aliases of an environment's lock.

    Raises:
        UsageError: the aliases cannot be read, so nobody knows.
    """
    try:
        known = read_aliases(project)
    except ValueError as error:
        raise UsageError(f"{aliases_path(project.settings.lock_dir)}: cannot be read: {error}") from error
    return sorted(name for name, to in known.items() if to.environment == environment.name)
