"""From a lockfile to the whole set of an environment's files."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, explicit_txt, inputs_json, pip_txt, wheelhouse_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.inputs import SCHEMA
from mixlock_hooks.model.lock_paths import LOCKFILE, WHEELHOUSE, explicit_name, pip_name
from mixlock_hooks.model.settings import ExplicitHash
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of, is_fingerprint_of
from mixlock_hooks.rules.wheel_plan import hashes_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.wheelhouse import BuiltWheel

_SCHEMA = "mixlock.schema"
_BODY = "mixlock.body"
_LONGEST_SCHEMA = 9
_TOLD = ("mixlock.engine", "mixlock.name-map")
_OF_OLD = ".hosts"
"""A fact that older locks record for each platform, and that nothing believes."""


def with_facts(
    lockfile: Lockfile, inputs: Mapping[Subdir, Inputs], engines: Mapping[str, str], cutoffs: Mapping[Subdir, str]
) -> Lockfile:
    """Return a lockfile with mixlock's facts: inputs, fingerprint and cutoff per platform, engines, body's digest."""
    facts = {_SCHEMA: str(SCHEMA), **engines}
    facts |= {f"mixlock.{platform}.cutoff": cutoff for platform, cutoff in cutoffs.items() if cutoff}
    for platform, asked in inputs.items():
        facts[f"mixlock.{platform}.inputs"] = inputs_json.render(asked)
        facts[f"mixlock.{platform}.fingerprint"] = fingerprint(asked)
    return replace(lockfile, facts={**facts, _BODY: body_digest(lockfile)})


def content_hash(inputs: Mapping[Subdir, Inputs]) -> dict[str, str]:
    """Return what stands for conda-lock's ``content_hash``: the bare fingerprints of what was asked."""
    return {platform: fingerprint(asked).partition(":")[2] for platform, asked in inputs.items()}


def body_digest(lockfile: Lockfile) -> str:
    """Return the digest over packages, channels and platforms: what a hand must not change."""
    packages = [
        [
            *(package.name, package.version, package.manager.value, package.platform),
            sorted(package.dependencies.items()),
            *(package.url, package.md5, package.sha256, package.category, package.optional),
        ]
        for package in conda_lock_yml.in_order(lockfile.packages)
    ]
    body = {
        "packages": packages,
        "channels": lockfile.channels,
        "platforms": sorted(lockfile.platforms),
        "content_hash": dict(lockfile.content_hash),
    }
    return digest(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())


def body_holds(lockfile: Lockfile) -> bool:
    """Return whether the body is the one that was written."""
    return lockfile.facts.get(_BODY) == body_digest(lockfile)


def is_recorded(lockfile: Lockfile) -> bool:
    """Return whether mixlock recorded any fact of its own in a lockfile; another tool's has none."""
    return any(name.startswith("mixlock.") for name in lockfile.facts)


def recorded_schema(lockfile: Lockfile) -> int:
    """Return the schema of the recorded inputs; 0 where mixlock recorded none."""
    text = lockfile.facts.get(_SCHEMA, "0")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_SCHEMA else 0


def recorded_inputs(lockfile: Lockfile, platform: Subdir) -> Inputs | None:
    """Return what a platform was solved from; None where it is not recorded, or not as its fingerprint says."""
    text = lockfile.facts.get(f"mixlock.{platform}.inputs")
    try:
        inputs = inputs_json.parse(text) if text else None
    except ValueError:
        return None
    if inputs and is_fingerprint_of(lockfile.facts.get(f"mixlock.{platform}.fingerprint", ""), inputs):
        return inputs
    return None


def recorded_cutoff(lockfile: Lockfile, platform: Subdir) -> str:
    """Return the moment after which nothing was considered for a platform (RFC 3339); empty where there was none."""
    return lockfile.facts.get(f"mixlock.{platform}.cutoff", "")


def render(
    environment: EnvironmentName,
    source: str,
    settings: Settings,
    lockfile: Lockfile,
    wheels: Sequence[BuiltWheel] = (),
) -> dict[str, bytes]:
    """Render every file of a lock.

    Args:
        environment: its name decides how far the lock's folder is from the spec.
        source: the spec's path, relative to the root.
        settings: the repository's: where its locks are, and the kind of hash in explicit files.
        lockfile: with mixlock's facts.
        wheels: what was built from its sdists.
    """
    files = {LOCKFILE: conda_lock_yml.render(lockfile, _from_lock(environment, settings.lock_dir, source))}
    recorded = {WHEELHOUSE: wheelhouse_json.render(wheels)} if wheels else {}
    return files | recorded | render_exports(lockfile, digest(files[LOCKFILE]), wheels, settings.explicit_hash)


def _from_lock(environment: EnvironmentName, lock_dir: str, source: str) -> str:
    """Return a spec's path as it is written in the lock, relative to the lock's folder."""
    return "../" * (f"{lock_dir}/{environment}".count("/") + 1) + source


def render_anew(lockfile: Lockfile, environment: EnvironmentSpec, lock_dir: str) -> bytes:
    """Render ``conda-lock.yml`` from its packages and from what is asked now.

    Of its facts only those are taken that decide nothing: engines, cutoffs, the digest of the name map, and inputs,
    which drift compares with today's.
    """
    asked = {spec.platform: inputs_of(spec) for spec in environment.platforms}
    inputs: dict[Subdir, Inputs] = {}
    for platform in lockfile.platforms:
        found = recorded_inputs(lockfile, platform) or asked.get(platform)
        if found:
            inputs[platform] = found
    kept = {name: text for name, text in lockfile.facts.items() if name in _TOLD or name.endswith(_OF_OLD)}
    cutoffs = {platform: recorded_cutoff(lockfile, platform) for platform in inputs}
    channels = next((each.channels for each in inputs.values()), lockfile.channels)
    prints = {platform: _recorded_fingerprint(lockfile, platform, each) for platform, each in inputs.items()}
    hashes: dict[str, str] = {platform: text.partition(":")[2] for platform, text in prints.items()}
    body = replace(lockfile, channels=channels, platforms=tuple(sorted(inputs)), content_hash=hashes)
    made = with_facts(body, inputs, kept, cutoffs)
    made = replace(
        made, facts={**made.facts, **{f"mixlock.{platform}.fingerprint": text for platform, text in prints.items()}}
    )
    return conda_lock_yml.render(made, _from_lock(environment.name, lock_dir, environment.place.path))


def _recorded_fingerprint(lockfile: Lockfile, platform: Subdir, inputs: Inputs) -> str:
    """Return the fingerprint that a lock records where it is that of the inputs, once with the cutoff among them."""
    recorded = lockfile.facts.get(f"mixlock.{platform}.fingerprint", "")
    return recorded if is_fingerprint_of(recorded, inputs) else fingerprint(inputs)


def render_exports(
    lockfile: Lockfile,
    lock_digest: str,
    wheels: Sequence[BuiltWheel] = (),
    hashed: ExplicitHash = ExplicitHash.MD5,
) -> dict[str, bytes]:
    """Render what is derived from ``conda-lock.yml``: explicit and pip files of every platform."""
    files: dict[str, bytes] = {}
    for platform in lockfile.platforms:
        packages = lockfile.for_platform(platform)
        inputs = recorded_inputs(lockfile, platform)
        pip = pip_txt.render(packages, inputs.pypi_sources if inputs else None, hashes_for(wheels, platform))
        facts = {
            "schema": str(SCHEMA),
            "fingerprint": lockfile.facts.get(f"mixlock.{platform}.fingerprint", "none"),
            "lock": lock_digest,
            "pip": digest(pip),
            **({"wheelhouse": digest(wheelhouse_json.render(wheels))} if wheels else {}),
        }
        files[pip_name(platform)] = pip
        files[explicit_name(platform)] = explicit_txt.render(platform, packages, facts, hashed)
    return files
