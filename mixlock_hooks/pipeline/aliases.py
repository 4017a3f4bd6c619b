"""Named environments of a repository: read them, check them, give them to locks."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import aliases_toml, conflict_markers
from mixlock_hooks.model.alias import AliasTarget, alias
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import ALIASES, aliases_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.way_out import WayOut, locking
from mixlock_hooks.rules import aliases as rules
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of, older_fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def known_aliases(project: Project) -> dict[Alias, AliasTarget]:
    """Return the repository's aliases; none where they cannot be read, which ``check_aliases`` reports."""
    try:
        return read_aliases(project)
    except ValueError:
        return {}


def target_of(project: Project, name: str) -> AliasTarget | None:
    """Return what a name stands for as an alias; None where it is none."""
    try:
        return known_aliases(project).get(alias(name))
    except ValueError:
        return None


def unreadable_aliases(project: Project) -> tuple[Problem, ...]:
    """Return why the repository's aliases cannot be read; nothing where they can."""
    path = aliases_path(project.settings.lock_dir)
    line = conflict_markers.first_line(project.files.read(path) or b"")
    if line:
        claim, hint = f"{ALIASES} holds the markers of a merge conflict", "keep one entry of each name"
        return (Problem(code=Code.CONFLICT, place=at(path, line), claim=claim, hint=hint),)
    try:
        read_aliases(project)
    except ValueError as error:
        return (Problem(code=Code.ALIAS, place=at(path), claim=f"cannot be read: {error}", hint="restore the file"),)
    return ()


def check_aliases(project: Project, loaded: Loaded) -> tuple[Problem, ...]:
    """Check references of flows to named environments, and that no immutable alias changed since the merge base.

    Raises:
        CannotDoError: there are aliases, and nothing tells where this branch began.
    """
    unread = unreadable_aliases(project)
    if unread:
        return unread
    now, place = read_aliases(project), at(aliases_path(project.settings.lock_dir))
    return (
        *rules.references(loaded.named, now),
        *rules.moved(_committed(project), now, place),
        *rules.altered(now, lambda environment: _lock_digest(project, environment), place),
    )


def _committed(project: Project) -> dict[Alias, AliasTarget]:
    """Return the aliases as they were where this branch began.

    Raises:
        CannotDoError: there are aliases, and nothing tells where this branch began.
    """
    path = aliases_path(project.settings.lock_dir)
    try:
        content = project.repository.committed(path)
    except CannotDoError:
        if project.files.read(path) is None and project.repository.at_head(path) is None:
            return {}
        raise
    return _parsed(content)


def kept_once(project: Project) -> dict[str, Alias]:
    """Return the immutable aliases that stood for locks where this branch began or in the last commit, by lock."""
    path = aliases_path(project.settings.lock_dir)
    try:
        known = {**_parsed(project.repository.at_head(path)), **_committed(project)}
    except CannotDoError:
        known = _parsed(project.repository.at_head(path))
    return {target.environment: name for name, target in known.items() if not name.movable}


def _parsed(content: bytes | None) -> dict[Alias, AliasTarget]:
    """Return the aliases of a commit's file; none where it has no such file, or one that cannot be read."""
    try:
        return aliases_toml.parse((content or b"").decode("utf-8", "replace"))
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
    for name in wanted:
        target = known.get(name)
        if name.movable or target is None:
            continue
        if not _answers(target, environment) or target.lock != _lock_digest(project, environment.name):
            raise ValueError(f"alias `{name}` is immutable and stands for another lock; use a new tag")


def kept_by(project: Project, environment: EnvironmentSpec) -> tuple[Alias, ...]:
    """Return the committed, immutable aliases that stand for an environment's lock, which they keep as it is.

    Raises:
        ValueError: the aliases cannot be read.
    """
    now = read_aliases(project)
    return tuple(
        name
        for name, target in _committed(project).items()
        if not name.movable and now.get(name, target).environment == environment.name
    )


def frozen_by(project: Project, environment: EnvironmentSpec) -> tuple[Alias, ...]:
    """Return the committed, immutable aliases of an environment's lock that its spec no longer answers.

    Raises:
        ValueError: the aliases cannot be read.
    """
    known = _committed(project)
    return tuple(name for name in kept_by(project, environment) if not _answers(known[name], environment))


def write(project: Project, content: bytes) -> None:
    """Write the file of aliases."""
    project.files.replace_set(project.settings.lock_dir, {ALIASES: content}, ())


def repair(project: Project, environment: EnvironmentSpec, *, force: bool = False) -> WayOut:
    """Return what brings a lock to what its spec asks for now; with ``force`` also where that did not change."""
    try:
        frozen = frozen_by(project, environment)
    except (ValueError, CannotDoError):
        frozen = ()
    if frozen:
        return WayOut(words=f"run `{new_tag_command(environment, frozen)}`")
    return locking(environment.name, force=force)


def new_tag_command(environment: EnvironmentSpec, frozen: Sequence[Alias], *, again: bool = False) -> str:
    """Return the command that locks an environment anew beside the lock that immutable aliases stand for."""
    upgrade = " --upgrade" if again else ""
    return f"mixlock resolve -f {quote(environment.document.path)} --alias {frozen[0].name}:NEW_TAG{upgrade}"


def refuse_change(project: Project, environment: EnvironmentSpec, *, again: bool = False) -> None:
    """Refuse to lock anew what a committed, immutable alias stands for.

    Args:
        project: the repository.
        environment: what would be locked.
        again: it would be solved though its spec did not change, for an upgrade for instance.

    Raises:
        ValueError: there is such an alias, or the aliases cannot be read.
    """
    frozen = frozen_by(project, environment)
    held = frozen or (kept_by(project, environment) if again else ())
    if held:
        command = new_tag_command(environment, held, again=not frozen)
        raise ValueError(
            f"alias `{held[0]}` is immutable and stands for the lock of {environment.name}: "
            f"give {'what is asked now' if frozen else 'an upgraded one'} a new tag, `{command}`"
        )


def set_aside(project: Project, environment: EnvironmentSpec, frozen: Sequence[Alias]) -> tuple[str, ...]:
    """Copy the lock that immutable aliases stand for to a folder of their own, and let them lead there.

    The copy is byte for byte the lock that they were given to; the environment's own folder is free for a new one.

    Returns:
        The paths that were written.
    """
    if not frozen:
        return ()
    lock = project.locks.of(environment.name)
    copy = project.locks.of(EnvironmentName(f"{environment.name}@{frozen[0].tag}"))
    copy.replace({name: lock.read(name) or b"" for name in lock.names()})
    known = read_aliases(project)
    moved = {name: replace(known[name], environment=copy.name) for name in frozen if name in known}
    content = aliases_toml.render({**known, **moved})
    write(project, content)
    return (aliases_path(project.settings.lock_dir), *map(copy.path, copy.names()))


def give(project: Project, environment: EnvironmentSpec, wanted: Iterable[Alias]) -> bytes:
    """Return the file of aliases with new ones for an environment that was just locked."""
    target = AliasTarget(
        environment=environment.name,
        source=environment.document.path,
        fingerprint=_fingerprint(environment),
        lock=_lock_digest(project, environment.name),
    )
    return aliases_toml.render({**read_aliases(project), **dict.fromkeys(wanted, target)})


def follow(project: Project, moved: Iterable[Alias], name: EnvironmentName) -> bytes:
    """Return the file of aliases in which some stand for an environment of another name, yet to be locked."""
    known = read_aliases(project)
    return aliases_toml.render({**known, **{each: replace(known[each], environment=name) for each in moved}})


def drop(project: Project, unwanted: Iterable[Alias]) -> bytes:
    """Return the file of aliases without some."""
    unwanted = frozenset(unwanted)
    return aliases_toml.render({name: to for name, to in read_aliases(project).items() if name not in unwanted})


def _answers(target: AliasTarget, environment: EnvironmentSpec) -> bool:
    """Return whether an alias was given to what is asked now; once, the cutoff was part of that."""
    older = (replace(inputs_of(spec), exclude_newer=spec.cutoff) for spec in environment.platforms)
    return target.fingerprint in {_fingerprint(environment), _over_all(map(older_fingerprint, older))}


def _fingerprint(environment: EnvironmentSpec) -> str:
    """Return one fingerprint over all platforms."""
    return _over_all(fingerprint(inputs_of(spec)) for spec in environment.platforms)


def _over_all(fingerprints: Iterable[str]) -> str:
    each = sorted(fingerprints)
    return f"sha256:{hashlib.sha256(' '.join(each).encode()).hexdigest()}"
