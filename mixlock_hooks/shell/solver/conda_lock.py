"""Solve one platform through conda-lock's command line, run in a scratch directory.

The conda side is solved first, once; its python decides which markers hold. conda-lock then asks the shim
for that very answer, solves the PyPI side against it, and writes the lockfile that is read back.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conda_lock_source, conda_lock_yml, engine_messages, name_map
from mixlock_hooks.formats.repodata import as_locked
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager, SolvedPlatform
from mixlock_hooks.model.solving import CondaSide
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.rules.newer_versions import limiting_notes
from mixlock_hooks.rules.platform_tags import uv_platform
from mixlock_hooks.rules.withdrawn import gone_from_channels, withdrawn
from mixlock_hooks.shell import tools
from mixlock_hooks.shell.index.credentials import with_variables
from mixlock_hooks.shell.index.gate import behind_gate, open_gate
from mixlock_hooks.shell.index.indices import as_proposed, canonical, plain_urls, used_indices
from mixlock_hooks.shell.machine_config import mirrors
from mixlock_hooks.shell.solver.conda_extras import refuse_lost
from mixlock_hooks.shell.solver.kept_answers import KeptAnswers
from mixlock_hooks.shell.solver.proposal import offered
from mixlock_hooks.shell.solver.pypi_answer import needs, pages_of, remote_files
from mixlock_hooks.shell.solver.pypi_question import Question
from mixlock_hooks.shell.solver.scratch import Scratch
from mixlock_hooks.shell.solver.stub_conda import stub_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import IndexFile
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import Need, SolveRequest
    from mixlock_hooks.ports import Progress
    from mixlock_hooks.shell.solver.engine_processes import EngineProcesses


class CondaLock:
    """The ``Engines`` port: conda-lock as the authority, with the embedded stub or a real conda."""

    def __init__(
        self,
        processes: EngineProcesses,
        names: Counterparts,
        progress: Progress,
        *,
        required_uv: str = "",
        propose: bool = True,
    ) -> None:
        self._required_uv = required_uv
        self.propose = propose
        self.progress = progress
        self.processes = processes
        self.names = names
        self.answers = KeptAnswers(processes.solver, names.digest, required_uv=required_uv)

    @cached_property
    def uv(self) -> tools.Tool:
        """The uv that proposes, which only PyPI requirements take."""
        return tools.require_uv(self._required_uv)

    def close(self) -> None:
        """End what was started ahead."""
        self.answers.close()
        self.processes.close()

    @contextmanager
    def open(self, request: SolveRequest) -> Iterator[CondaLockEngine]:
        """Give an engine with a scratch folder of its own."""
        with ExitStack() as stack:
            try:
                scratch = tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True)
                self.processes.begin()
                engine = CondaLockEngine(request, self, Path(stack.enter_context(scratch)))
            except OSError as error:
                raise CannotDoError(f"the scratch folder cannot be written: {error}") from error
            yield engine


class CondaLockEngine:
    """The ``Engine`` port for one request, in its scratch folder."""

    def __init__(self, request: SolveRequest, setup: CondaLock, scratch: Path) -> None:
        self._request = request
        self._spec = request.spec
        self._setup = setup
        self._processes = setup.processes
        self._scratch = Scratch(scratch, request)
        self._mirrors = mirrors()
        self._indices = used_indices(self._spec.pypi_sources, self._mirrors)
        self._gone: frozenset[str] = frozenset()

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        """Ask the shim; a real conda is asked through conda-lock, and takes no constraints."""
        if self._processes.embedded:
            answer = self._ask_shim(constraints)
            self._gone = frozenset(answer.get("gone", ()))
            packages = [as_locked(record, self._spec.platform) for record in answer["actions"]["FETCH"]]
            return self._side(packages, answer)
        if any(found.details for found in self._spec.conda):
            raise CannotDoError(f"{self._named} takes only versions and builds; leave it out for the embedded one")
        if self._request.cutoff:
            raise CannotDoError(f"{self._named} takes no cutoff; leave it out for the embedded one")
        if constraints:
            words = f"{self._named} cannot be asked again for versions that PyPI's side accepts"
            raise EngineError(EngineFailure(kind=FailureKind.UNSATISFIABLE, words=words, tool=self._processes.solver))
        if not self._spec.pypi:
            return CondaSide(versions={})
        return self._side(self._run_conda_lock((), CondaSide(versions={})).packages)

    @property
    def _named(self) -> str:
        return f"solver = {self._processes.solver!r}"

    def _side(self, packages: Sequence[LockedPackage], answer: Any = None) -> CondaSide:
        return CondaSide(
            versions={package.name: package.version for package in packages},
            builds={package.name: package.build for package in packages},
            holders={project: package.name for project, package in self._setup.names.holders(packages).items()},
            answer=answer,
        )

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        """Let conda-lock verify a proposal; it solves against the full indices only where uv cannot be asked."""
        if not pypi:
            return self._answer(self._run_conda_lock((), conda).packages)
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
        return needs(self._question(pypi, conda), free, self._scratch.folder, self._setup.uv)

    def _question(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> Question:
        target, held = conda.target(self._spec), conda.held
        return Question(request=self._request, pypi=pypi, target=target, indices=self._indices, held=held)

    def _against_full_index(self, question: Question, conda: CondaSide, reason: str) -> SolvedPlatform:
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
        return self._answer(packages, notes=(f"solved against the full index: {reason}", *limits))

    def _verify_proposal(self, question: Question, conda: CondaSide) -> SolvedPlatform:
        """Have the PyPI side proposed, and conda-lock solve against just the proposed files and their metadata."""
        uv = self._setup.uv
        with offered(question, self._scratch.folder, uv, self._tell, self._found) as offer:
            self._tell("verification")
            found = self._run_conda_lock(question.pypi, conda, [offer.url], keep=False)
        packages = [
            as_proposed(package, offer.real_urls)
            for package in found.packages
            if package.manager is Manager.CONDA or package.url not in offer.stub_urls
        ]
        limits = self._limits(question, offer.pages, packages)
        return replace(self._answer(packages, uv=uv, notes=(*limits, *offer.notes)), proposed=offer.projects)

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

    def _answer(
        self, packages: Iterable[LockedPackage], *, uv: tools.Tool | None = None, notes: tuple[str, ...] = ()
    ) -> SolvedPlatform:
        return SolvedPlatform(
            platform=self._spec.platform,
            packages=tuple(canonical(package, self._indices) for package in packages),
            engine=tools.engine(uv),
            notes=(*gone_from_channels(self._request.locked, self._gone), *notes),
            cutoff=self._request.cutoff.text,
        )

    def _ask_shim(self, constraints: tuple[str, ...]) -> dict[str, Any]:
        preferred = [package.url for package in self._request.preferred if package.manager is Manager.CONDA]
        brief = {
            "channels": [self._reachable(channel) for channel in self._spec.channels],
            "specs": [
                f"{replace(requirement, channel=self._reachable(requirement.channel)).key} {requirement.constraint}"
                for requirement in self._spec.conda
            ],
            "preferred": preferred,
            "virtual-packages": dict(self._spec.virtual_packages),
            "constraints": constraints,
            "cutoff": self._request.cutoff.text,
            "keeps-newer": self._request.keeps_newer,
            "locked": [package.url for package in self._request.locked if package.manager is Manager.CONDA],
        }
        return self._processes.conda_solver.answer(brief, self._spec, self._scratch)

    def _reachable(self, url: str) -> str:
        """Return a channel or index as it can be read here: without credentials from a mirror, else with them."""
        bare = bare_source(url)
        if bare in self._mirrors:
            return bare
        return with_variables(url)

    def _run_conda_lock(
        self,
        pypi: tuple[PypiRequirement, ...],
        conda: CondaSide,
        urls: Sequence[str] = (),
        *,
        keep: bool = True,
    ) -> Lockfile:
        """Run conda-lock, which builds nothing; with ``keep`` it sees the old lock and old pages."""
        build_urls = plain_urls(self._indices)
        self._scratch.write("pyproject.toml", conda_lock_source.render(self._source_spec(), pypi, urls, build_urls))
        self._scratch.write("names.json", name_map.render_lookup_json(conda.holders, conda.versions))
        target = self._scratch.folder / "conda-lock.yml"
        self._scratch.write_preference(target, self._source_spec().channels, wanted=bool(pypi) and keep)
        arguments = [
            *("lock", "--conda", self._processes.conda, "--file", "pyproject.toml", "--lockfile", target.name),
            *("--platform", self._spec.platform, "--virtual-package-spec", "virtual-packages.yml"),
            *("--pypi_to_conda_lookup_file", str(self._scratch.folder / "names.json"), "--strip-auth"),
            *("--log-level", "DEBUG" if pypi and keep else "ERROR"),
        ]
        brief = {"answer": conda.answer} if conda.answer else {}
        environment = self._scratch.environment(brief, keep_pages=keep)
        done = self._processes.runs.run(arguments, env=environment, cwd=self._scratch.folder, keep_pages=keep)
        if done.status != 0:
            failure = engine_messages.of_conda_lock(done.stderr)
            raise EngineError(replace(failure, tool="conda-lock", version=tools.conda_lock_version()))
        return conda_lock_yml.parse(target.read_bytes())

    def _source_spec(self) -> PlatformSpec:
        """Return what conda-lock is told: the shim has answered already, so no channel needs its credentials."""
        if not self._processes.embedded:
            return self._spec
        return replace(
            self._spec,
            channels=tuple(bare_source(channel) for channel in self._spec.channels),
            conda=tuple(replace(found, channel=bare_source(found.channel)) for found in self._spec.conda),
        )
