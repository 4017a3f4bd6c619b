"""What extras of conda's projects need, from the metadata of the very version that conda holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from mixlock_hooks.formats import core_metadata
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.platform_tags import rank_of
from mixlock_hooks.rules.requested_extras import extras_alone, wanted_extras

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.locked import LockedPackage
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


def refuse_lost(question: Question, packages: Sequence[LockedPackage], pages: Pages) -> None:
    """Refuse an answer of conda-lock alone in which an extra of one of conda's projects is wanted: it drops it.

    Args:
        question: what was asked.
        packages: what was locked.
        pages: the indices.

    Raises:
        EngineError: there is such an extra.
        CannotDoError: the metadata of a package cannot be read, so nobody knows.
    """
    metadata = {
        pypi_name(package.name): core_metadata.parse(pages.remote.metadata(found.file))
        for package in packages
        if package.manager is Manager.PIP
        for found in pages.read(pypi_name(package.name))
        if found.file.sha256 == package.sha256
    }
    for name, extras in sorted(wanted_extras(question.pypi, metadata, marker_environment(question.target)).items()):
        if extras and name in question.held:
            words = (
                f"{question.target.shown_python} is left to conda-lock alone, which drops extras of conda's projects"
            )
            raise _unknown(name, extras, question, words)


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
    raise _unknown(name, extras, question, f"no index has metadata of {name} {question.held[name]}")


def _unknown(name: PypiName, extras: frozenset[str], question: Question, words: str) -> EngineError:
    shown = f"`{name}[{','.join(sorted(extras))}]` {question.held[name]}"
    return EngineError(EngineFailure(kind=FailureKind.HELD_EXTRA, package=name, constraint=shown, words=words))


def _is_version(found: IndexFile, version: str) -> bool:
    try:
        return found.version == Version(version)
    except InvalidVersion:
        return False
