"""Explain drift: read the lock itself, and say which requirement, platform, setting or file differs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.drift import DriftCode, DriftReason
from mixlock_hooks.model.inputs import SCHEMA
from mixlock_hooks.model.lock_paths import LOCKFILE, explicit_name, folder_of, pip_name, platform_of
from mixlock_hooks.model.place import Place, at
from mixlock_hooks.pipeline.lock_set import body_holds, recorded_inputs, recorded_schema, render_exports
from mixlock_hooks.rules.drift import compare, joined
from mixlock_hooks.rules.fingerprint import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.load import Project

_CONFLICT = re.compile(rb"^(?:<<<<<<<|>>>>>>>|=======$)", re.MULTILINE)


def explain(
    project: Project, environment: EnvironmentSpec, chosen: tuple[PlatformSpec, ...]
) -> tuple[DriftReason, ...]:
    """Return every difference between an environment and its lock; at least one is there."""
    return joined(_Explanation(project, environment).reasons(chosen))


class _Explanation:
    """One look at one lock."""

    def __init__(self, project: Project, environment: EnvironmentSpec) -> None:
        self._files = project.files
        self._environment = environment
        self._folder = folder_of(project.settings.lock_dir, environment.name)
        self._command = f"run `mixlock lock {environment.name}`"

    def reasons(self, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        """Yield differences, from those that make the lock unreadable to those of single requirements."""
        conflicts = list(self._conflicts(chosen))
        if conflicts:
            yield from conflicts
            return
        content = self._files.read(f"{self._folder}/{LOCKFILE}") or b""
        try:
            lockfile = conda_lock_yml.parse(content)
        except conda_lock_yml.NotALockfileError as error:
            yield self._reason(DriftCode.BODY, self._lock_place(), f"{LOCKFILE} cannot be read: {error}")
            return
        if recorded_schema(lockfile) > SCHEMA:
            claim = f"{LOCKFILE} was made by a newer mixlock (schema {recorded_schema(lockfile)}, known is {SCHEMA})"
            yield self._reason(DriftCode.NEWER, self._lock_place(), claim, command="upgrade mixlock")
            return
        yield from self._of_lock(lockfile, digest(content), chosen)

    def _of_lock(
        self, lockfile: Lockfile, lock_digest: str, chosen: tuple[PlatformSpec, ...]
    ) -> Iterator[DriftReason]:
        asked = {spec.platform for spec in self._environment.platforms}
        for platform in lockfile.platforms:
            if platform not in asked:
                claim = "the lock holds a platform that is no longer asked for:"
                yield self._reason(DriftCode.PLATFORM, self._environment.place, claim, platforms=(platform,))
        for spec in chosen:
            yield from self._of_platform(lockfile, spec)
        if recorded_schema(lockfile) and not body_holds(lockfile):
            claim = f"{LOCKFILE} was changed by hand: it is not what was solved"
            yield self._reason(DriftCode.BODY, self._lock_place(), claim)
        else:
            yield from self._of_exports(lockfile, lock_digest, chosen)

    def _of_platform(self, lockfile: Lockfile, spec: PlatformSpec) -> Iterator[DriftReason]:
        if spec.platform not in lockfile.platforms:
            claim = "the lock does not hold a platform that is asked for:"
            yield self._reason(DriftCode.PLATFORM, self._environment.place, claim, platforms=(spec.platform,))
            return
        recorded = recorded_inputs(lockfile, spec.platform)
        if recorded is None:
            claim = f"{LOCKFILE} does not record what it was solved from"
            yield self._reason(DriftCode.BODY, self._lock_place(), claim, platforms=(spec.platform,))
            return
        yield from compare(self._environment, spec, recorded, inputs_of(spec), self._command)

    def _of_exports(
        self, lockfile: Lockfile, lock_digest: str, chosen: tuple[PlatformSpec, ...]
    ) -> Iterator[DriftReason]:
        """Compare explicit and pip files with a fresh rendering."""
        rendered = render_exports(lockfile, lock_digest)
        platforms = {spec.platform for spec in chosen} & set(lockfile.platforms)
        names = [name for platform in sorted(platforms) for name in (explicit_name(platform), pip_name(platform))]
        for name in names:
            found = self._files.read(f"{self._folder}/{name}")
            if found is None:
                claim = f"{name} is missing beside {LOCKFILE}"
                yield self._reason(DriftCode.FILES_DISAGREE, self._lock_place(), claim)
            elif digest(found) != digest(rendered[name]):
                place = at(f"{self._folder}/{name}", _first_difference(found, rendered[name]))
                claim = f"{name} does not say what {LOCKFILE} says"
                yield self._reason(DriftCode.FILES_DISAGREE, place, claim)
        for name in self._files.names(self._folder):
            platform = platform_of(name)
            if platform and platform not in lockfile.platforms:
                claim = f"{name} is for a platform that {LOCKFILE} does not hold"
                yield self._reason(DriftCode.FILES_DISAGREE, at(f"{self._folder}/{name}"), claim)

    def _conflicts(self, chosen: tuple[PlatformSpec, ...]) -> Iterator[DriftReason]:
        names = [name for spec in chosen for name in (explicit_name(spec.platform), pip_name(spec.platform))]
        for name in (LOCKFILE, *names):
            content = self._files.read(f"{self._folder}/{name}") or b""
            found = _CONFLICT.search(content)
            if found:
                line = content.count(b"\n", 0, found.start()) + 1
                claim = f"{name} holds the markers of a merge conflict"
                yield self._reason(DriftCode.CONFLICT, at(f"{self._folder}/{name}", line), claim)

    def _lock_place(self) -> Place:
        return at(f"{self._folder}/{LOCKFILE}")

    def _reason(
        self, code: DriftCode, place: Place, claim: str, *, platforms: tuple[Subdir, ...] = (), command: str = ""
    ) -> DriftReason:
        return DriftReason(code=code, place=place, claim=claim, platforms=platforms, command=command or self._command)


def _first_difference(found: bytes, expected: bytes) -> int:
    """Return the first line in which two files differ, counted from 1."""
    pairs = zip(found.splitlines(), expected.splitlines(), strict=False)
    same = 0
    for mine, theirs in pairs:
        if mine.rstrip() != theirs.rstrip():
            break
        same += 1
    return same + 1
