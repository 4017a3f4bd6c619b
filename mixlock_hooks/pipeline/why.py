"""Explain one package of one lock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.why import Reason
from mixlock_hooks.pipeline.choose import choose
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.load import load
from mixlock_hooks.rules.constraints import binding
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.rules.lock_graph import LockGraph, key_of
from mixlock_hooks.rules.why import chains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project


def spec_of(project: Project, name: EnvironmentName) -> EnvironmentSpec:
    """Read what a lock's environment asks for, from the spec that the lock says it was made from.

    Raises:
        UsageError: there is no such spec any more, or it cannot be read.
    """
    source = project.locks.of(name).source() if name not in project.settings.environments else ""
    loaded = load(project, source) if source and project.files.read(source) is not None else choose(project, [name])
    found = next((environment for environment in loaded.environments if environment.name == name), None)
    if found is None or found.document.is_unreadable:
        raise UsageError(f"{name}: its spec cannot be read, so its requirements are unknown")
    return found


def why(project: Project, environment: EnvironmentSpec, lockfile: Lockfile, wanted: str) -> tuple[Reason, ...]:
    """Return why a package is locked, for each platform that holds it; those with one answer are joined.

    Raises:
        UsageError: the lock holds no such package.
    """
    joined: dict[str, Reason] = {}
    for platform in lockfile.platforms:
        spec = environment.for_platform(platform)
        locked = LockGraph(lockfile.for_platform(platform), project.names())
        for package in _named(locked, wanted):
            found = chains(spec, locked, package) if spec else ()
            steps = [(chain.place, [_told(link.package) for link in chain.links]) for chain in found]
            key = repr((_told(package), steps))
            first = Reason(
                package=package,
                chains=found,
                platforms=(),
                bound_to=_bound_to(spec, package),
                constraints=tuple(binding(spec, locked, package)) if spec else (),
            )
            known = joined.get(key, first)
            joined[key] = replace(known, platforms=(*known.platforms, platform))
    if not joined:
        names = dict.fromkeys(package.name for package in lockfile.packages)
        way_out = meant(wanted, names, f"`mixlock show {environment.name}` lists what is")
        raise UsageError(f"{wanted} is not in the lock of {environment.name}; {way_out}")
    return tuple(joined.values())


def drifted(project: Project, environment: EnvironmentSpec) -> Iterator[str]:
    """Say that a lock is no answer to its spec any more: what asks for a package now is not what brought it."""
    report = drift(project, environment)
    if not report.fresh:
        first = report.problems()[0]
        yield (
            f"the lock of {environment.name} has drifted, so what the spec asks for may not be what is locked "
            f"({first.place}: {first.code} {first.claim}); {first.hint}"
        )


def _bound_to(spec: PlatformSpec | None, package: LockedPackage) -> str:
    bound = dict(spec.index_of) if spec and package.manager is Manager.PIP else {}
    return bare_source(bound.get(pypi_name(package.name), ""))


def _told(package: LockedPackage) -> tuple[str, str, str]:
    return package.manager.value, package.name, package.version


def _named(locked: LockGraph, wanted: str) -> list[LockedPackage]:
    """Return the packages of that name: conda's, PyPI's, or both."""
    found = (locked.conda.get(wanted.lower()), locked.of_pypi(wanted), locked.pip.get(canonicalize_name(wanted)))
    return list({key_of(package): package for package in found if package}.values())
