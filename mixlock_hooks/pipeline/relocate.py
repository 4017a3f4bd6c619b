"""Move an environment to another spec file, or remove it: spec, lock and what the configuration says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats import config_edit
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.settings import REQUIREMENTS_SUFFIXES
from mixlock_hooks.pipeline.aliases import known_aliases
from mixlock_hooks.pipeline.choose import choose

if TYPE_CHECKING:
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project

_YAML = (".yml", ".yaml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Relocation:
    """What is to be done: the spec's path before and after (empty where it goes), its lock, and the configuration.

    ``configuration`` is the new content of the file that configures mixlock; None where it stays.
    """

    environment: EnvironmentName
    spec: str
    target: str
    lock: tuple[str, ...]
    configuration: str | None


def moved(project: Project, wanted: str, target: str) -> Relocation:
    """Return what moves an environment to another spec file.

    Raises:
        UsageError: there is no such environment, it is one of several or stands for an alias, or the target is none.
    """
    environment = _one(project, wanted)
    old = environment.document.path
    why = inner_path.complaint(target)
    if why:
        raise UsageError(f"{target}: {why}")
    kinds = [suffixes for suffixes in (_YAML, REQUIREMENTS_SUFFIXES) if old.endswith(suffixes)]
    if not any(target.endswith(suffixes) for suffixes in kinds):
        raise UsageError(f"{target}: is another kind of file than {old}")
    if project.files.read(target) is not None:
        raise UsageError(f"{target}: is there already")
    name = environment_name(target)
    if name != environment.name and project.locks.of(name).names():
        raise UsageError(f"{target}: there is a lock of {name} already")
    return _relocation(project, environment, target)


def removed(project: Project, wanted: str) -> Relocation:
    """Return what removes an environment.

    Raises:
        UsageError: there is no such environment, or it is one of several or stands for an alias.
    """
    return _relocation(project, _one(project, wanted), "")


def _one(project: Project, wanted: str) -> EnvironmentSpec:
    if wanted in project.settings.environments:
        raise UsageError(f"{wanted}: is made of several files; edit `environments.{wanted}` in the configuration")
    found = choose(project, [wanted]).environments
    if len(found) != 1 or found[0].document.path.endswith(".py"):
        raise UsageError(f"{wanted}: is no environment with a spec file of its own; a flow's is edited in its file")
    named = sorted(
        str(alias) for alias, target in known_aliases(project).items() if target.environment == found[0].name
    )
    if named:
        raise UsageError(f"{wanted}: its lock stands for {', '.join(named)}, so it must stay where it is")
    return found[0]


def _relocation(project: Project, environment: EnvironmentSpec, target: str) -> Relocation:
    lock = project.locks.of(environment.name)
    source = project.settings.source
    content = project.files.read(source) if source else None
    old = environment.document.path
    text = content.decode("utf-8") if content is not None else ""
    changed = config_edit.with_spec_moved(text, source, old, target)
    return Relocation(
        environment=environment.name,
        spec=old,
        target=target,
        lock=tuple(lock.path(name) for name in lock.names()),
        configuration=changed if changed != text else None,
    )
