"""What a build is known by: all that decides its wheel but for the build requirements, which a build finds out."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.wheelhouse import WheelPlan

_BUILDER = "mixlock-build 1"
"""Counted up when the same build would give another wheel than before; who calls the hooks does not matter."""


@cache
def builder_name() -> str:
    """Name what builds, as a repository records it."""
    return f"{_BUILDER}, build {version('build')}"


def build_key(plan: WheelPlan, *, network: bool = False) -> str:
    """Return the key of a plan: sdist, python, platform, what the repository adds to the build, builder, network."""
    asked = sorted(plan.extra_requires)
    with_network = ["network"] if network else []
    return key_of([plan.package.sha256, plan.python, plan.targets[0].platform, asked, _BUILDER, *with_network])


def key_of(parts: object) -> str:
    """Return one name for many facts."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
