"""MIX006: constraints that no version can satisfy, in one entry or in several of one package.

Several entries of one package are joined, which conda-lock would not do: it keeps the last one in silence. An entry
without a constraint adds nothing, and the same constraint twice is only repeated.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.model import conda_constraint, constraint
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.selector import admits

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import Subdir, VirtualName

R = TypeVar("R", CondaRequirement, PypiRequirement)
_ONE_ENTRY = "write one entry with both constraints, such as name>=1,<2"
_NO_VERSION = "correct it: some version must be able to satisfy all of it"


def duplicates(spec: EnvironmentSpec) -> Iterator[Problem]:
    """Yield a problem for everything that cannot be satisfied on a platform, a warning for what is joined."""
    for platform in spec.platforms:
        yield from _of(_admitted(spec.document.conda, platform.platform), platform.conda)
        yield from _of(_admitted(spec.document.pypi, platform.platform), platform.pypi)
        if not spec.steps:  # a step's go over its flow's
            every = spec.document.virtual_packages
            yield from _of_virtual(entry for entry in every if admits(entry.selector, platform.platform))


def _of_virtual(entries: Iterable[Entry[tuple[VirtualName, str]]]) -> Iterator[Problem]:
    """Yield a problem for every virtual package that gets a second version: no machine has two."""
    versions: dict[VirtualName, Entry[tuple[VirtualName, str]]] = {}
    for entry in entries:
        (name, version), first = entry.value, versions.setdefault(entry.value[0], entry)
        if first.value[1] != version:
            claim = f"`{name}` is `{version}` here and `{first.value[1]}` in {first.place.seen_from(entry.place)}"
            hint = "keep one of the two, or select one for each platform"
            yield Problem(code=Code.CONTRADICTION, place=entry.place, claim=claim, hint=hint)


def contradiction(first: Entry[R], second: Entry[R]) -> Problem | None:
    """Return the problem of two entries of one package that cannot be joined; None where they can."""
    both = f"{_both(first, second)}, and "
    part = _unjoinable(first.value, second.value)
    if part:
        return _problem(second, f"{both}a package has one {part}", "keep one of the two")
    if _can_hold(first.value) and _can_hold(second.value) and not _can_hold(first.value, second.value):
        return _problem(second, f"{both}no version can satisfy both", _NO_VERSION)
    return None


def _both(first: Entry[R], second: Entry[R]) -> str:
    shown = f"`{second.value.name}` is asked for as `{_shown(second.value)}` here "
    return f"{shown}and as `{_shown(first.value)}` in {first.place.seen_from(second.place)}"


def _unjoinable(first: CondaRequirement | PypiRequirement, second: CondaRequirement | PypiRequirement) -> str:
    """Return which part of two requirements only one can have; empty where there is none."""
    if not (isinstance(first, CondaRequirement) and isinstance(second, CondaRequirement)):
        return ""
    parts = (("channel", first.channel, second.channel), ("build", first.build, second.build))
    details = ((key, value, dict(second.details).get(key)) for key, value in first.details)
    return next((part for part, one, two in (*parts, *details) if one and two and one != two), "")


def _of(entries: Mapping[Hashable, Sequence[Entry[R]]], merged: Sequence[R]) -> Iterator[Problem]:
    for requirement in merged:
        found = entries.get(_identity(requirement), ())
        empty = [entry for entry in found if not _can_hold(entry.value)]
        if empty:
            yield from map(_empty, empty)
        elif not found and not _can_hold(requirement):
            yield _empty(Entry(value=requirement, place=requirement.place))
        elif len(found) > 1:
            yield from _among(found, requirement)


def _admitted(entries: Sequence[Entry[R]], platform: Subdir) -> Mapping[Hashable, Sequence[Entry[R]]]:
    found: defaultdict[Hashable, list[Entry[R]]] = defaultdict(list)
    for entry in entries:
        if admits(entry.selector, platform):
            found[_identity(entry.value)].append(entry)
    return found


def _empty(entry: Entry[R]) -> Problem:
    return _problem(entry, f"no version can satisfy `{_shown(entry.value)}`", _NO_VERSION)


def _among(entries: Sequence[Entry[R]], joined: R) -> Iterator[Problem]:
    """Yield what is to be told of several entries of one package: a contradiction, or that they are joined."""
    constrained = [entry for entry in entries if _constraint(entry.value)]
    fits = _can_hold(joined)
    for entry in constrained[1:]:
        first = constrained[0]
        if _constraint(entry.value) == _constraint(first.value):
            continue
        problem = contradiction(first, entry)
        if problem:
            yield problem
        elif not fits:
            claim = f"{_both(first, entry)}, and no version can satisfy all of its entries"
            yield _problem(entry, claim, _NO_VERSION)
        elif entry.place.path == first.place.path:  # files that are joined say of a package what each of them needs
            claim = f"{_both(first, entry)}; both hold, so `{_shown(joined)}` is locked"
            yield _problem(entry, claim, _ONE_ENTRY).softened(Severity.WARNING)


def _problem(entry: Entry[R], claim: str, hint: str) -> Problem:
    return Problem(code=Code.CONTRADICTION, place=entry.place, claim=claim, hint=hint)


def _can_hold(*requirements: CondaRequirement | PypiRequirement) -> bool:
    conda = [found.version for found in requirements if isinstance(found, CondaRequirement)]
    pypi = [found.specifier for found in requirements if isinstance(found, PypiRequirement)]
    return conda_constraint.can_hold(*conda) and constraint.can_hold(*pypi)


def _identity(requirement: CondaRequirement | PypiRequirement) -> Hashable:
    if isinstance(requirement, CondaRequirement):
        return requirement.name
    return requirement.name, requirement.marker


def _constraint(requirement: CondaRequirement | PypiRequirement) -> str:
    if isinstance(requirement, CondaRequirement):
        return f"{requirement.channel} {requirement.constraint}".strip().removesuffix("*")
    return requirement.specifier


def _shown(requirement: CondaRequirement | PypiRequirement) -> str:
    if isinstance(requirement, CondaRequirement):
        return requirement.shown
    return f"{requirement.key}{requirement.specifier}"
