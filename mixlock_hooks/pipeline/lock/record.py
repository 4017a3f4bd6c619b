"""From a lockfile to the whole set of an environment's files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, explicit_txt, inputs_text, pip_txt, stamp_json, wheelhouse_json
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.lock_paths import LOCKFILE, STAMP, WHEELHOUSE, explicit_name, pip_name
from mixlock_hooks.model.settings import ExplicitHash
from mixlock_hooks.model.stamp import SCHEMA, Stamp
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of
from mixlock_hooks.rules.wheel_plan import hashes_for

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.inputs import Inputs
    from mixlock_hooks.model.locked import Lockfile
    from mixlock_hooks.model.names import EnvironmentName, Subdir
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.model.stamp import Making
    from mixlock_hooks.model.wheelhouse import BuiltWheel

_SCHEMA = "mixlock.schema"
_LONGEST_SCHEMA = 9


def with_record(lockfile: Lockfile, inputs: Mapping[Subdir, Inputs], making: Making) -> Lockfile:
    """Return a lockfile with mixlock's record: what each platform was asked for, and how it was made."""
    facts = {_SCHEMA: str(SCHEMA)}
    for platform, asked in inputs.items():
        facts |= {f"mixlock.{platform}.{kind}": text for kind, text in inputs_text.render(asked).items()}
    return replace(lockfile, facts=facts, making=making)


def content_hash(inputs: Mapping[Subdir, Inputs]) -> dict[str, str]:
    """Return what stands for conda-lock's ``content_hash``: a hash of what is asked besides packages.

    With the requirements in it, every two branches that add a package would conflict in this line.
    """
    return {
        platform: hashlib.sha256(inputs_text.settings(asked).encode()).hexdigest()
        for platform, asked in inputs.items()
    }


def is_recorded(lockfile: Lockfile) -> bool:
    """Return whether mixlock recorded any fact of its own in a lockfile; another tool's has none."""
    return any(name.startswith("mixlock.") for name in lockfile.facts)


def is_older(lockfile: Lockfile) -> bool:
    """Return whether an older mixlock wrote a lockfile: it holds its own digests, and no stamp stands beside it."""
    return 0 < recorded_schema(lockfile) < SCHEMA


def is_whole(lockfile: Lockfile) -> bool:
    """Return whether nothing says that a lock of mixlock's was changed; an older one's digests are not asked."""
    return lockfile.is_stamped or is_older(lockfile)


def recorded_schema(lockfile: Lockfile) -> int:
    """Return the schema of the recorded inputs; 0 where mixlock recorded none."""
    text = lockfile.facts.get(_SCHEMA, "0")
    return int(text) if text.isdecimal() and len(text) < _LONGEST_SCHEMA else 0


def recorded_inputs(lockfile: Lockfile, platform: Subdir) -> Inputs | None:
    """Return what a platform was solved from; None where it is not recorded, or another platform's is."""
    kinds = (inputs_text.SETTINGS, inputs_text.CONDA, inputs_text.PYPI)
    found = {kind: lockfile.facts.get(f"mixlock.{platform}.{kind}", "") for kind in kinds}
    try:
        inputs = inputs_text.parse(found)
    except ValueError:
        return None
    return inputs if inputs.platform == platform else None


def recorded_cutoff(lockfile: Lockfile, platform: Subdir) -> str:
    """Return the moment after which nothing was considered for a platform (RFC 3339); empty where there was none."""
    return lockfile.making.cutoffs.get(platform, "")


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
        lockfile: with mixlock's record.
        wheels: what was built from its sdists.
    """
    content = conda_lock_yml.render(lockfile, _from_lock(settings.lock_places.lockfile(environment), source))
    return {LOCKFILE: content, **render_beside(lockfile, content, wheels, settings.explicit_hash)}


def _from_lock(lockfile: str, source: str) -> str:
    """Return a spec's path as it is written in a ``conda-lock.yml``, relative to the folder of that."""
    return "../" * lockfile.count("/") + source


def render_anew(lockfile: Lockfile, environment: EnvironmentSpec, path: str) -> bytes:
    """Render ``conda-lock.yml`` from its packages, and from the inputs that it records or that are asked now.

    Args:
        lockfile: what it holds.
        environment: whose it is.
        path: where it stands, relative to the root.
    """
    asked = {spec.platform: inputs_of(spec) for spec in environment.platforms}
    inputs: dict[Subdir, Inputs] = {}
    for platform in lockfile.platforms:
        found = recorded_inputs(lockfile, platform) or asked.get(platform)
        if found:
            inputs[platform] = found
    channels = next((each.channels for each in inputs.values()), lockfile.channels)
    body = replace(lockfile, channels=channels, platforms=tuple(sorted(inputs)), content_hash=content_hash(inputs))
    made = with_record(body, inputs, lockfile.making)
    return conda_lock_yml.render(made, _from_lock(path, environment.place.path))


def render_beside(
    lockfile: Lockfile,
    content: bytes,
    wheels: Sequence[BuiltWheel] = (),
    hashed: ExplicitHash = ExplicitHash.MD5,
) -> dict[str, bytes]:
    """Render what stands beside ``conda-lock.yml``: explicit and pip files, the record of wheels, the stamp.

    Args:
        lockfile: with mixlock's record.
        content: ``conda-lock.yml`` itself.
        wheels: what was built from its sdists.
        hashed: which hash of conda packages explicit files have.
    """
    files: dict[str, bytes] = {}
    inputs = {platform: recorded_inputs(lockfile, platform) for platform in lockfile.platforms}
    for platform, asked in inputs.items():
        packages = lockfile.for_platform(platform)
        sources = asked.pypi_sources if asked else None
        files[pip_name(platform)] = pip_txt.render(packages, sources, hashes_for(wheels, platform))
        files[explicit_name(platform)] = explicit_txt.render(platform, packages, hashed)
    if wheels:
        files[WHEELHOUSE] = wheelhouse_json.render(wheels)
    stamp = Stamp(
        making=lockfile.making,
        fingerprints={platform: fingerprint(asked) for platform, asked in inputs.items() if asked},
        digests={name: digest(text) for name, text in {LOCKFILE: content, **files}.items()},
    )
    return {**files, STAMP: stamp_json.render(stamp)}
