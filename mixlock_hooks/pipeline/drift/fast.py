"""Compare environments with their locks: never the network, never a solver.

The YAML of a fresh lock is not parsed, as long as a commit vouches for it.
"""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import explicit_txt
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.drift import DriftReason, DriftReport
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import (
    LOCKFILE,
    STAMP,
    WHEELHOUSE,
    explicit_name,
    is_rendered,
    pip_name,
    platform_of,
)
from mixlock_hooks.model.place import at
from mixlock_hooks.model.stamp import SCHEMA
from mixlock_hooks.model.way_out import WayOut
from mixlock_hooks.pipeline.aliases import repair
from mixlock_hooks.pipeline.documents import of_one_file
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import ExplicitHash
    from mixlock_hooks.pipeline.drift.vouched import Vouched
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project


def drift(
    project: Project,
    environment: EnvironmentSpec,
    platforms: tuple[Subdir, ...] = (),
    *,
    by: Vouched | None = None,
) -> DriftReport:
    """Return whether an environment's lock says what its spec says, and every difference.

    Args:
        project: the repository.
        environment: as merged from its spec.
        platforms: look only at these; all where none is named.
        by: which locks are vouched for, so that their record is believed; by default those of the last commit.
    """
    try:
        return _compared(project, environment, platforms, by or vouched(project))
    except Exception as error:  # noqa: BLE001 - what stops the run is raised again
        claim = f"cannot be judged: {of_one_file(project, error)}"
    place, way_out = project.locks.of(environment.name).place(), repair(project, environment)
    reason = DriftReason(code=Code.BODY, place=place, claim=claim, way_out=way_out)
    return DriftReport(environment=environment.name, reasons=(reason,))


def _compared(
    project: Project, environment: EnvironmentSpec, platforms: tuple[Subdir, ...], by: Vouched
) -> DriftReport:
    lock = project.locks.of(environment.name)
    files = lock.names()
    chosen = tuple(spec for spec in environment.platforms if not platforms or spec.platform in platforms)
    blocked = "" if _has_all(files, chosen) else lock.blocked([spec.platform for spec in environment.platforms])
    if blocked:
        return DriftReport(environment=environment.name, reasons=(_in_the_way(project, environment, lock, blocked),))
    old = lock.left_behind()
    if old or LOCKFILE not in files:
        no_lock = _misplaced if old else _no_lock
        reason = no_lock(environment, lock, repair(project, environment))
        return DriftReport(environment=environment.name, reasons=(reason,))
    is_vouched = by.holds(lock)
    report = DriftReport(environment=environment.name, reasons=())
    if not (is_vouched and _is_fresh(lock, files, chosen, project.settings.explicit_hash, alone=bool(platforms))):
        from mixlock_hooks.pipeline.drift import details  # noqa: PLC0415 - only drift needs a lock's YAML

        trust = details.Trust(
            in_full=not is_vouched, is_ours=not is_vouched and by.was_ours(lock), in_review=by.in_review
        )
        report = details.explain(project, environment, chosen, trust)
    if environment.like:
        from mixlock_hooks.pipeline.likeness import with_likeness  # noqa: PLC0415 - few environments are like others

        report = with_likeness(project, environment, report, [spec.platform for spec in chosen])
    if WHEELHOUSE not in files:
        return report
    from mixlock_hooks.pipeline.wheels.record import with_wheelhouse  # noqa: PLC0415 - few locks record wheels

    return with_wheelhouse(project, report, [platform for name in files if (platform := platform_of(name))])


def _has_all(files: tuple[str, ...], chosen: tuple[PlatformSpec, ...]) -> bool:
    """Return whether a lock has every file that it must have."""
    rendered = {explicit_name(spec.platform) for spec in chosen} | {pip_name(spec.platform) for spec in chosen}
    return {LOCKFILE, STAMP, *rendered} <= {*files}


def _in_the_way(project: Project, environment: EnvironmentSpec, lock: LockFolder, name: str) -> DriftReason:
    """Return the reason for a folder in the place of a file, which no lock can be written over."""
    repairing = repair(project, environment)
    return DriftReason(
        code=Code.NO_LOCK if name == LOCKFILE else Code.FILES_DISAGREE,
        place=lock.place(name),
        claim=f"{lock.path(name)} is a folder, where a file of the lock of `{environment.name}` belongs",
        way_out=replace(repairing, words=f"move it away, then {repairing.words}"),
        is_missing=name == LOCKFILE,
    )


def _misplaced(environment: EnvironmentSpec, lock: LockFolder, way_out: WayOut) -> DriftReason:
    place = at(f"{lock.folder}/{LOCKFILE}")
    claim = f"`lock-at` says that the {LOCKFILE} of `{environment.name}` belongs at {lock.path()}"
    return DriftReason(code=Code.NO_LOCK, place=place, claim=claim, way_out=way_out)


def _no_lock(environment: EnvironmentSpec, lock: LockFolder, way_out: WayOut) -> DriftReason:
    others = [name for name in lock.names() if platform_of(name)]
    claim = f"`{environment.name}` has no lock" if not others else f"{LOCKFILE} is missing beside {others[0]}"
    return DriftReason(
        code=Code.NO_LOCK,
        place=environment.place,
        claim=claim,
        way_out=way_out,
        is_missing=True,
    )


def _is_fresh(
    lock: LockFolder, names: tuple[str, ...], chosen: tuple[PlatformSpec, ...], hashed: ExplicitHash, *, alone: bool
) -> bool:
    """Return whether the stamp vouches for every file, and for what is asked now."""
    stamp = lock.stamp()
    if stamp is None or stamp.schema != SCHEMA:
        return False
    asked = {spec.platform: fingerprint(inputs_of(spec)) for spec in chosen}
    recorded = {name: each for name, each in stamp.fingerprints.items() if name in asked or not alone}
    files = {name for name in names if name != STAMP and (name == LOCKFILE or is_rendered(name))}
    if recorded != asked or files != stamp.digests.keys():
        return False
    found = {name: lock.read(name) or b"" for name in files}
    explicit = (found.get(explicit_name(spec.platform), b"") for spec in chosen)
    return all(digest(found[name]) == known for name, known in stamp.digests.items()) and all(
        explicit_txt.is_hashed_by(content, hashed) for content in explicit
    )


def refuse_outside_of_git(project: Project, option: str) -> None:
    """Refuse to say whether git tracks a lock where there is no git.

    Raises:
        CannotDoError: there is none.
    """
    if not project.repository.is_in_git:
        raise CannotDoError(f"{option}: this is in no git repository, so nothing tells whether git tracks a lock")


def untracked(
    project: Project, environments: Iterable[EnvironmentSpec], reports: Iterable[DriftReport]
) -> list[DriftReport]:
    """Return the reports with a reason more where git does not track a lock, for then a commit does not hold it.

    A hook needs this: pre-commit sets aside what is changed and not staged, but not what git does not know.
    """
    places = {environment.name: environment.place for environment in environments}
    tracked = frozenset(project.repository.tracked())
    return [_with_untracked(project, report, places[report.environment], tracked) for report in reports]


def _with_untracked(project: Project, report: DriftReport, place: Place, tracked: frozenset[str]) -> DriftReport:
    lock = project.locks.of(report.environment)
    unknown = [name for name in lock.own_names() if lock.path(name) not in tracked]
    if not (unknown or report.reasons):
        return report
    rule = "" if lock.path() in tracked else project.repository.ignored_by(lock.path())
    spec = () if place.path == project.settings.source else (quote(place.path),)
    paths = " ".join((*(("--force",) if rule else ()), *spec, lock.shown))
    reasons = (replace(reason, way_out=reason.way_out.then_staged(paths)) for reason in report.reasons)
    report = replace(report, reasons=tuple(reasons))
    if not unknown:
        return report
    others = f" and {len(unknown) - 1} more of its files" if len(unknown) > 1 else ""
    claim = f"the lock of `{report.environment}` is not in git: {unknown[0]}{others}"
    way_out = WayOut(words=f"run `git add {lock.shown}`")
    if rule:
        claim = f"{claim}; git ignores it by {rule}"
        way_out = WayOut(words=f"take that rule out, or run `git add --force {lock.shown}`")
    reason = DriftReason(code=Code.NO_LOCK, place=place, claim=claim, way_out=way_out)
    return replace(report, reasons=(*report.reasons, reason))
