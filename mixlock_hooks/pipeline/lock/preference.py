"""Which locked versions a solve keeps: those of the environment's own lock, or of the one that it grew from.

A lock that is in conflict, damaged or edited by hand is no preference: what git kept of it is, its own sides or the
last commit that has it whole. One that a merge joined line by line is, where it is an answer: only its stamp is in
conflict then. A renamed spec or a regrouped step takes over the lock that it had under its old name, so that a rename
upgrades nothing.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conflict_markers, stamp_json
from mixlock_hooks.model.lock_paths import STAMP
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.pipeline.aliases import known_aliases
from mixlock_hooks.pipeline.drift import verification
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.load import every_environment, load
from mixlock_hooks.pipeline.lock import record
from mixlock_hooks.pipeline.lock.merge import merge_locks, newer
from mixlock_hooks.pipeline.locks import UnreadableLockError
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.three_way import CannotMergeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.stamp import Making
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project

_ALIKE = 0.5
"""The share of equal requirements from which a lock without a spec counts as that of a renamed one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preference:
    """The lock whose versions are kept where they still fit.

    ``note`` says where it comes from if it is not the environment's own; ``taken_over`` names the environment whose
    spec is gone and whose lock this one replaces, ``is_anothers`` says that it stays another environment's.
    """

    lockfile: Lockfile | None = None
    note: str = ""
    taken_over: EnvironmentName | None = None
    is_anothers: bool = False


def preference(
    project: Project, environment: EnvironmentSpec, moved_from: EnvironmentName | None = None
) -> Preference:
    """Return what a solve of an environment should keep.

    Args:
        project: the repository.
        environment: the environment.
        moved_from: its name before it was moved, under which its lock still lies.
    """
    lock = project.locks.of(environment.name)
    content = lock.read()
    old = lock.left_behind() if content is None else None
    if old:
        lock, content = old, old.read()
    if content is None and moved_from is not None:
        before = project.locks.of(moved_from)
        return Preference(lockfile=_parsed(before), taken_over=before.name)
    if content is None:
        return _of_head(project, lock, "its files are gone") or _of_relatives(project, environment)
    if conflict_markers.first_line(content):
        known = _of_merge(project, lock) or _of_head(project, lock, "it is in conflict")
        return known or _of_history(project, lock)
    lockfile = _parsed(lock)
    if lockfile is None or (record.is_recorded(lockfile) and not (record.is_whole(lockfile) or _is_unstamped(lock))):
        return _of_history(project, lock)
    if vouched(project).holds(lock) or _answers_itself(project, environment, lockfile):
        return Preference(lockfile=_with_making(project, lock, lockfile))
    known = _of_merge(project, lock) or _of_head(project, lock, "it is not an answer to what it records")
    return known or Preference(lockfile=lockfile)


def of_other_steps(project: Project, environment: EnvironmentSpec) -> Iterator[LockedPackage]:
    """Yield what a flow's other locks hold, also those of steps and files that are no more.

    What a step takes over of another keeps its version.
    """
    source = environment.document.path
    if not source.endswith(".py"):
        return
    for lock in project.locks:
        of_lock = lock.source() if lock.name != environment.name else ""
        is_gone = of_lock.endswith(".py") and project.files.read(of_lock) is None
        lockfile = _intact(lock) if of_lock == source or is_gone else None
        yield from lockfile.packages if lockfile else ()


def _with_making(project: Project, lock: LockFolder, lockfile: Lockfile) -> Lockfile:
    """Return a lock whose stamp is gone as made like the last commit's, for nothing else tells."""
    if lock.read(STAMP) is not None or record.is_older(lockfile):
        return lockfile
    return replace(lockfile, making=stamp_json.making_of(project.repository.at_head(lock.path(STAMP)) or b""))


def _answers_itself(project: Project, environment: EnvironmentSpec, lockfile: Lockfile) -> bool:
    """Return whether a lock that no commit vouches for is an answer to what it says it was solved from."""
    names = project.names()
    return not any(
        finding
        for spec in environment.platforms
        if spec.platform in lockfile.platforms
        for finding in verification.findings(
            verification.answered_spec(spec, lockfile, names, environment.place), lockfile, names
        )
    )


def _of_merge(project: Project, lock: LockFolder) -> Preference | None:
    """Return both sides of a lock in conflict as one, from what git's index keeps: no package of it goes back.

    Lines that a merge left around markers belong to nobody. A lock that was joined line by line has no stages, only
    its stamp has; the packages of both sides stand in it.
    """
    base, ours, theirs = (_at_stage(lock, content) for content in project.repository.stages(lock.path()))
    note = f"{lock.path()} is in conflict: the versions of both sides are kept, the newer where both changed one"
    if ours and theirs:
        joined = _joined(base, ours, theirs, lock.making())
        if joined is None:
            return Preference(lockfile=ours, note=f"{lock.path()} is in conflict: the versions of our side are kept")
        return Preference(lockfile=joined, note=note)
    if ours or not any(project.repository.stages(lock.path(STAMP))):
        return Preference(lockfile=ours, note=note) if ours else None
    joined = _parsed(lock)
    return Preference(lockfile=_without_older(joined), note=note) if joined else None


def _at_stage(lock: LockFolder, content: bytes | None) -> Lockfile | None:
    return _parsed(lock, {lock.path(): content}.get)


def _without_older(lockfile: Lockfile) -> Lockfile:
    """Return a lock with the newer one of each package that stands in it twice for one platform."""
    kept: dict[tuple[str, ...], LockedPackage | None] = {}
    for package in lockfile.packages:
        key = package.manager.value, package.name, package.platform
        kept[key] = newer(kept.get(key), package)
    return replace(lockfile, packages=tuple(filter(None, kept.values())))


def _of_head(project: Project, lock: LockFolder, why: str) -> Preference | None:
    lockfile = _intact(lock, project.repository.at_head)
    note = f"{lock.path()}: {why}, so the versions of the last commit are kept"
    return Preference(lockfile=lockfile, note=note) if lockfile else None


def _of_history(project: Project, lock: LockFolder) -> Preference:
    """Return what history kept of a damaged lock; where it kept nothing, say so, for then every version may move."""
    return _of_origins(project, lock) or Preference(
        note=f"{lock.path()} was changed by hand or damaged, and no commit has it: nothing of it is kept"
    )


def _of_origins(project: Project, lock: LockFolder) -> Preference | None:
    """Return the lock of the nearest commit that has a whole one; of a merge, both sides as one.

    Who resolves the conflict of a stamp by hand leaves a lock that nothing vouches for, which then is committed.
    """
    for origin in project.repository.origins(lock.roots):
        revisions = (origin.base, origin.ours, origin.theirs)
        base, ours, theirs = (_at_revision(project, lock, revision) for revision in revisions)
        if ours and bool(theirs) == bool(origin.theirs):
            note = f"{lock.folder}: the lock was changed by hand or damaged, {origin.words}"
            if not theirs:
                return Preference(lockfile=ours, note=note)
            joined = _joined(base, ours, theirs, ours.making)
            alone = "" if joined else "; the two cannot be joined, so those of our side alone are kept"
            return Preference(lockfile=joined or ours, note=f"{note}{alone}")
    return None


def _at_revision(project: Project, lock: LockFolder, revision: str) -> Lockfile | None:
    return _intact(lock, partial(project.repository.at, revision)) if revision else None


def _joined(base: Lockfile | None, ours: Lockfile, theirs: Lockfile, making: Making) -> Lockfile | None:
    """Return two locks as one that was made so; None where they cannot be joined."""
    try:
        return replace(merge_locks(base, ours, theirs).newer(), making=making)
    except CannotMergeError:
        return None


def _is_unstamped(lock: LockFolder) -> bool:
    """Return whether a lock's stamp is gone or in conflict, as an interrupted run or a merge leaves it."""
    content = lock.read(STAMP)
    return content is None or bool(conflict_markers.first_line(content))


def _intact(lock: LockFolder, read: Callable[[str], bytes | None] | None = None) -> Lockfile | None:
    lockfile = _parsed(lock, read)
    return lockfile if lockfile and record.is_whole(lockfile) else None


def _parsed(lock: LockFolder, read: Callable[[str], bytes | None] | None = None) -> Lockfile | None:
    try:
        return lock.lockfile(read)
    except UnreadableLockError:
        return None


def _of_relatives(project: Project, environment: EnvironmentSpec) -> Preference:
    """Return the lock most like what a new environment asks: of its old name, a sibling step, an equal spec."""
    own = posixpath.basename(environment.name)
    ranked = sorted(
        _relatives(project, environment),
        key=lambda found: (-found[0], posixpath.basename(found[1].name) != own, found[1].name),
    )
    if not ranked:
        return Preference()
    _likeness, lock, lockfile, is_orphan = ranked[0]
    note = f"the versions of {lock.folder} are kept"
    if not is_orphan:
        return Preference(lockfile=lockfile, note=note, is_anothers=True)
    return Preference(lockfile=lockfile, note=f"{note}, whose spec is gone: it moves here", taken_over=lock.name)


def _relatives(project: Project, environment: EnvironmentSpec) -> Iterator[tuple[float, LockFolder, Lockfile, bool]]:
    """Yield likeness, lock, its content, and whether its spec is gone, of each lock that may be a preference."""
    known = {found.name for found in every_environment(project)}
    named = {target.environment for target in known_aliases(project).values()}
    for lock in project.locks:
        lockfile = _intact(lock)
        if lockfile is None:
            continue
        is_orphan = not (lock.name in known or lock.name in named or _is_of_unread(project, lock))
        likeness = _likeness(environment, lockfile)
        is_sibling = lock.source() == environment.document.path
        if likeness == 1 or (is_orphan and likeness >= _ALIKE) or (is_sibling and likeness > 0):
            yield likeness + is_orphan / 2, lock, lockfile, is_orphan


def _is_of_unread(project: Project, lock: LockFolder) -> bool:
    """Return whether the file that a lock was made from is there, and nothing tells what it asks for now."""
    source = lock.source()
    is_there = bool(source) and project.files.read(source) is not None
    return is_there and has_errors(load(project, source).problems)


def _likeness(environment: EnvironmentSpec, lockfile: Lockfile) -> float:
    """Return the share of requirements that an environment and a lock's inputs have in common, on all platforms."""
    mine, theirs = set(), set()
    for spec in environment.platforms:
        mine |= set(_requests(inputs_of(spec)))
        recorded = record.recorded_inputs(lockfile, spec.platform)
        theirs |= set(_requests(recorded)) if recorded else set()
    return len(mine & theirs) / len(mine | theirs) if mine | theirs else 0


def _requests(inputs: Inputs) -> Iterator[tuple[str, str]]:
    yield from ((inputs.platform, f"conda {name} {constraint}") for name, constraint in inputs.conda.items())
    yield from ((inputs.platform, f"pypi {text}") for text in inputs.pypi)
    yield inputs.platform, f"python {inputs.python}"
