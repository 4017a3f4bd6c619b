"""An engine whose PyPI side is the real uv's, read from a served index; conda's side is looked up.

What a lock needs of an index is all here but conda-lock's own reading of what it is offered, which takes seconds.
"""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

from mixlock_hooks.model.locked import LockedPackage, Manager, SolvedPlatform
from mixlock_hooks.model.target import marker_environment
from mixlock_hooks.rules.newer_versions import limiting_notes
from mixlock_hooks.rules.requested_extras import wanted_extras, with_needs_of_held
from mixlock_hooks.shell.index.indices import canonical, used_indices
from mixlock_hooks.shell.machine_config import mirrors
from mixlock_hooks.shell.solver import pypi_answer
from mixlock_hooks.shell.solver.pypi_question import Question
from mixlock_hooks.shell.tools import engine, require_uv
from tests.fakes import FakeEngine

if TYPE_CHECKING:
    from mixlock_hooks.model.core_metadata import CoreMetadata
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedProject
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import CondaSide, Need


class UvEngine(FakeEngine):
    """The ``Engine`` port for one request."""

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        """Lock what uv proposes beside a conda side."""
        question = self._question(pypi, conda)
        with tempfile.TemporaryDirectory() as folder:
            pages = pypi_answer.pages_of(question, pypi_answer.remote_files(question))
            with closing(pages):
                found = pypi_answer.answer(question, pages, Path(folder), require_uv(), lambda _phase: None)
                listed = pages.known()
        environment = marker_environment(question.target)
        metadata = {
            name: with_needs_of_held(each, found.held_extras, environment) for name, each in found.metadata.items()
        }
        wanted = wanted_extras(pypi, metadata, environment)
        locked = [
            self._locked(project, metadata.get(project.name), conda, wanted.get(project.name, frozenset()))
            for project in found.projects
        ]
        return SolvedPlatform(
            platform=self.request.spec.platform,
            packages=(
                *(choice.locked(self.request.spec.platform) for choice in conda.answer),
                *(canonical(package, question.indices) for package in locked),
            ),
            engine=engine(require_uv()),
            notes=tuple(limiting_notes(self.request, question.target, listed, locked)),
        )

    def needs(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> tuple[Need, ...]:
        """Ask uv."""
        with tempfile.TemporaryDirectory() as folder:
            return pypi_answer.needs(self._question(pypi, conda), free, Path(folder), require_uv())

    def _question(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> Question:
        spec = self.request.spec
        indices = used_indices(spec.pypi_sources, mirrors())
        target = conda.target(spec)
        return Question(request=self.request, pypi=pypi, target=target, indices=indices, held=conda.held)

    def _locked(
        self, project: ProposedProject, metadata: CoreMetadata | None, conda: CondaSide, extras: frozenset[str]
    ) -> LockedPackage:
        spec = self.request.spec
        file = project.files[0]
        environment = marker_environment(conda.target(spec))
        needs = [each for each, _extra in metadata.holding(environment, extras)] if metadata else []
        return LockedPackage(
            name=project.name,
            version=project.version,
            manager=Manager.PIP,
            platform=spec.platform,
            dependencies={each.name: str(each.specifier) or "*" for each in needs if isinstance(each, Requirement)},
            url=file.url,
            sha256=file.sha256,
        )
