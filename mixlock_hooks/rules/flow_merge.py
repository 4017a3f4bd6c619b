"""Merge a flow's decorators into environments: one for all steps whose merged requirements are equal.

Decorators of one level combine; then a step overrides its flow: python and disabled replace, a package named by the
step replaces the flow's constraint, all others stay; channels and indices are the step's first, then the flow's.
The Netflix extension does the same, but for the order of channels, which it loses.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry, IndexOptions, SpecDocument
from mixlock_hooks.model.environment import EnvironmentSpec, Mode
from mixlock_hooks.model.flow import DecoratorArguments, DecoratorKind
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.requirement import CondaRequirement, PypiRequirement
from mixlock_hooks.model.settings import MetaflowProfile
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.allowances import ineffective
from mixlock_hooks.rules.duplicates import contradiction
from mixlock_hooks.rules.merge import join_conda, join_pypi, merge, mode_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mixlock_hooks.model.document import Allowance
    from mixlock_hooks.model.flow import Decorator, Flow, FlowFile, Step
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.model.settings import Settings

R = TypeVar("R", CondaRequirement, PypiRequirement)


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedFlows:
    """The environments of a flow file, and problems and notes that belong to none of them."""

    environments: tuple[EnvironmentSpec, ...]
    problems: tuple[Problem, ...]
    named: tuple[Entry[str], ...]


def merge_flows(file: FlowFile, settings: Settings) -> MergedFlows:
    """Return the environments that the flows of a file ask for, and the named environments they refer to."""
    merged = [_FlowMerge(file, flow, settings).run() for flow in file.flows]
    raw = (*file.problems, *(problem for part in merged for problem in part.problems))
    of_none = SpecDocument(path=file.path, allowances=file.allowances, problems=raw)
    problems, used = policy.of_no_environment(of_none)
    environments = tuple(_without(used, environment) for part in merged for environment in part.environments)
    unused = () if environments else ineffective(file.path, file.allowances, used)
    return MergedFlows(
        environments=environments,
        problems=(*problems, *unused),
        named=tuple(entry for part in merged for entry in part.named),
    )


def _without(used: frozenset[Allowance], environment: EnvironmentSpec) -> EnvironmentSpec:
    """Return an environment without the allowances that stand at what belongs to no environment."""
    document = environment.document
    kept = tuple(allowance for allowance in document.allowances if allowance not in used)
    return replace(environment, document=replace(document, allowances=kept)) if used else environment


_PIP = frozenset({"pip", "pip_base"})
"""What the extension calls `@pypi` too."""
_OF_EXTENSION = frozenset({"name", "pathspec", "fetch_at_exec"})
"""Arguments of decorators that only the extension takes."""


class _FlowMerge:
    """One flow: its levels combined, its steps overridden and grouped."""

    def __init__(self, file: FlowFile, flow: Flow, settings: Settings) -> None:
        self._file = file
        self._flow = flow
        self._settings = settings
        self._problems: list[Problem] = list(flow.problems)
        self._named: list[Entry[str]] = []

    def run(self) -> MergedFlows:
        if self._flow.is_abstract:
            return MergedFlows(environments=(), problems=self._flow.problems, named=())
        base = self._combine(self._flow.decorators)
        asked = [(step, _override(base, self._combine(step.decorators))) for step in self._flow.steps]
        locked = [(step, arguments) for step, arguments in asked if self._has_environment(arguments)]
        documents = [(step, self._with_runtime(self._document(step, arguments))) for step, arguments in locked]
        problems = tuple(self._problems)
        grouped: dict[object, list[tuple[Step, EnvironmentSpec]]] = {}
        for step, document in documents:
            environment = merge(replace(document, problems=(*problems, *document.problems)), self._settings)
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
        own = first.place.path == self._file.path
        return replace(
            environment,
            name=EnvironmentName(name),
            place=first.place if own else self._flow.place,
            steps=tuple(step.name for step, _environment in members),
        )

    def _document(self, step: Step, arguments: DecoratorArguments) -> SpecDocument:
        configured = [Entry(value=channel, place=self._flow.place) for channel in self._settings.channels]
        document = SpecDocument(
            path=self._file.path,
            channels=_unique((*arguments.channels, *configured)),
            indices=arguments.indices,
            index_options=IndexOptions(default=(arguments.default_index,) if arguments.default_index else ()),
            virtual_packages=arguments.virtual_packages,
            conda=arguments.conda,
            pypi=arguments.pypi,
            references=arguments.references,
            allowances=self._file.allowances,
            read=self._file.read,
        )
        if self._settings.metaflow is MetaflowProfile.OSS and mode_of(document) is Mode.MIXED:
            return replace(document, problems=(_mixed(step, document),))
        return document

    def _with_runtime(self, document: SpecDocument) -> SpecDocument:
        """Return a document with what Metaflow adds at run time, where it asks for nothing else of that name."""
        present = {entry.value.name for entry in document.conda}
        runtime = [found for found in self._settings.metaflow_runtime if found.name not in present]
        return replace(
            document, conda=(*document.conda, *(Entry(value=found, place=found.place) for found in runtime))
        )

    def _has_environment(self, arguments: DecoratorArguments) -> bool:
        """Return whether a step has an environment of its own to lock; say why where it is resolved at run time."""
        if _is_disabled(arguments):
            return False
        for scalar, prefix in (("name", ""), ("pathspec", "step:")):
            named = arguments.scalars.get(scalar)
            if named is not None:
                self._refer(replace(named, value=f"{prefix}{named.value}"), arguments)
                return False
        return arguments.packages

    def _refer(self, name: Entry[object], arguments: DecoratorArguments) -> None:
        fetched = arguments.scalars.get("fetch_at_exec")
        if "@{" in str(name.value) or (fetched and fetched.value):
            self._note(name.place, f"`{name.value}` is resolved when the flow runs: nothing to lock")
            return
        self._named.append(Entry(value=str(name.value), place=name.place))
        if arguments.packages:
            self._note(name.place, f"what is asked beside `{name.value}` is resolved when the flow runs")

    def _note(self, place: Place, claim: str) -> None:
        note = Problem(code=Code.NOT_STATIC, place=place, claim=claim, severity=Severity.NOTE)
        if note not in self._problems:
            self._problems.append(note)

    def _combine(self, decorators: Sequence[Decorator]) -> DecoratorArguments:
        """Combine the decorators of one level: equal scalars or one of them unset, constraints joined."""
        combined = DecoratorArguments()
        for decorator in decorators:
            oss = self._settings.metaflow is MetaflowProfile.OSS
            arguments = decorator.arguments if oss else _with_disabled(decorator)
            self._problems += _incompatible(combined, arguments)
            if oss:
                self._problems += _not_open_source(decorator)
            combined = DecoratorArguments(
                scalars={**arguments.scalars, **combined.scalars},
                conda=self._joined((*combined.conda, *arguments.conda), join_conda),
                pypi=self._joined((*combined.pypi, *arguments.pypi), join_pypi),
                references=(*combined.references, *arguments.references),
                channels=_unique((*combined.channels, *arguments.channels)),
                indices=_unique((*combined.indices, *arguments.indices)),
                default_index=combined.default_index or arguments.default_index,
                virtual_packages=(*combined.virtual_packages, *arguments.virtual_packages),
            )
        return combined

    def _joined(self, entries: Sequence[Entry[R]], join: Callable[[R, R], R]) -> tuple[Entry[R], ...]:
        """Join entries of one package, at the place of the first; what contradicts an earlier one is left out."""
        joined: dict[object, Entry[R]] = {}
        for entry in entries:
            key = (entry.value.name, getattr(entry.value, "marker", ""))
            known = joined.get(key)
            problem = contradiction(known, entry) if known else None
            if problem:
                self._problems.append(problem)
            else:
                joined[key] = replace(known, value=join(known.value, entry.value)) if known else entry
        return tuple(joined.values())


def _with_disabled(decorator: Decorator) -> DecoratorArguments:
    """Return what a decorator asks for, with ``disabled`` as the extension reads it: false where it is not given.

    Only ``@named_env`` without a name says nothing.
    """
    arguments = decorator.arguments
    silent = decorator.kind is DecoratorKind.NAMED and not {"name", "pathspec"} & arguments.scalars.keys()
    if "disabled" in arguments.scalars or silent:
        return arguments
    return replace(arguments, scalars={**arguments.scalars, "disabled": Entry(value=False, place=decorator.place)})


def _is_disabled(arguments: DecoratorArguments) -> bool:
    disabled = arguments.scalars.get("disabled")
    return disabled is not None and bool(disabled.value)


def _incompatible(first: DecoratorArguments, second: DecoratorArguments) -> Iterable[Problem]:
    both = {**first.scalars, **second.scalars}
    for name, entry in second.scalars.items():
        known = first.scalars.get(name)
        if known is not None and known.value != entry.value:
            yield Problem(
                code=Code.INCOMPATIBLE,
                place=entry.place,
                claim=f"`{name}` is {entry.value!r} here, {known.value!r} in line {known.place.line}, at one level",
                hint="say it once, or say the same",
            )
    if "name" in both and "pathspec" in both:
        claim = "`name` and `pathspec` are given at the same level, but only one is allowed"
        yield Problem(code=Code.INCOMPATIBLE, place=both["pathspec"].place, claim=claim, hint="keep one")


def _override(flow: DecoratorArguments, step: DecoratorArguments) -> DecoratorArguments:
    """Return what a step asks for over its flow; a step that asks for packages is enabled where it does not say."""
    conda = {entry.value.name for entry in step.conda}
    pypi = {entry.value.name for entry in step.pypi} | {entry.value.name for entry in step.references}
    scalars = dict(flow.scalars)
    if step.packages or {"name", "pathspec"} & step.scalars.keys():
        scalars.pop("disabled", None)
    if {"name", "pathspec"} & step.scalars.keys():
        scalars = {key: value for key, value in scalars.items() if key not in {"name", "pathspec"}}
    return DecoratorArguments(
        scalars={**scalars, **step.scalars},
        conda=(*(entry for entry in flow.conda if entry.value.name not in conda), *step.conda),
        pypi=(*(entry for entry in flow.pypi if entry.value.name not in pypi), *step.pypi),
        references=(*(entry for entry in flow.references if entry.value.name not in pypi), *step.references),
        channels=_unique((*step.channels, *flow.channels)),
        indices=_unique((*step.indices, *flow.indices)),
        default_index=step.default_index or flow.default_index,
        virtual_packages=(*flow.virtual_packages, *step.virtual_packages),
    )


def _unique(entries: Iterable[Entry[str]]) -> tuple[Entry[str], ...]:
    first: dict[str, Entry[str]] = {}
    for entry in entries:
        first.setdefault(entry.value, entry)
    return tuple(first.values())


def _not_open_source(decorator: Decorator) -> Iterable[Problem]:
    """Yield what a decorator says that only the extension knows."""
    is_known = decorator.kind in {DecoratorKind.CONDA, DecoratorKind.PYPI} and decorator.name not in _PIP
    if not is_known:
        claim = f"`@{decorator.name}` is the Netflix extension's: open-source Metaflow has no such decorator"
        yield Problem(code=Code.UNKNOWN_KEY, place=decorator.place, claim=claim, hint='use metaflow = "netflixext"')
        return
    for name in sorted(_OF_EXTENSION & decorator.arguments.scalars.keys()):
        place = decorator.arguments.scalars[name].place
        claim = f"`{name}` is the Netflix extension's: `@{decorator.name}` of open-source Metaflow does not take it"
        yield Problem(code=Code.UNKNOWN_KEY, place=place, claim=claim, hint='use metaflow = "netflixext"')
    for entry in (*decorator.arguments.channels, *decorator.arguments.indices):
        yield Problem(
            code=Code.UNKNOWN_KEY,
            place=entry.place,
            claim=f"`{entry.value}`: open-source Metaflow has no channels or indices in decorators",
            hint='configure `channels`, or metaflow = "netflixext"',
        )


def _mixed(step: Step, document: SpecDocument) -> Problem:
    place = document.pypi[0].place if document.pypi else document.references[0].place
    claim = f"step `{step.name}` asks conda and PyPI, and open-source Metaflow refuses to mix them"
    return Problem(
        code=Code.MIXED_STEP, place=place, claim=claim, hint='ask one of them, or use metaflow = "netflixext"'
    )
