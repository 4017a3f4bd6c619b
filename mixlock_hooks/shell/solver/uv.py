"""Ask uv (``uv pip compile``) for exact versions, with what conda holds fixed.

What conda holds, uv finds in a folder of stubs at conda's version with a label of mixlock's own (PEP 440, local
versions), and without requirements: a constraint keeps the solve to them, another keeps builds from them, which need
the real files. uv cannot be told whose build code may run, only that nobody's may: an sdist whose requirements are
known without building has a stub too, and one that may be built is asked for as an sdist when it is needed.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mixlock_hooks.formats import engine_messages, pylock_toml, uv_messages, uv_toml
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.platform_tags import can_be_had, uv_platforms
from mixlock_hooks.shell import process
from mixlock_hooks.shell.solver.stub_conda import write_stubs
from mixlock_hooks.shell.solver.stub_sdists import StubSdists
from mixlock_hooks.shell.tools import uv_environment

if TYPE_CHECKING:
    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.shell.index.remote_files import RemoteFiles
    from mixlock_hooks.shell.solver.pypi_question import Question
    from mixlock_hooks.shell.tools import Tool

_CONFIGURATION = "uv.toml"


def propose(question: Question, remote: RemoteFiles, scratch: Path, uv: Tool) -> tuple[ProposedProject, ...]:
    """Ask, for each of uv's platforms that the target could be, until every project has a file that suits.

    Raises:
        EngineError: uv has no answer, or something kept it from one.
        CannotDoError: a build failed.
    """
    asking = _Asking(uv, question, remote, Path(tempfile.mkdtemp(prefix="uv-", dir=scratch)))
    spec = question.request.spec
    unfit: ProposedProject | None = None
    for platform in uv_platforms(spec):
        projects = asking.ask(platform)
        unsuited = [each for each in projects if not can_be_had((file.name for file in each.files), spec)]
        if not unsuited:
            return projects
        unfit = unsuited[0]
    name, version = (unfit.name, unfit.version) if unfit else ("", "")
    raise EngineError(
        EngineFailure(
            kind=FailureKind.NO_FILE if unfit else FailureKind.UNKNOWN,
            package=name,
            constraint=version,
            words="" if unfit else f"uv has no target for {spec.platform}",
            tool="uv",
            version=uv.version,
        )
    )


class _Asking:
    """One question, asked again where uv needs an sdist that it was not offered."""

    def __init__(self, uv: Tool, question: Question, remote: RemoteFiles, scratch: Path) -> None:
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
            EngineError: there is nothing more to offer, or that was not what it failed for.
            CannotDoError: only a build would help, and it failed.
        """
        failure = uv_messages.of_uv(stderr)
        is_failed_build = failure.kind is FailureKind.BUILD_FAILED
        if is_failed_build and self._sdists.offer_built(pypi_name(failure.package), failure.constraint):
            return
        wanted = engine_messages.sdists_uv_may_not_build(stderr)
        to_build = {name for name in wanted if name in self._request.builds.names} - self._built
        self._built |= to_build
        offered = [self._sdists.offer(name) for name in wanted]
        offered += [self._sdists.offer_repacked(name) for name in engine_messages.sdists_uv_cannot_read(stderr)]
        if to_build or any(offered):
            return
        unknown = [(name, version) for name in wanted if (version := self._sdists.unknown(name))]
        if unknown and failure.kind is FailureKind.NO_FILE:
            name, version = unknown[0]
            words = "no wheel of it fits, and its sdist has no static metadata"
            failure = EngineFailure(kind=FailureKind.BUILD, package=name, constraint=version, words=words)
        raise self._failed(failure)

    def _failed(self, failure: EngineFailure) -> EngineError:
        return EngineError(replace(failure, tool="uv", version=self._uv.version))

    def _write_inputs(self) -> None:
        requirements = "".join(f"{_bare(requirement)}\n" for requirement in self._question.pypi)
        (self._scratch / "proposal.in").write_text(requirements, encoding="utf-8")
        urls = [index.url for index in self._question.indices]
        bounds = uv_toml.Bounds(held=self._held, unbounded=self._question.unbounded, excluded=self._question.excluded)
        configuration = uv_toml.render(urls, str(self._folder), bounds, refresh=self._request.refresh)
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
            *(self._uv.command, "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
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
            raise self._failed(EngineFailure(kind=FailureKind.UNKNOWN, words=str(error))) from error
        found = (replace(project, files=tuple(map(self._real, project.files))) for project in projects)
        answer = tuple(project for project in found if project.name not in self._held)
        for project in answer:
            if not all(file.sha256 for file in project.files):
                kind = FailureKind.NO_HASH
                raise self._failed(EngineFailure(kind=kind, package=project.name, constraint=project.version))
        return answer

    def _real(self, file: ProposedFile) -> ProposedFile:
        return self._sdists.real.get(file.name, file)


def _bare(requirement: PypiRequirement) -> str:
    """Return a requirement without its marker, which was judged, and its hashes, which are checked later."""
    return f"{requirement.key}{requirement.specifier}"
