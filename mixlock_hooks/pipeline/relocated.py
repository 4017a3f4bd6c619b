"""A repository as a move or a removal would leave it, judged before anything is written."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.formats import project_config
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.problem import errors, in_order
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.pipeline.check import check
from mixlock_hooks.pipeline.load import Loaded, NoSpecError, load_all
from mixlock_hooks.rules.discovery import nothing_found
from mixlock_hooks.rules.fingerprint import fingerprint, inputs_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.origin import Origin
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.pipeline.relocate import Relocation
    from mixlock_hooks.ports import Files, Repository


def judge_result(project: Project, plan: Relocation) -> str:
    """Refuse a move or a removal that would leave what cannot be read, or locked, and could be before.

    Args:
        project: the repository as it is.
        plan: what is to be done.

    Returns:
        That no spec would be left, in a sentence; empty where one would be.

    Raises:
        UsageError: it would leave such; the problems say what.
    """
    after = _after(project, plan)
    try:
        loaded = load_all(after)
    except NoSpecError:
        return f"no spec is left; {nothing_found(after.settings)}"
    except UsageError as error:
        if _opened(project) is None:  # it was as bad before, and this may be how it is mended
            return ""
        raise UsageError(f"{_refusal(plan)}: {error}", error.problems) from error
    _refuse_new_errors(project, plan, after, loaded)
    if plan.target:
        _refuse_other_answer(plan, loaded)
    return ""


def _refuse_new_errors(project: Project, plan: Relocation, after: Project, loaded: Loaded) -> None:
    found = _errors(after, loaded)
    before = _opened(project) if found else None
    if before is None:
        return
    known = _errors(project, before)
    new = [problem for key, problem in found.items() if key not in known]
    if new:
        raise UsageError(f"{_refusal(plan)}: what it would leave cannot be locked", in_order(new))


def _refuse_other_answer(plan: Relocation, loaded: Loaded) -> None:
    """Refuse a move after which the spec would ask for something else, as one does that includes a file."""
    found = next((each for each in loaded.environments if each.name == plan.name), None)
    if found is None:
        if plan.lock:
            raise UsageError(f"{_refusal(plan)}: git does not track {plan.spec}; `git add` it, then move it")
        return
    if _asked(found) != _asked(plan.environment):
        raise UsageError(f"{_refusal(plan)}: it would ask for something else there, where it includes other files")


def _refusal(plan: Relocation) -> str:
    name = plan.environment.name
    return f"{name}: cannot move to {plan.target}" if plan.target else f"{name}: cannot be removed"


def _asked(environment: EnvironmentSpec) -> dict[str, str]:
    return {spec.platform: fingerprint(inputs_of(spec)) for spec in environment.platforms}


def _opened(project: Project) -> Loaded | None:
    """Return what a repository holds; None where no command takes it."""
    try:
        return load_all(project)
    except UsageError:
        return None


def _errors(project: Project, loaded: Loaded) -> dict[tuple[str, str, str], Problem]:
    """Return the errors of a repository, each by what stays the same where a line of the configuration goes."""
    found = errors(check(project, loaded).problems)
    return {(problem.code, problem.place.path, problem.claim): problem for problem in found}


def _after(project: Project, plan: Relocation) -> Project:
    """Return the repository as it would be, without the lock, which is written for the specs then.

    Raises:
        UsageError: its configuration would not be valid.
    """
    settings = project.settings
    texts: dict[str, bytes] = {}
    if plan.configuration is not None:
        texts[settings.source] = plan.configuration.encode()
        parsed, problems = project_config.parse(plan.configuration, settings.source)
        if problems:
            raise UsageError(f"{_refusal(plan)}: the configuration would not be valid", problems)
        settings = parsed or Settings()
    moves = {plan.target: plan.spec} if plan.spec and plan.target else {}
    gone = frozenset(filter(None, (plan.spec, *plan.lock)))
    files = _FilesAfter(before=project.files, texts=texts, moves=moves, gone=gone)
    repository = _RepositoryAfter(before=project.repository, moves=moves, gone=gone)
    return replace(project, settings=settings, files=files, repository=repository)


@dataclass(frozen=True, kw_only=True, slots=True)
class _FilesAfter:
    """The ``Files`` port over files of which some are gone, and some are elsewhere; nothing writes to it."""

    before: Files
    texts: Mapping[str, bytes]
    moves: Mapping[str, str]
    gone: frozenset[str]

    def read(self, path: str) -> bytes | None:
        path = posixpath.normpath(path)
        if path in self.texts:
            return self.texts[path]
        if path in self.gone and path not in self.moves:
            return None
        return self.before.read(self.moves.get(path, path))

    def below(self, folder: str) -> tuple[str, ...]:
        come = {path for path in self.moves if path.startswith(f"{folder}/")}
        return tuple(sorted({*self.before.below(folder)} - self.gone | come))

    def names(self, folder: str) -> tuple[str, ...]:
        there = {posixpath.join(folder, name) for name in self.before.names(folder)} - self.gone
        come = {path for path in self.moves if posixpath.dirname(path) == folder}
        return tuple(sorted(posixpath.basename(path) for path in there | come))

    def replace_set(
        self,
        folder: str,
        files: Mapping[str, bytes],
        obsolete: tuple[str, ...],
        elsewhere: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True, slots=True)
class _RepositoryAfter:
    """The ``Repository`` port over the same history, with what git would track."""

    before: Repository
    moves: Mapping[str, str]
    gone: frozenset[str]

    @property
    def is_in_git(self) -> bool:
        return self.before.is_in_git

    def tracked(self) -> tuple[str, ...]:
        return self._as_after(self.before.tracked())

    def left_out(self) -> frozenset[str]:
        return frozenset(self._as_after(self.before.left_out()))

    def ignored_by(self, path: str) -> str:
        return self.before.ignored_by(path)

    def _as_after(self, paths: Collection[str]) -> tuple[str, ...]:
        come = (path for path, old in self.moves.items() if old in paths)
        return tuple(sorted({*paths} - self.gone | {*come}))

    def committed(self, path: str) -> bytes | None:
        return self.before.committed(path)

    def stages(self, path: str) -> tuple[bytes | None, bytes | None, bytes | None]:
        return self.before.stages(path)

    def at_head(self, path: str) -> bytes | None:
        return self.before.at_head(path)

    def at(self, revision: str, path: str) -> bytes | None:
        return self.before.at(revision, path)

    def origins(self, roots: tuple[str, ...]) -> Iterator[Origin]:
        return self.before.origins(roots)

    def unlike_head(self, roots: tuple[str, ...]) -> frozenset[str] | None:
        return self.before.unlike_head(roots)
