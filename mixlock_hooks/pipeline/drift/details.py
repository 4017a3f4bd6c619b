"""Explain drift: read the lock itself, and say which requirement, platform, setting or file differs.

What differs may not matter: a lock whose requirements changed but which is exactly an answer to them is *stale* only
in its record. A lock that mixlock did not write has no record, and is judged by what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, conflict_markers
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.drift import DriftReason, DriftReport
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP, explicit_name, is_rendered, pip_name
from mixlock_hooks.model.stamp import SCHEMA
from mixlock_hooks.model.way_out import WayOut, restoring
from mixlock_hooks.pipeline.aliases import kept_by, repair
from mixlock_hooks.pipeline.drift import exports, verification
from mixlock_hooks.pipeline.drift.setting_places import setting_places
from mixlock_hooks.pipeline.lock.record import (
    is_older,
    is_recorded,
    is_whole,
    recorded_inputs,
    recorded_schema,
    render_anew,
)
from mixlock_hooks.pipeline.locks import UnreadableLockError, parse_lock
from mixlock_hooks.rules.drift import compare, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.rules.findings import Finding


@dataclass(frozen=True, kw_only=True, slots=True)
class Trust:
    """How far a lock is believed.

    ``in_full``: not at all, so every package is judged, and every file rendered anew. ``is_ours``: it is known to be
    mixlock's own, even if nothing in it says so. ``in_review``: another tool's files lie where the spec says.
    """

    in_full: bool = False
    is_ours: bool = False
    in_review: bool = False


def explain(
    project: Project, environment: EnvironmentSpec, chosen: tuple[PlatformSpec, ...], trust: Trust
) -> DriftReport:
    """Return every difference between an environment and its lock, and which of them only make it stale.

    Args:
        project: the repository.
        environment: as merged from its spec.
        chosen: the platforms to look at.
        trust: how far the lock is believed.
    """
    explanation = _Explanation(project, environment, trust)
    reasons = joined(explanation.reasons(chosen))
    return DriftReport(environment=environment.name, reasons=reasons, stale=joined(explanation.stale))


class _Explanation:
    """One look at one lock."""

    def __init__(self, project: Project, environment: EnvironmentSpec, trust: Trust) -> None:
        self._project = project
        self._environment = environment
        self._names = project.names()
        self._lock = project.locks.of(environment.name)
        self._way_out = repair(project, environment)
        self._setting = setting_places(project, environment)
        self._in_full = trust.in_full
        self._is_ours = trust.is_ours
        self._in_review = trust.in_review
        self.stale: list[DriftReason] = []
        self._lines: dict[tuple[str, str], int] = {}

    def reasons(self, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        """Yield differences, from those that make the lock unreadable to those of single requirements."""
        conflicts = list(self._conflicts(chosen))
        if conflicts:
            yield from conflicts
            return
        lockfile = self._readable()
        if isinstance(lockfile, DriftReason):
            yield lockfile
            return
        schema = recorded_schema(lockfile)
        if schema > SCHEMA:
            claim = f"{LOCKFILE} was made by a newer mixlock (schema {schema}, known is {SCHEMA})"
            yield self._reason(Code.NEWER, self._lock.place(), claim, way_out=WayOut(words="upgrade mixlock"))
        elif schema or self._was_ours(lockfile):
            yield from self._of_lock(lockfile, chosen)
        else:
            yield from self._of_foreign(lockfile, chosen)

    def _readable(self) -> Lockfile | DriftReason:
        try:
            return self._lock.lockfile() or parse_lock(b"", self._lock.path())
        except UnreadableLockError as error:
            return self._reason(Code.BODY, self._lock.place(), f"{LOCKFILE} cannot be read: {error}")

    def _of_lock(self, lockfile: Lockfile, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        yield from self._surplus_platforms(lockfile, self._environment)
        for spec in chosen:
            yield from self._of_platform(lockfile, spec, intact=is_whole(lockfile))
        if lockfile.is_stamped:
            yield from self._of_exports(lockfile, chosen)
        else:
            yield from self._unstamped(lockfile)
        if self._in_full or not lockfile.is_stamped:
            yield from self._judged(lockfile, chosen)
        if self._in_full and lockfile.is_stamped:
            yield from self._of_itself(lockfile)

    def _unstamped(self, lockfile: Lockfile) -> Iterator[DriftReason]:
        """Yield why no stamp vouches for a lock. One that an immutable alias stands for keeps its older form."""
        if is_older(lockfile):
            claim = f"{LOCKFILE} is in the form of an older mixlock"
            if self._in_full:
                yield self._reason(Code.BODY, self._lock.place(), f"{claim}, and no commit vouches for it")
            elif not self._is_kept():
                self.stale.append(self._reason(Code.BODY, self._lock.place(), claim))
        elif self._lock.read(STAMP) is None:
            claim = f"{STAMP} is missing beside {LOCKFILE}: a run was interrupted, or the file was deleted"
            yield self._reason(Code.FILES_DISAGREE, self._lock.place(), claim, way_out=self._restoring)
        elif self._lock.stamp() is None:
            claim = f"{STAMP} is not what mixlock writes"
            yield self._reason(Code.BODY, self._lock.place(STAMP), claim, way_out=self._restoring)
        else:
            claim = f"{LOCKFILE} was changed by hand: it is not what was solved"
            yield self._reason(Code.BODY, self._lock.place(), claim, way_out=self._restoring)

    @cached_property
    def _restoring(self) -> WayOut | None:
        """Return what brings back the last commit's lock; None where that would lose what is merged."""
        repository = self._project.repository
        if not self._lock.is_restorable(repository.at_head) or next(repository.origins(self._lock.roots)).theirs:
            return None
        return restoring(self._lock.shown)

    def _is_kept(self) -> bool:
        """Return whether an immutable alias keeps the lock as it is, or nobody can tell."""
        try:
            return bool(kept_by(self._project, self._environment))
        except (ValueError, CannotDoError):
            return True

    def _judged(self, lockfile: Lockfile, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        """Yield what is wrong with the packages; only ``--force`` solves again what is not asked otherwise."""
        restoring = None if lockfile.is_stamped or is_older(lockfile) else self._restoring
        again = restoring or repair(self._project, self._environment, force=True)
        for spec in chosen:
            if spec.platform in lockfile.platforms:
                answered = verification.answered_spec(spec, lockfile, self._names, self._lock.place())
                yield from self._found(spec, verification.findings(answered, lockfile, self._names), again)

    def _of_itself(self, lockfile: Lockfile) -> Iterator[DriftReason]:
        """Compare ``conda-lock.yml`` with a fresh rendering of what it says, under the facts that hold today."""
        found = self._lock.read() or b""
        expected = render_anew(lockfile, self._environment, self._lock.path())
        if digest(found) != digest(expected):
            place = self._lock.place(line=exports.first_difference(found, expected))
            claim = f"{LOCKFILE} is not what mixlock writes: this line says something else, or is none of its own"
            yield self._reason(Code.BODY, place, claim)

    def _of_platform(self, lockfile: Lockfile, spec: PlatformSpec, *, intact: bool) -> Iterator[DriftReason]:
        if spec.platform not in lockfile.platforms:
            yield self._missing_platform(spec)
            return
        recorded = recorded_inputs(lockfile, spec.platform)
        if recorded is None:
            claim = f"{LOCKFILE} does not record what it was solved from"
            yield self._reason(Code.BODY, self._lock.place(), claim, platforms=(spec.platform,))
            return
        differences = list(compare(self._environment, spec, recorded, self._way_out, self._setting))
        if differences and intact and verification.still_answers(spec, recorded, lockfile, self._names):
            self.stale += differences
        else:
            yield from differences

    def _was_ours(self, lockfile: Lockfile) -> bool:
        """Return whether mixlock wrote a lock whose schema is gone: other facts, or files beside it, say so."""
        return self._is_ours or is_recorded(lockfile) or any(map(is_rendered, self._lock.names()))

    def _of_foreign(self, lockfile: Lockfile, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        """Judge a lock that another tool wrote by what it holds; it records neither settings nor indices."""
        environment = verification.on_platforms_of(lockfile, self._project, self._environment)
        if environment is self._environment:
            yield from self._surplus_platforms(lockfile, environment)
        elif len(chosen) == len(self._environment.platforms):
            chosen = environment.platforms
        for claim in verification.channel_claims(environment, lockfile):
            yield self._reason(Code.SOURCE, environment.place, claim)
        for spec in chosen:
            if spec.platform in lockfile.platforms:
                found = verification.findings(spec, lockfile, self._names, reviewed=self._in_review)
                yield from self._found(spec, found)
            else:
                yield self._missing_platform(spec)
        hosts = [] if self._in_review else sorted(verification.undeclared_hosts(chosen, lockfile))
        elsewhere = f"; nothing declares where some of its files lie: {', '.join(hosts)}" if hosts else ""
        claim = f"{LOCKFILE} was not written by mixlock; it is judged by what it holds{elsewhere}"
        self.stale.append(self._reason(Code.BODY, self._lock.place(), claim))

    def _found(
        self, spec: PlatformSpec, findings: Iterator[Finding], way_out: WayOut | None = None
    ) -> Iterator[DriftReason]:
        for found in findings:
            place = found.place or self._lock.place(line=self._line(found.package))
            yield self._reason(found.code, place, found.claim, platforms=(spec.platform,), way_out=way_out)

    def _line(self, package: LockedPackage | None) -> int:
        if package is None:
            return 1
        if not self._lines:
            self._lines = conda_lock_yml.package_lines(self._lock.read() or b"")
        exact = self._lines.get((package.name, package.manager.value))
        return exact or self._lines.get((package.name, ""), 1)

    def _surplus_platforms(self, lockfile: Lockfile, environment: EnvironmentSpec) -> Iterator[DriftReason]:
        asked = {spec.platform for spec in environment.platforms}
        for platform in lockfile.platforms:
            if platform not in asked:
                claim = "the lock has a platform that is no longer wanted:"
                yield self._reason(Code.PLATFORM, self._place_of_platforms(), claim, platforms=(platform,))

    def _missing_platform(self, spec: PlatformSpec) -> DriftReason:
        claim = "the lock lacks a platform that is wanted:"
        return self._reason(Code.PLATFORM, self._place_of_platforms(), claim, platforms=(spec.platform,))

    def _place_of_platforms(self) -> Place:
        """Return where platforms are named: a spec that names some does not ask the configuration."""
        named = self._environment.document.platforms
        return self._environment.place if named else self._setting("platforms")

    def _of_exports(self, lockfile: Lockfile, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        """Compare what stands beside with a fresh rendering; without the record of wheels there is none."""
        if self._lock.wheels_damage():
            return
        platforms, hashed = [spec.platform for spec in chosen], self._project.settings.explicit_hash
        setting = self._setting("explicit-hash")
        for found in exports.findings(self._lock, lockfile, platforms, hashed, setting):
            yield self._reason(found.code, found.place or self._lock.place(), found.claim)

    def _conflicts(self, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        names = [name for spec in chosen for name in (explicit_name(spec.platform), pip_name(spec.platform))]
        for name in (LOCKFILE, *names, STAMP):
            content = self._lock.read(name) or b""
            line = conflict_markers.first_line(content)
            if line:
                claim = f"{name} holds the markers of a merge conflict"
                yield self._reason(Code.CONFLICT, self._lock.place(name, line), claim)

    def _reason(
        self,
        code: Code,
        place: Place,
        claim: str,
        *,
        platforms: tuple[Subdir, ...] = (),
        way_out: WayOut | None = None,
    ) -> DriftReason:
        return DriftReason(code=code, place=place, claim=claim, platforms=platforms, way_out=way_out or self._way_out)
