"""Merge a flow's decorators into environments: one for all steps whose merged requirements are equal.

Decorators of one level combine; then a step overrides its flow: python and disabled replace, a package named by the
step replaces the flow's constraint, all others stay; channels and indices are the step's first, then the flow's.
The Netflix extension does the same, but for the order of channels, which it loses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.model.document import Entry, SpecDocument
from mixlock_hooks.model.environment import EnvironmentSpec, Mode
from mixlock_hooks.model.flow import Asks
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.settings import MetaflowProfile
from mixlock_hooks.rules.merge import join_conda, join_pypi, merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mixlock_hooks.model.flow import Decorator, Flow, FlowFile, Step
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedFlows:
    """The environments of a flow file, and problems and notes that belong to none of them."""

    environments: tuple[EnvironmentSpec, ...]
    problems: tuple[Problem, ...]
    named: tuple[Entry[str], ...]


def merge_flows(file: FlowFile, settings: Settings) -> MergedFlows:
    """Return the environments that the flows of a file ask for, and the named environments they refer to."""
    merged = [_FlowMerge(file, flow, settings).run() for flow in file.flows]
    return MergedFlows(
        environments=tuple(environment for part in merged for environment in part.environments),
        problems=(*file.problems, *(problem for part in merged for problem in part.problems)),
        named=tuple(entry for part in merged for entry in part.named),
    )


class _FlowMerge:
    """One flow: its levels combined, its steps overridden and grouped."""

    def __init__(self, file: FlowFile, flow: Flow, settings: Settings) -> None:
        self._file = file
        self._flow = flow
        self._settings = settings
        self._problems: list[Problem] = list(flow.problems)
        self._named: list[Entry[str]] = []

    def run(self) -> MergedFlows:
        base = self._combine(self._flow.decorators)
        asked = [(step, _override(base, self._combine(step.decorators))) for step in self._flow.steps]
        locked = [(step, asks) for step, asks in asked if self._has_environment(asks)]
        documents = [(step, self._document(asks)) for step, asks in locked]
        problems = tuple(self._problems)
        grouped: dict[object, list[tuple[Step, EnvironmentSpec]]] = {}
        for step, document in documents:
            environment = merge(replace(document, problems=problems), self._settings)
            key = (environment.platforms, tuple(entry.value for entry in document.references))
            grouped.setdefault(key, []).append((step, environment))
        return MergedFlows(
            environments=tuple(self._named_after_first(members) for members in grouped.values()),
            problems=problems if not grouped else (),
            named=tuple(self._named),
        )

    def _named_after_first(self, members: list[tuple[Step, EnvironmentSpec]]) -> EnvironmentSpec:
        first, environment = members[0]
        name = f"{environment_name(self._file.path)}/{self._flow.name}/{first.name}"
        environment = replace(
            environment,
            name=EnvironmentName(name),
            place=first.place,
            steps=tuple(step.name for step, _environment in members),
        )
        if self._settings.metaflow is MetaflowProfile.OSS and environment.mode is Mode.MIXED:
            document = replace(environment.document, problems=(*environment.document.problems, _mixed(environment)))
            return replace(environment, document=document)
        return environment

    def _document(self, asks: Asks) -> SpecDocument:
        runtime = [Entry(value=found, place=found.place) for found in self._settings.metaflow_runtime]
        present = {entry.value.name for entry in asks.conda}
        configured = [Entry(value=channel, place=self._flow.place) for channel in self._settings.channels]
        return SpecDocument(
            path=self._file.path,
            channels=_unique((*asks.channels, *configured)),
            indices=asks.indices,
            virtual_packages=asks.virtual_packages,
            conda=(*asks.conda, *(entry for entry in runtime if entry.value.name not in present)),
            pypi=asks.pypi,
            references=asks.references,
            allowances=self._file.allowances,
        )

    def _has_environment(self, asks: Asks) -> bool:
        """Tell whether a step has an environment of its own to lock; say why where it is resolved at run time."""
        if _is_disabled(asks):
            return False
        name = asks.scalars.get("name")
        if name is not None:
            self._refer(name, asks)
            return False
        return asks.packages

    def _refer(self, name: Entry[object], asks: Asks) -> None:
        fetched = asks.scalars.get("fetch_at_exec")
        if "@{" in str(name.value) or (fetched and fetched.value):
            self._note(name.place, f"`{name.value}` is resolved when the flow runs: nothing to lock")
            return
        self._named.append(Entry(value=str(name.value), place=name.place))
        if asks.packages:
            self._note(name.place, f"what is asked beside `{name.value}` is resolved when the flow runs")

    def _note(self, place: Place, claim: str) -> None:
        note = Problem(code="MIX007", place=place, claim=claim, severity=Severity.NOTE)
        if note not in self._problems:
            self._problems.append(note)

    def _combine(self, decorators: Sequence[Decorator]) -> Asks:
        """Combine the decorators of one level: equal scalars or one of them unset, constraints joined."""
        combined = Asks()
        for decorator in decorators:
            asks = _with_disabled(decorator)
            self._problems += _incompatible(combined, asks)
            if self._settings.metaflow is MetaflowProfile.OSS:
                self._problems += [_no_channels(entry) for entry in (*asks.channels, *asks.indices)]
            combined = Asks(
                scalars={**asks.scalars, **combined.scalars},
                conda=_joined((*combined.conda, *asks.conda), join_conda),
                pypi=_joined((*combined.pypi, *asks.pypi), join_pypi),
                references=(*combined.references, *asks.references),
                channels=_unique((*combined.channels, *asks.channels)),
                indices=_unique((*combined.indices, *asks.indices)),
                virtual_packages=(*combined.virtual_packages, *asks.virtual_packages),
            )
        return combined


def _with_disabled(decorator: Decorator) -> Asks:
    """Return what a decorator asks, with ``disabled`` as the extension reads it: false where anything is asked."""
    asks = decorator.asks
    if "disabled" in asks.scalars or not (asks.scalars or asks.packages or asks.channels or asks.indices):
        return asks
    return replace(asks, scalars={**asks.scalars, "disabled": Entry(value=False, place=decorator.place)})


def _is_disabled(asks: Asks) -> bool:
    disabled = asks.scalars.get("disabled")
    return disabled is not None and bool(disabled.value)


def _incompatible(first: Asks, second: Asks) -> Iterable[Problem]:
    both = {**first.scalars, **second.scalars}
    for name, entry in second.scalars.items():
        known = first.scalars.get(name)
        if known is not None and known.value != entry.value:
            yield Problem(
                code="MIX008",
                place=entry.place,
                claim=f"`{name}` is {entry.value!r} here, {known.value!r} in line {known.place.line}, at one level",
                hint="say it once, or say the same",
            )
    if "name" in both and "pathspec" in both:
        claim = "`name` and `pathspec` are given at one level, and only one can be meant"
        yield Problem(code="MIX008", place=both["pathspec"].place, claim=claim, hint="keep one")


def _override(flow: Asks, step: Asks) -> Asks:
    """Return what a step asks over its flow."""
    conda = {entry.value.name for entry in step.conda}
    pypi = {entry.value.name for entry in step.pypi} | {entry.value.name for entry in step.references}
    return Asks(
        scalars={**flow.scalars, **step.scalars},
        conda=(*(entry for entry in flow.conda if entry.value.name not in conda), *step.conda),
        pypi=(*(entry for entry in flow.pypi if entry.value.name not in pypi), *step.pypi),
        references=(*(entry for entry in flow.references if entry.value.name not in pypi), *step.references),
        channels=_unique((*step.channels, *flow.channels)),
        indices=_unique((*step.indices, *flow.indices)),
        virtual_packages=(*flow.virtual_packages, *step.virtual_packages),
    )


def _joined(entries: Sequence[Entry[T]], join: Callable[[T, T], T]) -> tuple[Entry[T], ...]:
    """Join entries of one package, at the place of the first."""
    joined: dict[object, Entry[T]] = {}
    for entry in entries:
        key = (entry.value.name, getattr(entry.value, "marker", ""))  # type: ignore[attr-defined]
        known = joined.get(key)
        joined[key] = replace(known, value=join(known.value, entry.value)) if known else entry
    return tuple(joined.values())


def _unique(entries: Iterable[Entry[str]]) -> tuple[Entry[str], ...]:
    return tuple({entry.value: entry for entry in reversed(list(entries))}.values())[::-1]


def _no_channels(entry: Entry[str]) -> Problem:
    claim = f"`{entry.value}`: open-source Metaflow has no channels or indices in decorators"
    return Problem(
        code="MIX002", place=entry.place, claim=claim, hint='configure `channels`, or metaflow = "netflixext"'
    )


def _mixed(environment: EnvironmentSpec) -> Problem:
    first = environment.document.pypi[0].place if environment.document.pypi else environment.place
    claim = f"step `{environment.steps[0]}` asks conda and PyPI, and open-source Metaflow refuses to mix them"
    return Problem(code="MIX111", place=first, claim=claim, hint='ask one of them, or use metaflow = "netflixext"')
