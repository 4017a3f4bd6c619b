"""Compare environments with their locks. Never the network, never a solver; a fresh lock's YAML is not parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import lock_header
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.drift import DriftCode, DriftReason, DriftReport
from mixlock_hooks.model.inputs import SCHEMA
from mixlock_hooks.model.lock_paths import LOCKFILE, explicit_name, folder_of, pip_name, platform_of
from mixlock_hooks.model.place import at
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.load import Project


def drift(project: Project, environment: EnvironmentSpec, platforms: tuple[Subdir, ...] = ()) -> DriftReport:
    """Tell whether an environment's lock says what its spec says, and every difference.

    Args:
        project: the repository.
        environment: as merged from its spec.
        platforms: look only at these; all where none is named.
    """
    folder = folder_of(project.settings.lock_dir, environment.name)
    names = project.files.names(folder)
    chosen = tuple(spec for spec in environment.platforms if not platforms or spec.platform in platforms)
    if LOCKFILE not in names:
        return DriftReport(environment=environment.name, reasons=(_no_lock(environment, names),))
    if _is_fresh(project, folder, names, chosen, alone=bool(platforms)):
        return DriftReport(environment=environment.name, reasons=())
    from mixlock_hooks.pipeline.explain import explain  # noqa: PLC0415 - only drift needs a lock's YAML

    return DriftReport(environment=environment.name, reasons=explain(project, environment, chosen))


def _no_lock(environment: EnvironmentSpec, names: tuple[str, ...]) -> DriftReason:
    others = [name for name in names if platform_of(name)]
    claim = f"`{environment.name}` has no lock" if not others else f"{LOCKFILE} is missing beside {others[0]}"
    return DriftReason(
        code=DriftCode.NO_LOCK, place=environment.place, claim=claim, command=f"run `mixlock lock {environment.name}`"
    )


def _is_fresh(
    project: Project, folder: str, names: tuple[str, ...], chosen: tuple[PlatformSpec, ...], *, alone: bool
) -> bool:
    """Tell whether headers and digests of every file hold for what is asked now."""
    locked = {platform for name in names if (platform := platform_of(name))}
    if not alone and locked != {spec.platform for spec in chosen}:
        return False
    lock = project.files.read(f"{folder}/{LOCKFILE}")
    if lock is None:
        return False
    lock_digest = digest(lock)
    return all(_platform_is_fresh(project, folder, spec, lock_digest) for spec in chosen)


def _platform_is_fresh(project: Project, folder: str, spec: PlatformSpec, lock_digest: str) -> bool:
    explicit = project.files.read(f"{folder}/{explicit_name(spec.platform)}")
    header = lock_header.parse(explicit) if explicit is not None else None
    if explicit is None or header is None or header.schema != SCHEMA or header.lock != lock_digest:
        return False
    pip = project.files.read(f"{folder}/{pip_name(spec.platform)}")
    return (
        pip is not None
        and header.pip == digest(pip)
        and header.digest == digest(lock_header.without_digest(explicit))
        and header.fingerprint == fingerprint(inputs_of(spec))
    )


def orphans(project: Project, environments: Iterable[EnvironmentSpec]) -> tuple[DriftReport, ...]:
    """Return a report for each lock whose environment is no more."""
    known = {environment.name for environment in environments}
    lock_dir = project.settings.lock_dir
    suffix = f"/{LOCKFILE}"
    found = [path for path in project.files.below(lock_dir) if path.endswith(suffix)]
    reports = []
    for path in found:
        name = path[len(lock_dir) + 1 : -len(suffix)]
        if name not in known:
            reason = DriftReason(
                code=DriftCode.ORPHAN,
                place=at(path),
                claim=f"no spec asks for `{name}` any more",
                command=f"delete {path.removesuffix(suffix)}, or restore its spec",
            )
            reports.append(DriftReport(environment=name, reasons=(reason,)))  # type: ignore[arg-type]
    return tuple(reports)
