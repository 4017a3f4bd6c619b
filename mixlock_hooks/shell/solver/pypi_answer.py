"""uv's answer with the metadata of its files, and what it needs of packages that are conda's.

uv ignores the upper bounds of ``Requires-Python``; pip and conda-lock do not. A file that does not want the target's
python is excluded, and uv is asked again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.solving import Need
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.requested_extras import requested_extras
from mixlock_hooks.shell.index.indices import credentials_of
from mixlock_hooks.shell.index.pages import Pages
from mixlock_hooks.shell.index.remote_files import RemoteFiles
from mixlock_hooks.shell.machine_config import cache_folder
from mixlock_hooks.shell.solver.clean_environment import timeout_seconds
from mixlock_hooks.shell.solver.conda_extras import held_extras, is_complete
from mixlock_hooks.shell.solver.uv import propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedProject
    from mixlock_hooks.shell.solver.pypi_question import Question
    from mixlock_hooks.shell.tools import Tool

_ROUNDS = 20
_NOT_THERE = frozenset({FailureKind.NO_VERSION, FailureKind.NO_FILE, FailureKind.CUTOFF, FailureKind.YANKED})
"""What uv complains of where a project, or what it needs, is on no index as it is needed."""
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class PypiAnswer:
    """Projects at exact versions, and their metadata; ``held_extras`` are what extras of conda's projects need."""

    projects: tuple[ProposedProject, ...]
    metadata: Mapping[PypiName, CoreMetadata]
    held_extras: Mapping[PypiName, CoreMetadata]


def remote_files(question: Question) -> RemoteFiles:
    """Return what reads the files of a question's indices."""
    return RemoteFiles(cache_folder("pypi"), credentials_of(question.indices), float(timeout_seconds()))


def pages_of(question: Question, remote: RemoteFiles) -> Pages:
    """Return the pages of a question's indices, without the wheels that pip would not take (``--no-binary``)."""
    return Pages(remote, question.indices, question.request.builds.from_source)


def answer(question: Question, pages: Pages, scratch: Path, uv: Tool, tell: Callable[[str], None]) -> PypiAnswer:
    """Return uv's answer, whose files all want the target's python.

    Raises:
        EngineError: uv has no answer, or something kept it from one.
        CannotDoError: a build failed.
    """
    refused: list[EngineFailure] = []
    while len(refused) < _ROUNDS:
        tell("proposal")
        try:
            projects = propose(question, pages, scratch, uv)
        except EngineError as error:
            raise (_blamed(refused, error) if refused and error.failure.is_answer else error) from error
        tell("metadata")
        metadata = _read(projects, pages)
        unfit = [replace(each, tool="uv", version=uv.version) for each in _unfit(projects, metadata, question.python)]
        extras = {} if unfit else held_extras(question, metadata, pages)
        if not unfit and is_complete(question, extras):
            return PypiAnswer(projects=projects, metadata=metadata, held_extras=extras)
        if not unfit:
            question = replace(question, held_extras=extras)
            continue
        refused += unfit
        excluded = (f"{each.package}!={_version(projects, each.package)}" for each in unfit)
        question = replace(question, excluded=(*question.excluded, *excluded))
    raise EngineError(refused[-1])


def _version(projects: Sequence[ProposedProject], name: str) -> str:
    return next(project.version for project in projects if project.name == name)


def _blamed(refused: Sequence[EngineFailure], error: EngineError) -> EngineError:
    """Return the refusal of the python that uv would have ignored, if uv's own is about that project."""
    blamed = next((each for each in reversed(refused) if each.package in error.failure.words), None)
    return EngineError(blamed) if blamed else error


def _unfit(
    projects: Sequence[ProposedProject], metadata: Mapping[PypiName, CoreMetadata], python: str
) -> Iterator[EngineFailure]:
    for project in projects:
        known = metadata.get(project.name)
        wanted = dict(known.fields).get("Requires-Python", "") if known else ""
        if not _accepts(wanted, python):
            words = f"{project.name} {project.version} requires Python {wanted}"
            yield EngineFailure(kind=FailureKind.PYTHON, package=project.name, constraint=wanted, words=words)


def _accepts(requires_python: str, python: str) -> bool:
    """Return whether a python is wanted; what is no specifier (PEP 440) no installer heeds."""
    try:
        return SpecifierSet(requires_python).contains(python, prereleases=True)
    except InvalidSpecifier:
        return True


def needs(question: Question, free: frozenset[PypiName], scratch: Path, uv: Tool) -> tuple[Need, ...]:
    """Return what PyPI's side needs of some of conda's packages when it may choose their versions itself.

    Where no index has them, or what is on an index needs what no index has, there is nothing to choose: whatever is
    needed of them is left open.

    Raises:
        EngineError: there is no answer even then, or something kept uv from one.
        CannotDoError: a build failed.
    """
    with closing(pages_of(question, remote_files(question))) as pages:
        found = _freed(question, free, pages, scratch, uv)
    return tuple(_needs(found, question, free))


def _freed(question: Question, free: frozenset[PypiName], pages: Pages, scratch: Path, uv: Tool) -> PypiAnswer:
    held = {name: version for name, version in question.held.items() if name not in free}
    freed = replace(question, held=held)
    try:
        return answer(freed, pages, scratch, uv, _silent)
    except EngineError as error:
        if not error.failure.package or error.failure.kind not in _NOT_THERE:
            raise
        try:
            return answer(replace(question, unbounded=free), pages, scratch, uv, _silent)
        except EngineError as again:
            raise (again if pypi_name(error.failure.package) in free else error) from error


def _silent(_phase: str) -> None:
    pass


def _needs(found: PypiAnswer, question: Question, free: frozenset[PypiName]) -> Iterator[Need]:
    environment = marker_environment(question.target)
    extras = requested_extras(question.pypi, found.metadata, environment)
    for project in found.projects:
        metadata = found.metadata.get(project.name)
        for needed, _extra in metadata.holding(environment, extras.get(project.name, ())) if metadata else ():
            if isinstance(needed, Requirement) and pypi_name(needed.name) in free:
                by = f"{project.name} {project.version}"
                yield Need(by=by, name=pypi_name(needed.name), specifier=str(needed.specifier))


def _read(projects: Sequence[ProposedProject], pages: Pages) -> dict[PypiName, CoreMetadata]:
    """Read the projects' metadata.

    Raises:
        EngineError: a file has metadata of something else, or an sdist none that are known.
    """
    read = {project: _text(project, pages) for project in projects}
    for project, text in read.items():
        wheel = project.files[0]
        if wheel.is_wheel and not core_metadata.is_of(text, wheel.name):
            kind = FailureKind.WRONG_METADATA
            raise EngineError(EngineFailure(kind=kind, package=project.name, constraint=project.version))
        if not text:
            kind, words = FailureKind.BUILD, "its sdist has no static metadata"
            raise EngineError(EngineFailure(kind=kind, package=project.name, constraint=project.version, words=words))
    return {project.name: core_metadata.parse(text) for project, text in read.items()}


def _text(project: ProposedProject, pages: Pages) -> str:
    """Return the metadata of a project's first file; empty where an sdist's are neither known nor static."""
    file = project.files[0]
    metadata = file.metadata or from_index(project, lambda: pages.metadata(file))
    return metadata if file.is_wheel or file.metadata or core_metadata.is_static(metadata) else ""


def from_index(project: ProposedProject, read: Callable[[], _T]) -> _T:
    """Return what is read of a proposed file.

    Raises:
        EngineError: the index does not give it.
    """
    try:
        return read()
    except CannotDoError as error:
        raise EngineError(
            EngineFailure(kind=FailureKind.SOURCE, package=project.name, constraint=project.version, words=str(error))
        ) from error
