"""The wheels that a repository records beside a lock, and whether that record still is of the lock."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conflict_markers, explicit_txt, wheelhouse_json
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.drift import DriftReason, DriftReport
from mixlock_hooks.model.lock_paths import WHEELHOUSE, explicit_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.way_out import WayOut
from mixlock_hooks.rules.drift import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.wheelhouse import BuiltWheel
    from mixlock_hooks.pipeline.locks import LockFolder
    from mixlock_hooks.pipeline.project import Project


def with_wheelhouse(project: Project, report: DriftReport, platforms: Iterable[Subdir]) -> DriftReport:
    """Return a report with what is wrong with the record of wheels, where there is one.

    An sdist that has no wheel yet is only told: who changes a lock may not be able to build. Nothing of a lock's YAML
    is parsed; its explicit files name every sdist with its hash.
    """
    lock = project.locks.of(report.environment)
    content = lock.read(WHEELHOUSE)
    if content is None:
        return report
    place, way_out = lock.place(WHEELHOUSE), _building(report.environment)
    wheels = _readable(content, place, _building(report.environment, force=True))
    if isinstance(wheels, DriftReason):
        return replace(report, reasons=(*report.reasons, wheels))
    found = list(_locked_sdists(lock, platforms))
    locked = {sha256: name for _platform, sha256, name in found}
    wrong = [
        DriftReason(code=Code.WHEEL, place=at(path), claim=claim, way_out=way_out)
        for path, claim in (*_surplus(wheels, locked, place.path), *_changed(project, wheels))
    ]
    known = {(platform, wheel.sdist_sha256) for wheel in wheels for platform in wheel.platforms}
    missing = [
        DriftReason(
            code=Code.WHEEL,
            place=place,
            claim=f"no wheel of `{name}` is recorded",
            way_out=way_out,
            platforms=(platform,),
        )
        for platform, sha256, name in found
        if (platform, sha256) not in known
    ]
    return replace(report, reasons=(*report.reasons, *wrong), unbuilt=joined(missing))


def _building(environment: str, *, force: bool = False) -> WayOut:
    options = " --force" if force else ""
    return WayOut(words=f"run `mixlock wheelhouse{options} {quote(environment)}`")


def _readable(content: bytes, place: Place, again: WayOut) -> tuple[BuiltWheel, ...] | DriftReason:
    conflict = conflict_markers.first_line(content)
    if conflict:
        claim = f"{WHEELHOUSE} holds the markers of a merge conflict"
        place = at(place.path, conflict)
        return DriftReason(code=Code.CONFLICT, place=place, claim=claim, way_out=again)
    try:
        return wheelhouse_json.parse(content)
    except wheelhouse_json.NotAWheelhouseError as error:
        claim = f"{WHEELHOUSE} does not hold: {error}"
        way_out = WayOut(words=f"take it back from git, or {again.words}")
        return DriftReason(code=Code.WHEEL, place=place, claim=claim, way_out=way_out)


def _locked_sdists(lock: LockFolder, platforms: Iterable[Subdir]) -> Iterator[tuple[Subdir, str, str]]:
    """Yield platform, sha256 and name of each sdist."""
    for platform in platforms:
        content = lock.read(explicit_name(platform)) or b""
        for sha256, name in explicit_txt.sdists(content):
            yield platform, sha256, name


def _surplus(wheels: Iterable[BuiltWheel], locked: dict[str, str], path: str) -> Iterator[tuple[str, str]]:
    for wheel in wheels:
        if wheel.sdist_sha256 not in locked:
            yield path, f"{WHEELHOUSE} records a wheel of `{wheel.name}` {wheel.version}, whose sdist is not locked"


def _changed(project: Project, wheels: Iterable[BuiltWheel]) -> Iterator[tuple[str, str]]:
    """Yield the wheels in the repository's folder that are others than recorded."""
    for file, digests in _by_file(wheels).items():
        path = f"{project.settings.wheelhouse_dir}/{file}"
        content = project.files.read(path)
        found = hashlib.sha256(content).hexdigest() if content is not None else ""
        if found and found not in digests and found not in _recorded_elsewhere(project):
            yield path, f"{file} is another wheel than {WHEELHOUSE} records"


def _recorded_elsewhere(project: Project) -> set[str]:
    """Return every digest that any lock of the repository records: environments may share the folder."""
    found: set[str] = set()
    for lock in project.locks:
        with suppress(wheelhouse_json.NotAWheelhouseError):
            found |= {wheel.sha256 for wheel in lock.recorded_wheels()}
    return found


def _by_file(wheels: Iterable[BuiltWheel]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for wheel in wheels:
        found.setdefault(wheel.file, set()).add(wheel.sha256)
    return found
