"""Which versions a build's requirements are held to, and what is a requirement at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from mixlock_hooks.model.constraint import satisfies
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.wheel_plan import ABI, compilable_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packaging.tags import Tag

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile


def attempts_of(asked: Iterable[str], held: Mapping[PypiName, str]) -> tuple[tuple[str, ...], ...]:
    """Return the constraints to try, the strictest first.

    That is every held version but for those that the build's own requirements exclude; then only those that compiled
    code depends on; then, for builds that ask for the oldest that will do, nothing newer than those.
    """
    excluded = {pypi_name(each.name) for each in map(requirement, asked) if each and _excludes(each, held)}
    fitting = {name: version for name, version in held.items() if name not in excluded}
    bound = {name: version for name, version in fitting.items() if name in ABI}
    attempts = (
        tuple(f"{name}=={version}" for name, version in fitting.items()),
        tuple(f"{name}=={version}" for name, version in bound.items()),
        tuple(f"{name}{compilable_for(version)}" for name, version in bound.items()),
    )
    return tuple(dict.fromkeys(attempts))


def requirement(text: str) -> Requirement | None:
    """Parse a requirement (PEP 508); None where it is none."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _excludes(asked: Requirement, held: Mapping[PypiName, str]) -> bool:
    version = held.get(pypi_name(asked.name))
    return version is not None and not satisfies(version, str(asked.specifier))


def best_wheel(files: Iterable[ProposedFile], tags: Sequence[Tag]) -> ProposedFile | None:
    """Return the wheel whose tag comes first among those of a python, as installers choose; None where none fits."""
    ranks = {tag: rank for rank, tag in enumerate(tags)}
    ranked = [(_rank(file.name, ranks), file) for file in files if file.is_wheel]
    best = min(ranked, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] < len(ranks) else None


def _rank(wheel: str, ranks: Mapping[Tag, int]) -> int:
    try:
        found = parse_wheel_filename(wheel)[3]
    except InvalidWheelFilename:
        return len(ranks)
    return min((ranks.get(tag, len(ranks)) for tag in found), default=len(ranks))
