"""Solve one platform through conda-lock's command line, run in a scratch directory.

The conda side is solved first, once; its python decides which markers hold. conda-lock then asks the shim
for that very answer, solves the PyPI side against it, and writes the lockfile that is read back.
"""

from __future__ import annotations

import tempfile
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conda_lock_source, conda_lock_yml, engine_messages, name_map
from mixlock_hooks.formats.repodata import as_locked
from mixlock_hooks.model.failure import CannotDoError, EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager, SolvedPlatform
from mixlock_hooks.model.solving import CondaSide
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.rules.withdrawn import gone_from_channels
from mixlock_hooks.shell import tools
from mixlock_hooks.shell.index.credentials import with_variables
from mixlock_hooks.shell.index.indices import canonical, plain_urls, used_indices
from mixlock_hooks.shell.machine_config import mirrors
from mixlock_hooks.shell.solver.kept_answers import KeptAnswers
from mixlock_hooks.shell.solver.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import Need, SolveRequest
    from mixlock_hooks.ports import Progress
    from mixlock_hooks.shell.index.indices import UsedIndex
    from mixlock_hooks.shell.solver.engine_processes import EngineProcesses
    from mixlock_hooks.shell.solver.pypi_side import PypiSide


@cache
def _import_ahead() -> None:
    """Begin, once, to import what takes as long as conda's side takes to be solved by another process."""
    threading.Thread(target=import_module, args=("mixlock_hooks.shell.solver.pypi_side",), daemon=True).start()


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
                if request.spec.pypi:
                    _import_ahead()
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
        self._gone: frozenset[str] = frozenset()

    @cached_property
    def _indices(self) -> tuple[UsedIndex, ...]:
        """Return where PyPI's side is looked for: nowhere without one; to find out takes as long as conda's side."""
        return used_indices(self._spec.pypi_sources, self._mirrors) if self._spec.pypi else ()

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        """Ask the shim; a real conda is asked through conda-lock, and takes no constraints."""
        if self._processes.embedded:
            answer = self._ask_shim(constraints)
            self._gone = frozenset(answer.get("gone", ()))
            packages = [as_locked(record, self._spec.platform) for record in answer["actions"]["FETCH"]]
            return self._side(packages, answer)
        if any(found.details for found in self._spec.conda):
            raise CannotDoError(
                f"{self._named} supports only versions and builds; leave it out to use the embedded solver"
            )
        if self._request.cutoff:
            raise CannotDoError(f"{self._named} does not support a cutoff; leave it out to use the embedded solver")
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
        """Let conda-lock lock both sides."""
        if not pypi:
            return self._answer(self._run_conda_lock((), conda).packages)
        found = self._pypi_side.lock(pypi, conda)
        answer = self._answer(found.packages, uv=found.uv, notes=found.notes)
        return replace(answer, proposed=found.proposed)

    def needs(
        self, pypi: tuple[PypiRequirement, ...], conda: CondaSide, free: frozenset[PypiName]
    ) -> tuple[Need, ...]:
        """Ask uv, with some of what conda has left to it, and read what its answer needs of that."""
        return self._pypi_side.needs(pypi, conda, free)

    @cached_property
    def _pypi_side(self) -> PypiSide:
        from mixlock_hooks.shell.solver.pypi_side import PypiSide  # noqa: PLC0415 - imported while conda is solved

        return PypiSide(self._request, self._setup, self._scratch.folder, self._indices, self._run_conda_lock)

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
            "other-platforms": [
                each.platform for each in self._request.environment.platforms if each.platform != self._spec.platform
            ],
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
        known: str = "",
    ) -> Lockfile:
        """Run conda-lock, which builds nothing; with ``keep`` it sees the old lock and old pages.

        What is ``known`` of the indices, as ``known_answers`` renders it, need not be asked of them.
        """
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
        answers = self._scratch.write("answers.json", known) if known else None
        done = self._processes.runs.run(
            arguments, env=environment, cwd=self._scratch.folder, keep_pages=keep, answers=answers
        )
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
