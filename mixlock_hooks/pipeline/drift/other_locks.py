"""The locks that belong to none of the configured environments: those of ``mixlock resolve``, and orphans."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import DriftReason, DriftReport
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP, aliases_path
from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.model.way_out import WayOut, locking
from mixlock_hooks.pipeline.aliases import kept_once, known_aliases
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.drift.look import Look, compare
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.load import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mixlock_hooks.model.alias import Alias, AliasTarget
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.drift.vouched import Vouched
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project


def elsewhere(
    project: Project,
    environments: Iterable[EnvironmentSpec],
    changed: frozenset[str] | None = None,
    *,
    by: Vouched | None = None,
    strict: bool = False,
) -> tuple[Look, ...]:
    """Return a look at each lock that belongs to none of the environments.

    One whose file is outside of the configured set (``mixlock resolve``) is compared with that file; one whose
    environment is no more is an orphan.

    Args:
        project: the repository.
        environments: those whose locks are looked at anyway.
        changed: look only at locks that these paths concern; None for all.
        by: which locks are vouched for, so that their record is believed; by default those of the last commit.
        strict: an environment that cannot be locked is an error.
    """
    environments = tuple(environments)
    known = {environment.name for environment in environments}
    locked, remaining = project.locks.with_remains()
    others = [project.locks.of(name) for name in locked if name not in known]
    if changed is not None:
        others = [lock for lock in others if _is_concerned(lock, changed)]

    def look(found: EnvironmentSpec) -> Look:
        verdict = judge(project, found, strict=strict)
        return Look(verdict=verdict, report=compare(project, verdict, by=by))

    aliases = known_aliases(project) if others else {}
    by = by or vouched(project)
    looks = [found for lock in others if (found := _elsewhere(project, lock, aliases, look, by))]
    looks = _with_takers(project, environments, looks)
    remains = (project.locks.of(name) for name in remaining if name not in known)
    return (*looks, *(_remains(lock) for lock in remains if changed is None or _is_concerned(lock, changed)))


def _remains(lock: LockFolder) -> Look:
    reason = DriftReason(
        code=Code.ORPHAN,
        place=lock.place(STAMP),
        claim=f"{lock.folder} holds files of a lock without {LOCKFILE}, and no spec asks for `{lock.name}`",
        way_out=WayOut(words=f"delete {lock.shown}, or restore {lock.path()} and its spec"),
    )
    return Look(report=DriftReport(environment=lock.name, reasons=(reason,)))


def _is_concerned(lock: LockFolder, changed: frozenset[str]) -> bool:
    return lock.source() in changed or lock.is_touched(changed)


def _elsewhere(
    project: Project,
    lock: LockFolder,
    aliases: Mapping[Alias, AliasTarget],
    look: Callable[[EnvironmentSpec], Look],
    by: Vouched,
) -> Look | None:
    """Return the look; None where the spec is there but cannot be read, which is told elsewhere."""
    source = lock.source()
    if source and project.files.read(source) is not None:
        loaded = load(project, source)
        found = next((spec for spec in loaded.environments if spec.name == lock.name), None)
        if found or has_errors(loaded.problems):
            return look(found) if found else None
    if any(target.environment == lock.name for target in aliases.values()):
        reasons = () if by.holds(lock) else tuple(_unknown(project, lock, by))
        return Look(report=DriftReport(environment=lock.name, reasons=reasons))
    kept = kept_once(project).get(lock.name)
    claim, words = f"no spec asks for `{lock.name}` any more", f"delete {lock.shown}, or restore its spec"
    if kept:
        claim = f"no alias leads to `{lock.name}` any more, which `{kept}` stands for and is immutable"
        words = f"keep it, and restore the entry of `{kept}` in {aliases_path(project.settings.lock_dir)}"
    reason = DriftReason(code=Code.ORPHAN, place=lock.place(), claim=claim, way_out=WayOut(words=words))
    return Look(report=DriftReport(environment=lock.name, reasons=(reason,)))


def _with_takers(project: Project, environments: Iterable[EnvironmentSpec], looks: list[Look]) -> list[Look]:
    """Return the looks, with the way out of each orphan that a new environment takes over when it is locked."""
    orphans = {look.report.environment for look in looks if look.verdict is None and look.report.reasons}
    new = [each for each in environments if LOCKFILE not in project.locks.of(each.name).names()] if orphans else []
    if not new:
        return looks
    from mixlock_hooks.pipeline.lock.preference import preference  # noqa: PLC0415 - few repositories have an orphan

    taken = {found.taken_over: each.name for each in new if (found := preference(project, each)).taken_over}
    return [replace(look, report=_moving(look.report, taken.get(look.report.environment))) for look in looks]


def _moving(report: DriftReport, taker: EnvironmentName | None) -> DriftReport:
    if taker is None:
        return report
    way_out = locking(taker)
    return replace(
        report,
        reasons=tuple(
            replace(reason, claim=f"{reason.claim}, and `{taker}` takes its versions over", way_out=way_out)
            for reason in report.reasons
        ),
    )


def _unknown(project: Project, lock: LockFolder, by: Vouched) -> Iterator[DriftReason]:
    """Yield a reason where a lock that only aliases stand for is none that the commit had, under whatever name.

    No spec tells what such a lock answers, so it is believed only as a copy of one that was reviewed.
    """
    given_to = project.locks.of(EnvironmentName(lock.name.partition("@")[0]))
    for name in lock.names():
        if lock.read(name) not in (by.before(lock.path(name)), by.before(given_to.path(name))):
            yield DriftReason(
                code=Code.BODY,
                place=lock.place(name),
                claim=f"{name} is none that was committed before, and no spec tells what `{lock.name}` answers",
                way_out=WayOut(words=f"run `git restore {lock.shown}`, or `mixlock resolve --alias` with a new tag"),
            )
