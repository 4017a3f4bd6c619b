"""Solve one platform through conda-lock, run as an executable in a scratch directory.

The conda side is solved first, once; its python decides which markers hold. conda-lock then asks the shim
for that very answer, solves the PyPI side against it, and writes the lockfile that is read back.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixlock_hooks.formats import conda_lock_source, conda_lock_yml, engine_messages, name_map, virtual_packages
from mixlock_hooks.model.failure import CannotDoError, NoProposalError
from mixlock_hooks.model.locked import LockedPackage, Lockfile, Manager, SolvedPlatform
from mixlock_hooks.model.solving import CondaSide
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.fingerprint import bare_source
from mixlock_hooks.shell import process, tools
from mixlock_hooks.shell.index.indices import as_proposed, canonical, used_indices
from mixlock_hooks.shell.machine_config import mirrors
from mixlock_hooks.shell.solver.clean_environment import isolated
from mixlock_hooks.shell.solver.conda_shim import BRIEF
from mixlock_hooks.shell.solver.failures import failed, of_conda_lock, of_kind, reason
from mixlock_hooks.shell.solver.proposal import offered
from mixlock_hooks.shell.solver.pypi_question import Question
from mixlock_hooks.shell.solver.stub_conda import stub_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import PlatformSpec
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.model.solving import SolveRequest
    from mixlock_hooks.ports import Progress

_VARIABLE = re.compile(r"\$\{\w+\}|\$\w+")


class CondaLock:
    """The ``Engines`` port: conda-lock as the authority, with the embedded stub or a real conda."""

    def __init__(self, solver: str, names: Counterparts, progress: Progress, *, propose: bool = True) -> None:
        self.propose = propose
        self.progress = progress
        self.embedded = solver == tools.EMBEDDED
        self.conda = tools.conda_executable(solver)
        self.command = tools.conda_lock_command()
        self.names = names

    @contextmanager
    def open(self, request: SolveRequest) -> Iterator[CondaLockEngine]:
        """Give an engine with a scratch folder of its own."""
        with ExitStack() as stack:
            try:
                scratch = tempfile.TemporaryDirectory(prefix="mixlock-", ignore_cleanup_errors=True)
                engine = CondaLockEngine(request, self, Path(stack.enter_context(scratch)))
                stack.callback(engine.close)
            except OSError as error:
                raise CannotDoError(f"the scratch folder cannot be written: {error}") from error
            yield engine


class CondaLockEngine:
    """The ``Engine`` port for one request, in its scratch folder."""

    def __init__(self, request: SolveRequest, setup: CondaLock, scratch: Path) -> None:
        self._request = request
        self._spec = request.spec
        self._setup = setup
        self._scratch = scratch
        self._mirrors = mirrors()
        for index in (*self._spec.indices, self._spec.default_index):
            self._reachable(index)
        self._indices = used_indices(self._spec.indices, self._spec.default_index, self._mirrors)
        self._prepare()
        self._early = self._start_early() if self._spec.pypi else None

    def close(self) -> None:
        """End what was started ahead and is not needed."""
        if self._early:
            self._early.stop()

    def _start_early(self) -> process.Started | None:
        """Start conda-lock, which takes as long to import as the conda side takes to solve."""
        command = tools.early_conda_lock_command()
        if command is None:
            return None
        return process.start(command, env=self._environment({}), cwd=self._scratch)

    def conda_side(self, constraints: tuple[str, ...]) -> CondaSide:
        """Ask the shim; a real conda is asked through conda-lock, and takes no constraints."""
        if self._setup.embedded:
            answer = self._ask_shim(constraints)
            packages = [_as_locked(record, self._spec.platform) for record in answer["actions"]["FETCH"]]
            return self._side(packages, answer)
        if any(found.details for found in self._spec.conda):
            raise CannotDoError("a real conda is asked for versions and builds only: use the embedded solver")
        if constraints or self._request.cutoff:
            raise CannotDoError("a real conda takes no constraints and no cutoff: use the embedded solver")
        if not self._spec.pypi:
            return CondaSide(versions={})
        return self._side(self._run_conda_lock((), CondaSide(versions={})).packages)

    def _side(self, packages: Sequence[LockedPackage], answer: Any = None) -> CondaSide:
        return CondaSide(
            versions={package.name: package.version for package in packages},
            holders={project: package.name for project, package in self._setup.names.holders(packages).items()},
            answer=answer,
        )

    def lock(self, pypi: tuple[PypiRequirement, ...], conda: CondaSide) -> SolvedPlatform:
        """Let conda-lock verify a proposal, or solve against the full indices where there is none."""
        if not pypi:
            return self._answer(self._run_conda_lock((), conda).packages)
        question = Question(
            request=self._request, pypi=pypi, python=conda.python, indices=self._indices, held=conda.held
        )
        if not self._setup.propose:
            return self._against_full_index(question, conda, "no proposal was wanted")
        try:
            return self._answer(self._verify_proposal(question, conda))
        except NoProposalError as error:
            if self._request.cutoff:
                raise failed(solve_problem.within_cutoff(self._request, str(error))) from error
            return self._against_full_index(question, conda, str(error))

    def _against_full_index(self, question: Question, conda: CondaSide, reason: str) -> SolvedPlatform:
        self._tell("full index")
        with stub_index(question.held, self._scratch / "held") as stub_url:
            urls = [stub_url, *(index.url for index in self._indices)]
            found = self._run_conda_lock(question.pypi, conda, urls, builds=self._request.builds.everybody)
        stubs = stub_url.removesuffix("simple")
        packages = [package for package in found.packages if not package.url.startswith(stubs)]
        return self._answer(packages, note=f"solved against the full index: {reason}")

    def _verify_proposal(self, question: Question, conda: CondaSide) -> tuple[LockedPackage, ...]:
        """Have the PyPI side proposed, and conda-lock solve against just the proposed files.

        Only an sdist that may be built is proposed without its metadata, so conda-lock may build what it finds.
        """
        with offered(question, self._scratch, self._tell, self._found) as offer:
            self._tell("verification")
            try:
                found = self._run_conda_lock(question.pypi, conda, [offer.url], builds=offer.needs_builds, keep=False)
            except CannotDoError as error:
                raise NoProposalError(f"conda-lock rejected the proposal: {reason(error)}") from error
        return tuple(
            as_proposed(package, offer.real_urls)
            for package in found.packages
            if package.manager is Manager.CONDA or package.url not in offer.stub_urls
        )

    def _tell(self, phase: str) -> None:
        self._setup.progress.phase(self._request.environment.name, self._spec.platform, phase)

    def _found(self, words: str) -> None:
        self._setup.progress.found(self._request.environment.name, self._spec.platform, words)

    def _answer(self, packages: Iterable[LockedPackage], note: str = "") -> SolvedPlatform:
        return SolvedPlatform(
            platform=self._spec.platform,
            packages=tuple(canonical(package, self._indices) for package in packages),
            engine=tools.engine(),
            note=note,
            cutoff=self._request.cutoff,
        )

    def _prepare(self) -> None:
        asked = {self._spec.platform: dict(self._spec.virtual_packages)}
        self._write("virtual-packages.yml", virtual_packages.render(asked))
        for folder in ("tmp", "poetry", "pkgs"):
            (self._scratch / folder).mkdir()

    def _write(self, name: str, text: str) -> None:
        (self._scratch / name).write_text(text, encoding="utf-8")

    def _environment(
        self, brief: Mapping[str, Any], *, builds: bool = False, keep_pages: bool = False
    ) -> dict[str, str]:
        self._write("brief.json", json.dumps(brief))
        return isolated(self._spec, self._scratch, builds=builds, keep_pages=keep_pages) | {
            BRIEF: str(self._scratch / "brief.json")
        }

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
            "cutoff": self._request.cutoff,
        }
        command = [self._setup.conda, "create", "--prefix", "none", "--dry-run", "--json"]
        done = process.run(command, env=self._environment(brief), cwd=self._scratch)
        try:
            answer: dict[str, Any] = json.loads(done.stdout)
        except ValueError as error:
            raise CannotDoError(f"the embedded solver failed: {done.last_words}") from error
        if not answer["success"]:
            failure = engine_messages.of_conda(answer["kind"], answer["message"])
            raise of_kind(failure.kind, solve_problem.of_conda_side(self._request, failure))
        return answer

    def _reachable(self, url: str) -> str:
        """Return a channel or index as it can be read here: without credentials from a mirror, else with them."""
        bare = bare_source(url)
        if bare in self._mirrors:
            return bare
        expanded = os.path.expandvars(url)
        if _VARIABLE.search(expanded):
            raise failed(solve_problem.unset_variable(self._request, url))
        return expanded

    def _run_conda_lock(
        self,
        pypi: tuple[PypiRequirement, ...],
        conda: CondaSide,
        urls: Sequence[str] = (),
        *,
        builds: bool = False,
        keep: bool = True,
    ) -> Lockfile:
        """Run conda-lock; with ``builds`` it may build sdists, with ``keep`` it sees the old lock and old pages."""
        build_urls = [index.url for index in self._indices]
        self._write("pyproject.toml", conda_lock_source.render(self._source_spec(), pypi, urls, build_urls))
        self._write("names.json", name_map.render_lookup_json(conda.holders, conda.versions))
        target = self._scratch / "conda-lock.yml"
        self._write_preference(target, wanted=bool(pypi) and keep)
        arguments = [
            *("lock", "--conda", self._setup.conda, "--file", "pyproject.toml", "--lockfile", target.name),
            *("--platform", self._spec.platform, "--virtual-package-spec", "virtual-packages.yml"),
            *("--pypi_to_conda_lookup_file", str(self._scratch / "names.json"), "--strip-auth"),
            *("--log-level", "DEBUG" if pypi and keep and not builds else "ERROR"),
        ]
        brief = {"answer": conda.answer} if conda.answer else {}
        done = self._conda_lock(arguments, self._environment(brief, builds=builds, keep_pages=keep or builds))
        if done.status != 0:
            raise of_conda_lock(done.stderr, self._request, conda)
        return conda_lock_yml.parse(target.read_bytes())

    def _conda_lock(self, arguments: Sequence[str], environment: Mapping[str, str]) -> process.Completed:
        early, self._early = self._early, None
        if early:
            return early.finish(json.dumps({"arguments": arguments, "environment": environment}) + "\n")
        return process.run([*self._setup.command, *arguments], env=environment, cwd=self._scratch)

    def _source_spec(self) -> PlatformSpec:
        """Return what conda-lock is told: the shim has answered already, so no channel needs its credentials."""
        if not self._setup.embedded:
            return self._spec
        return replace(
            self._spec,
            channels=tuple(bare_source(channel) for channel in self._spec.channels),
            conda=tuple(replace(found, channel=bare_source(found.channel)) for found in self._spec.conda),
        )

    def _write_preference(self, target: Path, *, wanted: bool) -> None:
        """Lay the old pip packages where conda-lock looks for a lock, so that it keeps what still fits."""
        preferred = tuple(package for package in self._request.preferred if package.manager is Manager.PIP)
        target.unlink(missing_ok=True)
        if wanted and preferred:
            platform = self._spec.platform
            old = Lockfile(
                packages=preferred,
                channels=self._source_spec().channels,
                platforms=(platform,),
                content_hash={platform: "0" * 64},
                facts={},
            )
            target.write_bytes(conda_lock_yml.render(old, "pyproject.toml"))


def _as_locked(record: Mapping[str, Any], platform: Subdir) -> LockedPackage:
    """Return a solver's record as a package, without the hashes, which conda-lock copies into the lock."""
    depends = (text.split(" ")[0].rpartition("::")[2] for text in record["depends"])
    return LockedPackage(
        name=record["name"],
        version=str(record["version"]),
        manager=Manager.CONDA,
        platform=platform,
        dependencies=dict.fromkeys(depends, ""),
        url=record["url"],
    )
