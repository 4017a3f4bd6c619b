"""The packages of another tool's lock as mixlock's: what each of PyPI's needs is judged for its platform."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from mixlock_hooks.model.core_metadata import CoreMetadata
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import PypiName
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.lock_graph import locked_target
from mixlock_hooks.rules.markers import applicable
from mixlock_hooks.rules.requested_extras import requested_extras

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.foreign import ForeignPackage
    from mixlock_hooks.model.locked import LockedPackage

_EXTRA = re.compile(r"extra\s*==\s*['\"]([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)['\"]", re.ASCII)


def locked(spec: PlatformSpec, packages: Iterable[ForeignPackage]) -> tuple[LockedPackage, ...]:
    """Return one platform's packages with their dependencies.

    Args:
        spec: what is asked for the platform, whose extras decide which requirements hold.
        packages: what another tool locked for it.
    """
    found = tuple(packages)
    target = locked_target(spec.platform, spec.virtual_packages, (each.package for each in found))
    environment = marker_environment(target)
    projects = {
        PypiName(canonicalize_name(each.package.name)): _metadata(each.requires)
        for each in found
        if each.package.manager is Manager.PIP
    }
    extras = requested_extras(applicable(spec.pypi, target), projects, environment)
    return tuple(_with_needs(each.package, projects, extras, environment) for each in found)


def _metadata(requires: Iterable[str]) -> CoreMetadata:
    requirements = tuple(map(_requirement, requires))
    named = dict.fromkeys(extra for text in requires for extra in _EXTRA.findall(text))
    return CoreMetadata(fields=(), extras=tuple(named), requirements=requirements)


def _requirement(text: str) -> Requirement | str:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return text


def _with_needs(
    package: LockedPackage,
    projects: Mapping[PypiName, CoreMetadata],
    extras: Mapping[PypiName, frozenset[str]],
    environment: Mapping[str, str],
) -> LockedPackage:
    if package.manager is Manager.CONDA:
        return package
    name = PypiName(canonicalize_name(package.name))
    needs: dict[str, str] = {}
    for needed, _extra in projects[name].holding(environment, extras.get(name, frozenset())):
        key = str(canonicalize_name(needed.name)) if isinstance(needed, Requirement) else ""
        if isinstance(needed, Requirement) and key != name:
            clauses = {*filter(None, needs.get(key, "").split(",")), *map(str, needed.specifier)}
            needs[key] = ",".join(sorted(clauses))
    return replace(package, name=name, dependencies=needs)
