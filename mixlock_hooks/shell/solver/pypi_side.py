"""Lock PyPI's side beside what conda answered: a proposal that conda-lock verifies, or the full indices."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.model.locked import Manager
from mixlock_hooks.rules.newer_versions import limiting_notes
from mixlock_hooks.rules.platform_tags import uv_platform
from mixlock_hooks.rules.withdrawn import withdrawn
from mixlock_hooks.shell.index.gate import behind_gate, open_gate
from mixlock_hooks.shell.index.indices import as_proposed
from mixlock_hooks.shell.solver import known_answers
from mixlock_hooks.shell.solver.conda_extras import refuse_lost
from mixlock_hooks.shell.solver.proposal import offered
from mixlock_hooks.shell.solver.pypi_answer import needs, pages_of, remote_files
from mixlock_hooks.shell.solver.pypi_question import Question
from mixlock_hooks.shell.solver.stub_conda import stub_index

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Protocol

    from mixlock_hooks.model.locked import LockedPackage, Lockfile
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import CondaSide, Need, SolveRequest
    from mixlock_hooks.ports import Progress
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.tools import Tool

    class RunCondaLock(Protocol):
        """Runs conda-lock, which builds nothing."""

        def __call__(
            self,
            pypi: tuple[PypiRequirement, ...],
            conda: CondaSide,
            urls: Sequence[str] = (),
            *,
            keep: bool = True,
            known: str = "",
        ) -> Lockfile:
            """Return what it locked; with ``keep`` it sees the old lock and old pages, ``known`` it need not ask."""

    class Setup(Protocol):
        """What all solves of a run share."""

        propose: bool
        progress: Progress

        @property
        def uv(self) -> Tool:
            """The uv that proposes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LockedSides:
    """Both sides' packages, with who proposed PyPI's and what; ``notes`` are for the user."""

    packages: Sequence[LockedPackage]
    notes: tuple[str, ...]
    uv: Tool | None = None
    proposed: Mapping[PypiName, str] | None = None


class PypiSide:
    """PyPI's side of one request."""

    def __init__(
        self,
        request: SolveRequest,
        setup: Setup,
        scratch: Path,
        indices: tuple[UsedIndex, ...],
        run_conda_lock: RunCondaLock,
    ) -> None:
        self._request = request
        self._spec = request.spec
        self._setup = setup
        self._scratch = scratch
        self._indices = indices
        self._run_conda_lock = run_conda_lock

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> LockedSides:
        """Let conda-lock verify a proposal; it solves against the full indices only where uv cannot be asked."""
        question = self._question(pypi, conda)
        if not self._setup.propose:
            return self._against_full_index(question, conda, "no proposal was wanted")
        if uv_platform(question.target) is None:
            reason = f"uv knows no {question.target.shown_python} on {self._spec.platform}"
            return self._against_full_index(question, conda, reason)
        return self._verify_proposal(question, conda)

    def needs(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> tuple[Need, ...]:
        """Ask uv, with some of what conda has left to it, and read what its answer needs of that."""
        return needs(self._question(pypi, conda), free, self._scratch, self._setup.uv)

    def _question(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> Question:
        target, held = conda.target(self._spec), conda.held
        return Question(request=self._request, pypi=pypi, target=target, indices=self._indices, held=held)

    def _against_full_index(self, question: Question, conda: CondaSide, reason: str) -> LockedSides:
        self._tell("full index")
        with (
            stub_index(question.held) as stub_url,
            closing(pages_of(question, remote_files(question))) as pages,
            open_gate(question, pages, sdists=False) as gate,
        ):
            found = self._run_conda_lock(question.pypi, conda, [stub_url, gate.url])
            stubs = stub_url.removesuffix("simple")
            packages = [behind_gate(each, gate) for each in found.packages if not each.url.startswith(stubs)]
            refuse_lost(question, packages, pages)
            limits = (*self._limits(question, pages.known(), packages), *pages.unread())
        return LockedSides(packages=packages, notes=(f"solved against the full index: {reason}", *limits))

    def _verify_proposal(self, question: Question, conda: CondaSide) -> LockedSides:
        """Have the PyPI side proposed, and conda-lock solve against just the proposed files and their metadata."""
        uv = self._setup.uv
        with offered(question, self._scratch, uv, self._tell, self._found) as offer:
            self._tell("verification")
            found = self._run_conda_lock(
                question.pypi, conda, [offer.url], keep=False, known=known_answers.render(offer.answers)
            )
        packages = [
            as_proposed(package, offer.real_urls)
            for package in found.packages
            if package.manager is Manager.CONDA or package.url not in offer.stub_urls
        ]
        limits = self._limits(question, offer.pages, packages)
        return LockedSides(packages=packages, uv=uv, notes=(*limits, *offer.notes), proposed=offer.projects)

    def _limits(
        self, question: Question, pages: Mapping[PypiName, tuple[IndexFile, ...]], packages: Sequence[LockedPackage]
    ) -> tuple[str, ...]:
        """Return what is to be said of newer versions, and of what was taken back."""
        newer = limiting_notes(self._request, question.target, pages, packages)
        return (*withdrawn(self._request.locked, pages, packages), *newer)

    def _tell(self, phase: str) -> None:
        self._setup.progress.phase(self._request.environment.name, self._spec.platform, phase)

    def _found(self, words: str) -> None:
        self._setup.progress.found(self._request.environment.name, self._spec.platform, words)
