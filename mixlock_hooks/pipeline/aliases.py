"""Named environments of a repository: read them, check them, give them to locks."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from mixlock_hooks.formats import aliases_toml
from mixlock_hooks.model.alias import AliasTarget
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.lock_paths import aliases_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules import aliases as rules
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.alias import Alias
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.load import Loaded
    from mixlock_hooks.pipeline.project import Project


def read_aliases(project: Project) -> dict[Alias, AliasTarget]:
    """Return the repository's aliases; none where it has none.

    Raises:
        ValueError: the file cannot be read as aliases.
    """
    content = project.files.read(aliases_path(project.settings.lock_dir))
    return aliases_toml.parse(content.decode("utf-8", "replace")) if content is not None else {}


def check_aliases(project: Project, loaded: Loaded) -> tuple[Problem, ...]:
    """Check references of flows to named environments, and that no immutable alias changed since the merge base."""
    path = aliases_path(project.settings.lock_dir)
    place = at(path)
    try:
        now = read_aliases(project)
    except ValueError as error:
        return (Problem(code="MIX010", place=place, claim=f"cannot be read: {error}", hint="restore the file"),)
    return (
        *rules.references(loaded.named, now),
        *rules.moved(_committed(project), now, place),
        *rules.altered(now, lambda environment: _lock_digest(project, environment), place),
    )


def _committed(project: Project) -> dict[Alias, AliasTarget]:
    """Return the aliases as they were where this branch began."""
    content = project.repository.committed(aliases_path(project.settings.lock_dir)) or b""
    try:
        return aliases_toml.parse(content.decode("utf-8", "replace"))
    except ValueError:
        return {}


def _lock_digest(project: Project, environment: str) -> str:
    content = project.locks.of(EnvironmentName(environment)).read()
    return digest(content) if content is not None else ""


def refuse_taken(project: Project, environment: EnvironmentSpec, wanted: Iterable[Alias]) -> None:
    """Refuse aliases that are committed and immutable, and stand for anything else than what is asked now.

    Raises:
        ValueError: there is one, or the aliases cannot be read.
    """
    read_aliases(project)
    known = _committed(project)
    for alias in wanted:
        target = known.get(alias)
        if alias.movable or target is None:
            continue
        same = target.environment == environment.name and target.fingerprint == _fingerprint(environment)
        if not same or target.lock != _lock_digest(project, environment.name):
            raise ValueError(f"alias `{alias}` is immutable and stands for another lock; use a new tag")


def refuse_change(project: Project, environment: EnvironmentSpec) -> None:
    """Refuse to lock anew what a committed, immutable alias stands for.

    Raises:
        ValueError: there is such an alias, or the aliases cannot be read.
    """
    read_aliases(project)
    for alias, target in _committed(project).items():
        stands_for_it = not alias.movable and target.environment == environment.name
        if stands_for_it and target.fingerprint != _fingerprint(environment):
            raise ValueError(
                f"alias `{alias}` is immutable and stands for the lock of {environment.name}: "
                "copy the spec to a file of another name, and resolve that"
            )


def give(project: Project, environment: EnvironmentSpec, wanted: Iterable[Alias]) -> bytes:
    """Return the file of aliases with new ones for an environment that was just locked."""
    target = AliasTarget(
        environment=environment.name,
        source=environment.document.path,
        fingerprint=_fingerprint(environment),
        lock=_lock_digest(project, environment.name),
    )
    return aliases_toml.render({**read_aliases(project), **dict.fromkeys(wanted, target)})


def _fingerprint(environment: EnvironmentSpec) -> str:
    """Return one fingerprint over all platforms."""
    each = sorted(fingerprint(inputs_of(spec)) for spec in environment.platforms)
    return f"sha256:{hashlib.sha256(' '.join(each).encode()).hexdigest()}"
