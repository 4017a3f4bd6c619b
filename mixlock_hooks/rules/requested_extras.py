"""Which extras of projects are asked for, by the spec and by each other, and what those of conda's projects need."""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from mixlock_hooks.model.names import PypiName, pypi_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.requirement import PypiRequirement


def wanted_extras(
    asked: Iterable[PypiRequirement], projects: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> dict[PypiName, frozenset[str]]:
    """Return the extras that something asks of every project, known or not, normalized (PEP 685).

    Args:
        asked: the spec's requirements that hold on the target.
        projects: the metadata of what was chosen.
        environment: the target's marker variables.
    """
    found: dict[PypiName, set[str]] = defaultdict(set)
    todo = [(requirement.name, frozenset(requirement.extras)) for requirement in asked]
    seen: set[tuple[PypiName, frozenset[str]]] = set()
    while todo:
        name, extras = todo.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found[name] |= {pypi_name(extra) for extra in extras}
        if name in projects:
            for requirement, _extra in projects[name].holding(environment, _provided(projects[name], found[name])):
                if isinstance(requirement, Requirement):
                    todo.append((pypi_name(requirement.name), frozenset(requirement.extras)))
    return {name: frozenset(extras) for name, extras in found.items()}


def requested_extras(
    asked: Iterable[PypiRequirement], projects: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> dict[PypiName, frozenset[str]]:
    """Return the extras of every project that something needs and that the project provides, as it spells them.

    Arguments as for ``wanted_extras``.
    """
    wanted = wanted_extras(asked, projects, environment)
    return {name: frozenset(_provided(projects[name], extras)) for name, extras in wanted.items() if name in projects}


def not_provided(
    asked: Iterable[PypiRequirement], projects: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> tuple[str, ...]:
    """Return a sentence for each extra that something asks for and its project does not have: installers say nothing.

    Arguments as for ``wanted_extras``.
    """
    wanted = wanted_extras(asked, projects, environment)
    return tuple(
        f"`{name}` {dict(projects[name].fields).get('Version', '')} has no extra `{extra}`, which something asks for"
        for name, extras in sorted(wanted.items())
        if name in projects
        for extra in sorted(extras - {pypi_name(each) for each in projects[name].extras})
    )


def _provided(metadata: CoreMetadata, extras: Iterable[str]) -> set[str]:
    names = set(extras)
    return {extra for extra in metadata.extras if pypi_name(extra) in names}


def extras_alone(metadata: CoreMetadata, environment: Mapping[str, str], extras: Iterable[str]) -> CoreMetadata:
    """Return what some extras of a project need beyond the project itself, which is conda's."""
    provided = _provided(metadata, extras)
    needs = tuple(needed for needed, extra in metadata.holding(environment, provided) if extra)
    return replace(metadata, extras=tuple(sorted(provided)), requirements=needs)


def with_needs_of_held(
    metadata: CoreMetadata, held: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> CoreMetadata:
    """Return metadata that ask by themselves for what the extras of conda's projects need.

    ``uvicorn[standard]`` where conda holds uvicorn becomes ``uvicorn`` and each requirement of ``standard``, so that
    a lock, which knows no extras, says who needs them.

    Args:
        metadata: of a project that is PyPI's.
        held: what extras of conda's projects need, as ``extras_alone`` gives it.
        environment: the target's marker variables.
    """
    needs: list[Requirement | str] = []
    for requirement in metadata.requirements:
        needs += [requirement, *_needs_of_held(requirement, held, environment)]
    return replace(metadata, requirements=tuple(needs))


def _needs_of_held(
    requirement: Requirement | str, held: Mapping[PypiName, CoreMetadata], environment: Mapping[str, str]
) -> Iterator[Requirement]:
    """Yield what the extras of a requirement need, under the requirement's own marker, through conda's projects."""
    if isinstance(requirement, str):
        return
    todo, seen = [requirement], set()
    while todo:
        asked = todo.pop()
        name = pypi_name(asked.name)
        key = (name, frozenset(asked.extras))
        if name not in held or key in seen:
            continue
        seen.add(key)
        extras = _provided(held[name], map(pypi_name, asked.extras))
        for needed, _extra in held[name].holding(environment, extras):
            if isinstance(needed, Requirement):
                todo.append(needed)
                if pypi_name(needed.name) != name:
                    yield _under(needed, requirement)


def _under(needed: Requirement, asked: Requirement) -> Requirement:
    made = copy(needed)
    made.marker = asked.marker
    return made
