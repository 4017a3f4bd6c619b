"""Judge a lock by what it holds, platform by platform."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.place import at
from mixlock_hooks.model.urls import host_of
from mixlock_hooks.pipeline.load import load
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import constraints, hidden, verify
from mixlock_hooks.rules.declared_sources import undeclared
from mixlock_hooks.rules.fingerprint import bare_source, inputs_of
from mixlock_hooks.rules.lock_graph import LockGraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.rules.findings import Finding


def findings(
    spec: PlatformSpec, lockfile: Lockfile, names: Counterparts, *, reviewed: bool = False
) -> Iterator[Finding]:
    """Yield every way in which a lock is no answer for one platform.

    Of a lock that was made from several specs nobody can say what is surplus. Another tool's lock may have what no
    solve of mixlock's gives. Where its files lie, and what a direct reference is called, is judged in a review: a
    mirror may be meant that only its user knows. One file of each host is told.
    """
    locked = LockGraph(lockfile.for_platform(spec.platform), names)
    foreign = not lock_set.recorded_schema(lockfile)
    yield from chain(
        verify.unanswered(spec, locked),
        constraints.violated(spec, locked),
        verify.gaps(locked),
        verify.surplus(spec, locked, foreign=foreign) if lockfile.sources < 2 else (),  # noqa: PLR2004
        verify.misplaced(locked, foreign=foreign and not reviewed),
        verify.refused(spec, locked),
        verify.unhashed(locked),
        () if foreign else verify.less_hashed(locked),
        _from_elsewhere(spec, locked, foreign=foreign, reviewed=reviewed),
        (hidden.virtual if foreign else hidden.hidden)(lockfile, spec.platform),
    )


def _from_elsewhere(spec: PlatformSpec, locked: LockGraph, *, foreign: bool, reviewed: bool) -> Iterator[Finding]:
    if not foreign:
        return verify.from_elsewhere(spec, locked)
    return _one_of_each_host(verify.from_elsewhere(spec, locked) if reviewed else ())


def undeclared_hosts(specs: Iterable[PlatformSpec], lockfile: Lockfile) -> set[str]:
    """Return the hosts of a lock's files that lie in no place that its specs declare."""
    return {
        host_of(package.url) or package.url
        for spec in specs
        for package in lockfile.for_platform(spec.platform)
        if undeclared(package, spec)
    }


def _one_of_each_host(found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the first finding of each host: another tool's whole lock may come from a mirror that nothing names."""
    told = set()
    for each in found:
        host = host_of(each.package.url) if each.package else ""
        if host not in told:
            told.add(host)
            yield each


def answered_spec(spec: PlatformSpec, lockfile: Lockfile, names: Counterparts, place: Place) -> PlatformSpec:
    """Return what a lock is to be judged as an answer to: today's spec, or the one it records where that differs.

    That it differs is drift, and told as such; whether the lock was an answer at all is another question. Where it
    is no drift, because the lock answers today's spec still, nothing is read from the record.

    Args:
        spec: what is asked today.
        lockfile: the lock.
        names: what conda packages are called on PyPI.
        place: where the lock is.
    """
    recorded = lock_set.recorded_inputs(lockfile, spec.platform)
    if recorded is None or recorded == inputs_of(spec) or still_answers(spec, recorded, lockfile, names):
        return spec
    try:
        return replace(recorded_spec.parse(recorded, place), file_hosts=spec.file_hosts)
    except ValueError:
        return spec


def still_answers(spec: PlatformSpec, recorded: Inputs, lockfile: Lockfile, names: Counterparts) -> bool:
    """Return whether a platform's packages are exactly an answer to requirements that changed since."""
    try:
        before = recorded_spec.parse(recorded, at(""))
    except ValueError:
        return False
    return verify.still_answers(spec, before, LockGraph(lockfile.for_platform(spec.platform), names))


def on_platforms_of(lockfile: Lockfile, project: Project, environment: EnvironmentSpec) -> EnvironmentSpec:
    """Return an environment on the platforms of its lock, where neither spec nor configuration names any."""
    if environment.document.platforms or project.settings.platforms:
        return environment
    there = replace(project, settings=replace(project.settings, platforms=lockfile.platforms))
    merged = load(there, environment.document.path).environments
    return next((found for found in merged if found.name == environment.name), environment)


def channel_claims(environment: EnvironmentSpec, lockfile: Lockfile) -> Iterator[str]:
    """Yield how the channels that a spec names differ from those a lock says it was solved from."""
    if not environment.document.channels:
        return
    for spec in environment.platforms[:1]:
        asked = [urls_of(bare_source(channel), spec.platform) for channel in spec.channels]
        named = [channel for channel in lockfile.channels if channel != "nodefaults"]
        held = [urls_of(bare_source(channel), spec.platform) for channel in named]
        if asked != held:
            shown = ", ".join(lockfile.channels)
            yield f"the channels are `{', '.join(spec.channels)}`, the lock was solved from `{shown}`"
