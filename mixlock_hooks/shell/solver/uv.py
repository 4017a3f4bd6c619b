"""Ask uv (``uv pip compile``) for exact versions, with what conda holds fixed.

What conda holds, uv finds in a folder of stubs at conda's version with a label of mixlock's own (PEP 440, local
versions), and without requirements: a constraint keeps the solve to them, another keeps builds from them, which need
the real files. uv cannot be told whose build code may run, only that nobody's may: an sdist whose requirements are
known without building has a stub too, and one that may be built is asked for as an sdist when it is needed.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import engine_messages, pylock_toml, uv_toml
from mixlock_hooks.model.failure import CannotDoError, EngineFailure, FailureKind, NoProposalError
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules import solve_problem
from mixlock_hooks.rules.platform_tags import can_be_had, uv_platforms
from mixlock_hooks.shell import process
from mixlock_hooks.shell.solver.failures import failed
from mixlock_hooks.shell.solver.stub_conda import write_stubs
from mixlock_hooks.shell.solver.stub_sdists import StubSdists
from mixlock_hooks.shell.tools import find_uv, uv_environment

if TYPE_CHECKING:
    from pathlib import Path

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.shell.index.remote_files import RemoteFiles
    from mixlock_hooks.shell.solver.pypi_question import Question

_CONFIGURATION = "uv.toml"


def propose(question: Question, remote: RemoteFiles, scratch: Path) -> tuple[ProposedProject, ...]:
    """Ask, for each of uv's platforms that the target could be, until every project has a file that suits.

    Raises:
        NoProposalError: uv is not here, or has no proposal.
        CannotDoError: a build failed or is not allowed, which any other way would need too.
    """
    uv = find_uv()
    if uv is None:
        raise NoProposalError("uv is not installed")
    asking = _Asking(uv, question, remote, scratch)
    spec = question.request.spec
    for platform in uv_platforms(spec):
        projects = asking.ask(platform)
        if all(can_be_had((file.name for file in project.files), spec) for project in projects):
            return projects
    raise NoProposalError(f"uv has no proposal whose files suit {spec.platform}")


class _Asking:
    """One question, asked again where uv needs an sdist that it was not offered."""

    def __init__(self, uv: str, question: Question, remote: RemoteFiles, scratch: Path) -> None:
        self._uv = uv
        self._question = question
        self._request = question.request
        self._scratch = scratch
        self._folder = scratch / "stubs"
        self._held = write_stubs(question.held, self._folder)
        self._sdists = StubSdists(question, remote, self._folder)
        self._built: set[PypiName] = set()

    def ask(self, platform: str) -> tuple[ProposedProject, ...]:
        self._write_inputs()
        if not self._request.builds.everybody:
            self._sdists.offer_locked()
        while True:
            done = process.run(self._command(platform), env=uv_environment(self._scratch), cwd=self._scratch)
            if done.status == 0:
                return self._answer()
            self._offer_more(done.stderr)

    def _offer_more(self, stderr: str) -> None:
        """Offer the sdists that uv asks for.

        Raises:
            NoProposalError: there is nothing more to offer, or that was not what it failed for.
            CannotDoError: only a build would help, and it failed or is not allowed.
        """
        failure = engine_messages.of_uv(stderr)
        is_failed_build = failure.kind is FailureKind.BUILD_FAILED
        if is_failed_build and self._sdists.offer_built(pypi_name(failure.package), failure.constraint):
            return
        if failure.kind is not FailureKind.UNKNOWN:
            raise self._failed(failure)
        wanted = engine_messages.sdists_uv_may_not_build(stderr)
        to_build = {name for name in wanted if name in self._request.builds.names} - self._built
        self._built |= to_build
        offered = [self._sdists.offer(name) for name in wanted]
        offered += [self._sdists.offer_repacked(name) for name in engine_messages.sdists_uv_cannot_read(stderr)]
        if to_build or any(offered):
            return
        unknown = [(name, version) for name in wanted if (version := self._sdists.unknown(name))]
        if unknown:
            name, version = unknown[0]
            words = "no wheel of it fits, and its sdist has no static metadata"
            raise self._failed(
                EngineFailure(kind=FailureKind.BUILD, package=name, constraint=version, words=words),
            )
        raise NoProposalError(failure.words)

    def _failed(self, failure: EngineFailure) -> CannotDoError:
        return failed(solve_problem.of_pypi_side(self._request, failure, {}))

    def _write_inputs(self) -> None:
        requirements = "".join(f"{_bare(requirement)}\n" for requirement in self._question.pypi)
        (self._scratch / "proposal.in").write_text(requirements, encoding="utf-8")
        urls = [index.url for index in self._question.indices]
        configuration = uv_toml.render(urls, str(self._folder), self._held, refresh=self._request.refresh)
        (self._scratch / _CONFIGURATION).write_text(configuration, encoding="utf-8")

    def _command(self, platform: str) -> list[str]:
        target = self._scratch / "pylock.proposal.toml"
        target.unlink(missing_ok=True)
        preferred = [package for package in self._request.preferred if package.manager is Manager.PIP]
        if preferred:
            kept = {package.name: package.version for package in preferred}
            target.write_text(pylock_toml.render_preference(kept), encoding="utf-8")
        restricted = ("--only-binary", ":all:", *(f"--no-binary={name}" for name in sorted(self._built)))
        return [
            *(self._uv, "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
            *("--config-file", _CONFIGURATION, "--python", sys.executable, "--no-python-downloads"),
            *("--python-version", self._question.python, "--python-platform", platform),
            *(("--exclude-newer", self._request.cutoff) if self._request.cutoff else ()),
            *(() if self._request.builds.everybody else restricted),
            *("--output-file", str(target), "proposal.in"),
        ]

    def _answer(self) -> tuple[ProposedProject, ...]:
        """Return what uv proposes, without what conda holds, and with sdists in place of their stubs."""
        try:
            projects = pylock_toml.parse((self._scratch / "pylock.proposal.toml").read_text(encoding="utf-8"))
        except ValueError as error:
            raise NoProposalError(str(error)) from error
        found = (replace(project, files=tuple(map(self._real, project.files))) for project in projects)
        return tuple(project for project in found if project.name not in self._held)

    def _real(self, file: ProposedFile) -> ProposedFile:
        return self._sdists.real.get(file.name, file)


def _bare(requirement: PypiRequirement) -> str:
    """Return a requirement without its marker, which was judged, and its hashes, which are checked later."""
    return f"{requirement.key}{requirement.specifier}"
