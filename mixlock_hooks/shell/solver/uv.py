"""Ask uv (``uv pip compile``) for exact versions, with what conda holds fixed.

What conda holds, uv finds in a folder of stubs at conda's version with a label of mixlock's own (PEP 440, local
versions), and without requirements: a constraint keeps the solve to them, another keeps builds from them, which need
the real files. uv never builds: an sdist whose requirements are known has a stub too, and one that may be built is
built in mixlock's own sandbox, when uv finds no wheel that fits, so that they are known.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from mixlock_hooks.formats import engine_messages, pylock_toml, uv_messages, uv_toml
from mixlock_hooks.model.failure import EngineError, EngineFailure, FailureKind
from mixlock_hooks.model.locked import Manager
from mixlock_hooks.model.names import pypi_name
from mixlock_hooks.rules.constraints import for_pypi
from mixlock_hooks.rules.platform_tags import uv_platform
from mixlock_hooks.rules.upgrades import floor_of, may_stay
from mixlock_hooks.shell import process
from mixlock_hooks.shell.index.gate import open_gate
from mixlock_hooks.shell.index.indices import ages_of, need_a_gate, plain_urls
from mixlock_hooks.shell.solver.clean_environment import deadline_seconds
from mixlock_hooks.shell.solver.stub_conda import write_stubs
from mixlock_hooks.shell.solver.stub_sdists import StubSdists
from mixlock_hooks.shell.solver.target_files import TargetFiles
from mixlock_hooks.shell.tools import uv_environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mixlock_hooks.model.names import PypiName
    from mixlock_hooks.model.proposal import ProposedFile, ProposedProject
    from mixlock_hooks.model.requirement import PypiRequirement
    from mixlock_hooks.rules.platform_tags import UvPlatform
    from mixlock_hooks.shell.index.gate import Gate
    from mixlock_hooks.shell.index.pages import Pages
    from mixlock_hooks.shell.solver.pypi_question import Question
    from mixlock_hooks.shell.tools import Tool

_CONFIGURATION = "uv.toml"


def propose(question: Question, pages: Pages, scratch: Path, uv: Tool) -> tuple[ProposedProject, ...]:
    """Ask for exact versions until every project has a file that fits the target; each has just that file then.

    Raises:
        EngineError: uv has no answer, or something kept it from one.
        CannotDoError: a build failed.
    """
    platform = uv_platform(question.target)
    if platform is None:
        words = f"it knows no {question.target.shown_python} on {question.request.spec.platform}"
        raise EngineError(EngineFailure(kind=FailureKind.UNKNOWN, words=words, tool="uv", version=uv.version))
    pages.ahead(found.name for found in question.pypi if found.name not in question.held)
    asking = _Asking(uv, question, pages, Path(tempfile.mkdtemp(prefix="uv-", dir=scratch)))
    if not (platform.through_gate or need_a_gate(question.indices) or question.request.builds.from_source):
        return asking.ask(platform)
    with open_gate(question, pages, sdists=True) as gate:
        return asking.ask(platform, gate)


class _Asking:
    """One question, asked again where uv needs an sdist that it was not offered."""

    def __init__(self, uv: Tool, question: Question, pages: Pages, scratch: Path) -> None:
        self._uv = uv
        self._question = question
        self._request = question.request
        self._scratch = scratch
        self._folder = scratch / "stubs"
        self._held = write_stubs(question.held, self._folder, question.held_extras)
        self._sdists = StubSdists(question, pages, self._folder)
        self._files = TargetFiles(question, pages, uv.version)
        self._gate: Gate | None = None
        self._kept: dict[PypiName, str] = {}

    def ask(self, platform: UvPlatform, gate: Gate | None = None) -> tuple[ProposedProject, ...]:
        self._gate = gate
        self._sdists.offer_locked()
        named = self._files.named_builds()
        environment = uv_environment(self._scratch)
        if platform.macos:
            environment["MACOSX_DEPLOYMENT_TARGET"] = platform.macos
        while True:
            self._write_inputs()
            done = self._run(platform, environment)
            judged = self._files.judge(self._answer()) if done.status == 0 else None
            if self._let_stay(judged):
                continue
            if judged is not None and not self._offer_named(named, judged):
                return judged
            if done.status != 0 and not self._files.give_way(done.stderr, uv_messages.of_uv(done.stderr)):
                self._offer_more(done.stderr)

    def _let_stay(self, answer: Sequence[ProposedProject] | None) -> bool:
        """Let what is locked stay although it is newer than the cutoff; tell whether that is to be asked again.

        Those may stay that would go back to an older version, and where there is no answer, all.
        """
        if not (self._request.cutoff and self._request.keeps_newer):
            return False
        locked = {each.name: each.version for each in self._request.preferred if each.manager is Manager.PIP}
        now = {project.name: project.version for project in answer or ()}
        lost = {
            pypi_name(name): version
            for name, version in locked.items()
            if (answer is None or Version(now.get(pypi_name(name), version)) < Version(version))
            and may_stay(self._request, pypi_name(name), version)
        }
        fresh = lost.items() - self._kept.items()
        self._kept |= lost
        return bool(fresh)

    def _run(self, platform: UvPlatform, environment: Mapping[str, str]) -> process.Completed:
        command = self._command(platform.name)
        try:
            return process.run(command, env=environment, cwd=self._scratch, seconds=deadline_seconds())
        except process.OverrunError as error:
            raise self._failed(EngineFailure(kind=FailureKind.SOURCE, words=str(error))) from error

    def _offer_named(self, named: set[PypiName], projects: Sequence[ProposedProject]) -> bool:
        """Offer, once, newer sdists of proposed projects that may be built by name; return whether there is one."""
        found = named & {project.name for project in projects}
        named -= found
        return any([self._sdists.offer(name) for name in sorted(found)])  # noqa: C419 - each is offered

    def _offer_more(self, stderr: str) -> None:
        """Offer the sdists that uv asks for.

        Raises:
            EngineError: there is nothing more to offer, or that was not what it failed for.
            CannotDoError: only a build would help, and it failed.
        """
        failure = uv_messages.of_uv(stderr)
        wanted = engine_messages.sdists_uv_may_not_build(stderr)
        build = failure.kind is not FailureKind.HELD  # there another version of what conda has may be the way out
        named = {name: engine_messages.specifiers_uv_names(stderr, name) for name in wanted}
        offered = [self._sdists.offer(name, named[name], build=build) for name in wanted]
        if any(offered):
            return
        if build and self._sdists.failed:
            raise next(iter(self._sdists.failed.values()))
        unknown = [(name, version) for name in wanted if (version := self._sdists.unknown(name))]
        if unknown and failure.kind is FailureKind.NO_FILE:
            name, version = unknown[0]
            words = "no wheel of it fits, and its sdist has no static metadata"
            failure = EngineFailure(kind=FailureKind.BUILD, package=name, constraint=version, words=words)
        raise self._failed(self._files.with_versions(failure))

    def _failed(self, failure: EngineFailure) -> EngineError:
        return EngineError(replace(failure, tool="uv", version=self._uv.version))

    def _write_inputs(self) -> None:
        requirements = "".join(f"{_bare(requirement)}\n" for requirement in self._question.pypi)
        (self._scratch / "proposal.in").write_text(requirements, encoding="utf-8")
        urls = [self._gate.url] if self._gate else plain_urls(self._question.indices)
        bounds = (f"{name}{specifier}" for name, specifier in self._request.bounds)
        alike = self._request.like.pypi if self._request.like else ()
        floors = (floor_of(each) for each in self._request.floors if each.manager is Manager.PIP)
        own = (*self._question.excluded, *self._files.constraints(), *bounds, *filter(self._is_free, floors))
        excluded = (*own, *for_pypi(self._request.spec), *(each for each in alike if self._is_free(each)))
        limits = uv_toml.Bounds(
            held=self._held,
            unbounded=self._question.unbounded,
            excluded=excluded,
            kept=self._kept,
            ages=uv_toml.Ages() if self._gate else ages_of(self._request.cutoff, self._question.indices),
        )
        configuration = uv_toml.render(urls, str(self._folder), limits, refresh=self._request.refresh)
        (self._scratch / _CONFIGURATION).write_text(configuration, encoding="utf-8")

    def _is_free(self, bound: str) -> bool:
        """Return whether a bound is of no project that conda holds, whose stub has a version of mixlock's own."""
        return pypi_name(bound.partition("==")[0].partition(">=")[0]) not in self._held

    def _command(self, platform: str) -> list[str]:
        target, moment = self._scratch / "pylock.proposal.toml", self._request.cutoff.moment
        target.unlink(missing_ok=True)
        preferred = [package for package in self._request.preferred if package.manager is Manager.PIP]
        if preferred:
            kept = {package.name: package.version for package in preferred}
            target.write_text(pylock_toml.render_preference(kept), encoding="utf-8")
        return [
            *(self._uv.command, "pip", "compile", "--quiet", "--no-header", "--format", "pylock.toml"),
            *("--config-file", _CONFIGURATION, "--python", sys.executable, "--no-python-downloads"),
            *("--python-version", self._question.python, "--python-platform", platform),
            *(("--exclude-newer", moment) if moment and not self._gate else ()),
            *("--only-binary", ":all:"),
            *(("--prerelease", "allow") if self._request.spec.prereleases else ()),
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
        behind = self._gate.real(file.url) if self._gate else None
        return behind or self._sdists.real.get(file.name, file)


def _bare(requirement: PypiRequirement) -> str:
    """Return a requirement without its marker, which was judged, and its hashes, which are checked later."""
    return f"{requirement.key}{requirement.specifier}"
