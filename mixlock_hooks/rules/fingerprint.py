"""Normalise what was asked, and take its fingerprint.

Comments, quoting, order of requirements, line endings, the working directory and the environment do not reach
the inputs; the order of channels and indices does; credentials never do.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mixlock_hooks.model.channels import canonical
from mixlock_hooks.model.inputs import Inputs
from mixlock_hooks.model.names import Fingerprint
from mixlock_hooks.model.settings import MACHINE_INDEX, NO_INDEX
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement


def inputs_of(spec: PlatformSpec) -> Inputs:
    """Return the normalised inputs of one platform."""
    python = spec.python
    return Inputs(
        platform=spec.platform,
        channels=tuple(map(bare_channel, spec.channels)),
        indices=tuple(bare_source(index) for index in spec.indices),
        default_index=bare_source(spec.default_index),
        channel_priority=spec.channel_priority.value,
        virtual_packages=dict(spec.virtual_packages),
        python=_constraint(python) if python else None,
        conda={
            conda_key(requirement): _constraint(requirement)
            for requirement in spec.conda
            if requirement != python or requirement.channel
        },
        pypi=tuple(sorted(pypi_text(requirement) for requirement in spec.pypi)),
        left_out=spec.left_out,
        prereleases=spec.prereleases,
        find_links=tuple(map(bare_source, spec.find_links)),
        index_of={name: bare_source(url) for name, url in spec.index_of},
        constraints=tuple(sorted(map(pypi_text, spec.constraints))),
        pip_constraints=tuple(sorted(map(pypi_text, spec.pip_constraints))),
        implied=tuple(conda_key(requirement) for requirement in spec.conda if requirement.implied),
    )


def fingerprint(inputs: Inputs) -> Fingerprint:
    """Return the sha256 over the canonical JSON of the inputs (keys sorted, no spaces, ASCII)."""
    return _fingerprint(inputs.deciding())


def _fingerprint(deciding: Mapping[str, Any]) -> Fingerprint:
    text = json.dumps(deciding, sort_keys=True, separators=(",", ":"))
    return Fingerprint(f"sha256:{hashlib.sha256(text.encode()).hexdigest()}")


def older_fingerprint(inputs: Inputs) -> Fingerprint:
    """Return the fingerprint of an older mixlock, which took the cutoff for one of the inputs."""
    return _fingerprint({**inputs.deciding(), "exclude_newer": inputs.exclude_newer})


def pypi_text(requirement: PypiRequirement) -> str:
    """Return a requirement's canonical text: PEP 508 with its hashes behind."""
    marker = f"; {requirement.marker}" if requirement.marker else ""
    hashes = "".join(f" --hash={value}" for value in requirement.hashes)
    return f"{requirement.key}{requirement.specifier}{marker}{hashes}"


def conda_key(requirement: CondaRequirement) -> str:
    """Return a requirement's key as inputs hold it: ``channel::name``, without credentials."""
    return replace(requirement, channel=bare_channel(requirement.channel)).key


def _constraint(requirement: CondaRequirement) -> str:
    return "" if requirement.constraint == "*" else requirement.constraint


def bare_channel(channel: str) -> str:
    """Return a channel as inputs hold it: without credentials, by its shortest name."""
    return canonical(bare_source(channel))


def bare_source(place: str) -> str:
    """Return a channel's name, or the URL of a channel or index without credentials, as inputs hold it."""
    if place in {MACHINE_INDEX, NO_INDEX} or "://" not in place:
        return place
    return without_credentials(place)
