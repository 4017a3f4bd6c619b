"""Which file of each proposed project is locked: uv proposes versions, the target decides on files.

uv knows fewer targets than there are, so it may propose a version whose wheels the target refuses. Such versions are
excluded and uv is asked again: a version with a wheel that fits goes before a newer one that must be built. Only
where no such version is left, an sdist is taken, if its project may be built.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import engine_messages
from mixlock_hooks.model.constraint import NotAConstraintError
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.limit import LimitKind
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.misfit import misfit, words_of
from mixlock_hooks.rules.newer_versions import must_be_built, releases, to_exclude
from mixlock_hooks.rules.platform_tags import best, rank_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.rules.newer_versions import Release
    from mixlock_hooks.shell.index.pages import Pages
    from mixlock_hooks.shell.solver.pypi_question import Question


class TargetFiles:
    """Judges the files of one solve; ``excluded`` are versions that uv, of some version, must not propose."""

    def __init__(self, question: Question, pages: Pages, version: str) -> None:
        self._version = version
        self._request = question.request
        self._target = question.target
        self._pages = pages
        self._specifiers = {found.name: found.specifier for found in question.pypi}
        self._hashes = {found.name: frozenset(found.hashes) for found in question.pypi if found.hashes}
        self._locked = {found.sha256 for found in question.request.preferred}
        self._from_source: set[PypiName] = set()
        self.excluded: dict[PypiName, frozenset[str]] = {}

    def constraints(self) -> tuple[str, ...]:
        """Return the constraints that keep uv from the excluded versions."""
        return tuple(
            f"{name}{','.join(f'!={version}' for version in sorted(found))}" for name, found in self.excluded.items()
        )

    def releases(self, name: PypiName) -> tuple[Release, ...]:
        """Return the versions of a project as its index lists them.

        Raises:
            CannotDoError: an index does not say what it has.
        """
        return releases(self._pages.read(name), self._target, self._request.cutoff.for_package(name))

    def named_builds(self) -> set[PypiName]:
        """Return the projects that the repository allows to be built by name, whose newest version has no wheel."""
        names = self._request.builds.names
        self._pages.ahead(names)
        return {name for name in names if must_be_built(self.releases(name), self._specifiers.get(name, ""))}

    def judge(self, projects: Iterable[ProposedProject]) -> tuple[ProposedProject, ...] | None:
        """Return the projects, each with the one file that is locked; None where uv must be asked again.

        The metadata of those files are read meanwhile: most of them stay.

        Raises:
            EngineError: nothing of a project fits, or it would have to be built and may not be.
        """
        judged = [self._judged(project) for project in projects]
        files = (found.files[0] for found in judged if found)
        self._pages.metadata_ahead(file for file in files if not file.metadata)
        return tuple(found for found in judged if found) if all(judged) else None

    def _judged(self, project: ProposedProject) -> ProposedProject | None:
        wheels = [file for file in project.files if file.is_wheel]
        chosen = self._chosen(project.name, wheels)
        if chosen or not wheels:
            return replace(project, files=(chosen,)) if chosen else project
        if self._exclude(project.name):
            return None
        sdist = next((file for file in project.files if not file.is_wheel), None)
        if sdist is None:
            raise self._no_file(project)
        if not self._request.builds.allows(project.name):
            raise self._not_allowed(project)
        return replace(project, files=(replace(sdist, metadata=self._pages.remote.metadata(wheels[0])),))

    def _chosen(self, name: PypiName, wheels: Iterable[ProposedFile]) -> ProposedFile | None:
        """Choose the file that the old lock has, or one with a hash that is asked for, else the best of those."""
        fitting = {file.name: file for file in wheels if rank_of(file.name, self._target) is not None}
        wanted = self._hashes.get(name, frozenset())
        narrowed = {key: file for key, file in fitting.items() if f"sha256:{file.sha256}" in wanted}
        narrowed = narrowed or {key: file for key, file in fitting.items() if file.sha256 in self._locked} or fitting
        return narrowed.get(best(narrowed, self._target))

    def _exclude(self, name: PypiName) -> bool:
        """Exclude the versions without a wheel that fits; tell whether there is another version to ask for."""
        if name in self._from_source or name in self.excluded:
            return False
        found = to_exclude(self.releases(name), self._specifiers.get(name, ""))
        if found:
            self.excluded[name] = found
        return bool(found)

    def give_way(self, stderr: str, failure: EngineFailure) -> bool:
        """Read why uv has no answer; tell whether a project may be taken from source after all.

        Raises:
            EngineError: no file of a project fits.
        """
        self._explain(failure)
        named = [name for name in self.excluded if engine_messages.names(stderr, name)]
        allowed = [name for name in named if self._request.builds.allows(name)]
        for name in allowed:
            del self.excluded[name]
            self._from_source.add(name)
        return bool(allowed)

    def _explain(self, failure: EngineFailure) -> None:
        """Raise the limit of a project that is asked for, or that uv names, where that is why no file fits."""
        if failure.kind is FailureKind.NO_FILE:
            specifier = f"=={failure.constraint}" if failure.constraint else ""
            self._raise_if_unfit(pypi_name(failure.package), specifier, failure)
        elif failure.kind is FailureKind.NO_VERSION:  # a gate hides what does not fit, so uv sees no version at all
            name = pypi_name(failure.package)
            self._raise_if_unfit(name, failure.constraint or self._specifiers.get(name, ""), failure)
        elif failure.kind is FailureKind.UNSATISFIABLE:
            for name in self._specifiers.keys() & self._pages.known().keys():
                self._raise_if_unfit(name, self._specifiers[name], failure)

    def with_versions(self, failure: EngineFailure) -> EngineFailure:
        """Return a failure with the versions that an index has, if the failure is that none of them fits."""
        if failure.kind is not FailureKind.NO_VERSION or not failure.constraint:
            return failure
        found = [each for each in self._listed(pypi_name(failure.package), failure) if not each.yanked]
        finals = [each for each in found if not each.version.is_prerelease]
        return replace(failure, versions=tuple(str(each.version) for each in finals or found))

    def _raise_if_unfit(self, name: PypiName, specifier: str, failure: EngineFailure | None = None) -> None:
        """Raise the failure with its limits, unless something else than the tags of its files keeps it away."""
        found = self._listed(name, failure)
        with suppress(NotAConstraintError):
            limited = misfit(name, specifier, found)
            if limited and any(limit.kind is not LimitKind.RELEASE for limit in limited.limits):
                words = failure.words if failure else words_of(limited.limits)
                raise self._error(replace(limited, words=words))

    def _listed(self, name: PypiName, failure: EngineFailure | None) -> tuple[Release, ...]:
        """Return the versions of a project; where its page cannot be read, raise the failure and say so."""
        try:
            return self.releases(name)
        except CannotDoError as error:
            if failure is None:
                raise
            raise self._error(replace(failure, words=f"{failure.words}; {error}")) from error

    def _no_file(self, project: ProposedProject) -> EngineError:
        self._raise_if_unfit(project.name, self._specifiers.get(project.name, ""))
        self._raise_if_unfit(project.name, f"=={project.version}")
        return self._about(project, FailureKind.NO_FILE, "none of its files fits")

    def _not_allowed(self, project: ProposedProject) -> EngineError:
        return self._about(project, FailureKind.BUILD, "no wheel of it fits, and building is not allowed")

    def _about(self, project: ProposedProject, kind: FailureKind, words: str) -> EngineError:
        failure = EngineFailure(kind=kind, package=project.name, constraint=project.version, words=words)
        return self._error(failure)

    def _error(self, failure: EngineFailure) -> EngineError:
        return EngineError(replace(failure, tool="uv", version=self._version))
