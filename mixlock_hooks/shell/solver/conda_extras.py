"""What extras of conda's projects need, from the metadata of the very version that conda holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.platform_tags import rank_of
from mixlock_hooks.rules.requested_extras import extras_alone, wanted_extras

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.shell.index.pages import Pages
    from mixlock_hooks.shell.solver.pypi_question import Question


def held_extras(
    question: Question, chosen: Mapping[PypiName, CoreMetadata], pages: Pages
) -> dict[PypiName, CoreMetadata]:
    """Return, of each of conda's projects of which extras are wanted, what these need, for the question as it is.

    Args:
        question: what is asked; its ``held_extras`` are what was found before.
        chosen: the metadata of what was proposed.
        pages: the indices.

    Raises:
        EngineError: PyPI has no such version, or its metadata cannot be read, so nothing tells what an extra needs.
    """
    environment = marker_environment(question.target)
    wanted = wanted_extras(question.pypi, {**chosen, **question.held_extras}, environment)
    return {
        name: extras_alone(_metadata(name, extras, question, pages), environment, extras | _known(question, name))
        for name, extras in wanted.items()
        if extras and name in question.held
    }


def is_complete(question: Question, found: Mapping[PypiName, CoreMetadata]) -> bool:
    """Return whether a question has been asked with all of these extras already."""
    return all(_extras(each) <= _known(question, name) for name, each in found.items())


def _known(question: Question, name: PypiName) -> frozenset[PypiName]:
    return _extras(question.held_extras[name]) if name in question.held_extras else frozenset()


def _extras(metadata: CoreMetadata) -> frozenset[PypiName]:
    return frozenset(map(pypi_name, metadata.extras))


def _metadata(name: PypiName, extras: frozenset[str], question: Question, pages: Pages) -> CoreMetadata:
    """Read the metadata of the version that conda holds: of a wheel, best of one that fits, or of a static sdist."""
    listed = [found for found in pages.read(name) if _is_version(found, question.held[name])]
    ordered = sorted(
        listed, key=lambda found: (rank_of(found.file.name, question.target) is None, not found.file.is_wheel)
    )
    for found in ordered:
        text = pages.remote.metadata(found.file)
        if found.file.is_wheel or core_metadata.is_static(text):
            return core_metadata.parse(text)
    raise EngineError(
        EngineFailure(
            kind=FailureKind.HELD_EXTRA,
            package=name,
            constraint=f"`{name}[{','.join(sorted(extras))}]` {question.held[name]}",
            words=f"no index has metadata of {name} {question.held[name]}",
        )
    )


def _is_version(found: IndexFile, version: str) -> bool:
    try:
        return found.version == Version(version)
    except InvalidVersion:
        return False
