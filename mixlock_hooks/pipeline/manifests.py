"""The manifests of other tools that git tracks: which files are one, and what each asks for."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats.foreign import conda_project_yml, pixi_lock, pixi_manifest, unidep
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.model.spec_part import MANIFEST, is_manifest
from mixlock_hooks.pipeline.documents import readable, unreadable
from mixlock_hooks.rules import pixi

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.formats.foreign.pixi_lock import PixiLock
    from mixlock_hooks.model.foreign import CondaProject, ForeignPackage, ForeignSpec, PixiEnvironment, PixiWorkspace
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.project import Project

_PIXI, _PIXI_LOCK = "pixi.toml", "pixi.lock"
_TOOLS = {
    _PIXI: "pixi",
    _PIXI_LOCK: "pixi's lock",
    "requirements.yaml": "unidep",
    **dict.fromkeys(conda_project_yml.FILES, "conda-project"),
}
"""The files that are read here, and whose they are."""
_IN_PROJECT = {"pixi": b"tool.pixi", "unidep": b"tool.unidep"}
"""What a ``pyproject.toml`` with a table of a tool's holds."""


@dataclass(kw_only=True)
class Manifest:
    """What was read of one file: its environments, each with what the tool locked for it by platform."""

    path: str
    tool: str
    specs: list[tuple[ForeignSpec, Mapping[Subdir, tuple[ForeignPackage, ...]]]] = field(default_factory=list)
    project: CondaProject | None = None
    problems: list[Problem] = field(default_factory=list)

    def refuse(self, claim: str, hint: str) -> None:
        """Add what could not be taken over, which is an error."""
        self.problems.append(Problem(code=Code.UNKNOWN_KEY, place=at(self.path), claim=claim, hint=hint))

    def note(self, claim: str, hint: str = "", path: str = "") -> None:
        """Add what is good to know; of another file than this one where it is named."""
        self.problems.append(
            Problem(
                code=Code.UNKNOWN_KEY, place=at(path or self.path), claim=claim, hint=hint, severity=Severity.WARNING
            )
        )


def manifests(project: Project) -> Iterator[Manifest]:
    """Read every manifest that git tracks; a stranger may have written it, so a fault is a problem of that file."""
    for path in project.repository.tracked():
        for tool in _tools(project, path):
            found = Manifest(path=path, tool=tool)
            try:
                _READERS[tool](project, found)
            except Exception as error:  # noqa: BLE001 - what stops the run is raised again
                found.problems.append(unreadable(project, path, error))
            yield found


def _tools(project: Project, path: str) -> Iterator[str]:
    """Yield the tools whose manifest a file is, as far as its name and a look tell."""
    name = posixpath.basename(path)
    if name in _TOOLS:
        yield _TOOLS[name]
    elif is_manifest(path):
        content = readable(project, path) or b""
        yield from (tool for tool, table in _IN_PROJECT.items() if table in content)


def _text(project: Project, found: Manifest) -> str | None:
    """Return a manifest's text; None where it cannot be read, which is told."""
    content = project.files.read(found.path)
    if content is None:
        hint = f"`git restore {quote(found.path)}` brings it back"
        found.refuse("git tracks this file, but it is not in the work tree", hint)
        return None
    text = decode(content, found.path)
    if isinstance(text, Problem):
        found.problems.append(text)
        return None
    return text


def _unidep(project: Project, found: Manifest) -> None:
    text = _text(project, found)
    if text is None:
        return
    spec, problems = unidep.parse(text, found.path)
    found.problems += problems
    if spec:
        found.specs.append((spec, {}))
    elif not problems:
        found.note("is not unidep's: it has none of its keys")


def _conda_project(project: Project, found: Manifest) -> None:
    text = _text(project, found)
    if text is None:
        return
    read, problems = conda_project_yml.parse(text, found.path)
    found.problems += problems
    tracked, environments = frozenset(project.repository.tracked()), {}
    for name, specs in read.environments.items() if read else ():
        absent = ", ".join(spec for spec in specs if spec not in tracked)
        if absent:
            found.refuse(f"`{name}` is not taken over: git does not track {absent}", "add it to git")
        else:
            environments[name] = specs
    found.project = replace(read, environments=environments) if read else None


def _lock_alone(project: Project, found: Manifest) -> None:
    """List a lock of pixi's without a manifest, which else is read with its manifest."""
    folder = posixpath.dirname(found.path)
    if not {posixpath.join(folder, name) for name in (_PIXI, MANIFEST)} & set(project.repository.tracked()):
        found.note("git tracks no manifest beside it, so what it locks is unknown", "add pixi.toml")


def _pixi(project: Project, found: Manifest) -> None:
    beside, tracked = posixpath.join(posixpath.dirname(found.path), _PIXI), project.repository.tracked()
    if beside != found.path and beside in tracked:
        found.note(f"pixi reads {beside} instead of `tool.pixi`")
        return
    text = _text(project, found)
    workspace, problems = pixi_manifest.parse(text, found.path) if text is not None else (None, ())
    found.problems += problems
    if workspace is None:
        return
    lock_path = posixpath.join(posixpath.dirname(found.path), _PIXI_LOCK)
    lock = _pixi_lock(project, lock_path, found) if lock_path in tracked else pixi_lock.PixiLock()
    for environment in workspace.environments:
        if lock.environments and environment.name not in lock.environments:
            found.note(f"does not hold `{environment.name}`", "`mixlock lock` solves it", lock_path)
        found.problems += pixi.problems_of(workspace, environment, project.names())
        spec = pixi.spec_of(workspace, environment, project.names())
        if spec.platforms:
            found.specs.append((spec, _packages(lock, workspace, environment)))


def _pixi_lock(project: Project, path: str, found: Manifest) -> PixiLock:
    lock, problems = pixi_lock.parse(readable(project, path) or b"", path)
    found.problems += problems
    return lock


def _packages(
    lock: PixiLock, workspace: PixiWorkspace, environment: PixiEnvironment
) -> dict[Subdir, tuple[ForeignPackage, ...]]:
    """Return what pixi locked for an environment, by subdir."""
    locked = lock.environments.get(environment.name, {})
    found = {}
    for subdir, platform in pixi.platforms_of(workspace, environment).items():
        aliases = (name for name in locked if lock.subdirs.get(name, name) == subdir)
        name = platform.name if platform.name in locked else next(aliases, "")
        if name:
            found[subdir] = locked[name]
    return found


_READERS = {"pixi": _pixi, "pixi's lock": _lock_alone, "unidep": _unidep, "conda-project": _conda_project}
