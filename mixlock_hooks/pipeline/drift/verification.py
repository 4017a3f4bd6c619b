"""Judge a lock by what it holds, platform by platform."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

from mixlock_hooks.formats import recorded_spec
from mixlock_hooks.model.channels import urls_of
from mixlock_hooks.model.place import at
from mixlock_hooks.pipeline.load import load
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import verify
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.rules.lock_graph import LockGraph
from mixlock_hooks.rules.verify import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec, PlatformSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.pipeline.project import Project

__all__ = ["Finding", "channel_claims", "findings", "on_platforms_of", "still_answers"]


def findings(spec: PlatformSpec, lockfile: Lockfile, names: Counterparts) -> Iterator[Finding]:
    """Yield every way in which a lock is no answer for one platform.

    Of a lock that was made from several specs nobody can say what is surplus. Where it does not record which hosts
    its solve was led to, hosts are not judged: a channel may keep its packages elsewhere (CEP 15), and an index
    nearly always does.
    """
    locked = LockGraph(lockfile.for_platform(spec.platform), names)
    foreign = not lock_set.recorded_schema(lockfile)
    hosts = lock_set.recorded_hosts(lockfile, spec.platform)
    yield from chain(
        verify.unanswered(spec, locked),
        verify.gaps(locked),
        verify.surplus(spec, locked, foreign=foreign) if lockfile.sources < 2 else (),  # noqa: PLR2004
        verify.misplaced(locked, foreign=foreign),
        verify.refused(spec, locked),
        verify.unhashed(locked),
        verify.from_elsewhere(spec, locked, hosts) if hosts else (),
    )


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
