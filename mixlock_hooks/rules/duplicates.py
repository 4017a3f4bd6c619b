"""MIX006: one package asked for twice with different constraints.

conda-lock would keep the last one in silence. An entry without a constraint contradicts nothing, and the same
constraint twice is only said twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.selector import admits

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.environment import EnvironmentSpec

R = TypeVar("R", CondaRequirement, PypiRequirement)


def duplicates(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for every entry whose package an earlier one asks for otherwise, on any platform."""
    for platform in spec.platforms:
        admitted_conda = [entry for entry in spec.document.conda if admits(entry.selector, platform.platform)]
        admitted_pypi = [entry for entry in spec.document.pypi if admits(entry.selector, platform.platform)]
        yield from _among(admitted_conda)
        yield from _among(admitted_pypi)


def _among(entries: Sequence[Entry[R]]) -> Iterator[Problem]:
    first: dict[Hashable, Entry[R]] = {}
    for entry in entries:
        constraint = _constraint(entry.value)
        if not constraint:
            continue
        known = first.setdefault(_identity(entry.value), entry)
        if known is not entry and _constraint(known.value) != constraint:
            yield Problem(
                code=Code.CONTRADICTION,
                place=entry.place,
                claim=f"`{entry.value.name}` is asked for as `{_shown(entry.value)}` here "
                f"and as `{_shown(known.value)}` in line {known.place.line}",
                hint="write one entry with both constraints, such as name>=1,<2",
            )


def _identity(requirement: CondaRequirement | PypiRequirement) -> Hashable:
    if isinstance(requirement, CondaRequirement):
        return requirement.name
    return requirement.name, requirement.marker


def _constraint(requirement: CondaRequirement | PypiRequirement) -> str:
    if isinstance(requirement, CondaRequirement):
        return " ".join(filter(None, (requirement.channel, requirement.version, requirement.build)))
    return requirement.specifier


def _shown(requirement: CondaRequirement | PypiRequirement) -> str:
    if isinstance(requirement, CondaRequirement):
        return f"{requirement.key}{requirement.asked}{'=' + requirement.build if requirement.build else ''}"
    return f"{requirement.key}{requirement.specifier}"
