"""The manifests of other tools in a repository: find them, read them, plan the specs that are written of them.

Nothing of another tool's is written or moved. A spec of its manifest is a new file, and its lock a new lock.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.formats.foreign import conda_project_yml, pixi_lock, pixi_manifest, spec_text, unidep
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import RefusedFileError
from mixlock_hooks.model.foreign import ForeignPlan, PlannedSpec
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.model.locked import Lockfile
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity, in_order
from mixlock_hooks.model.spec_part import MANIFEST, is_manifest
from mixlock_hooks.pipeline.documents import readable, unreadable
from mixlock_hooks.rules import foreign_specs, pixi
from mixlock_hooks.rules import pixi_lock as lock_rules
from mixlock_hooks.rules.discovery import discover

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mixlock_hooks.formats.foreign.pixi_lock import PixiLock
    from mixlock_hooks.model.adoption import AdoptionPlan
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.foreign import CondaProject, ForeignPackage, ForeignSpec, PixiEnvironment, PixiWorkspace
    from mixlock_hooks.model.names import Subdir
    from mixlock_hooks.pipeline.project import Project

_PIXI, _PIXI_LOCK, _CONDA_PROJECT = "pixi.toml", "pixi.lock", "conda-project"
_TOOLS = {
    _PIXI: "pixi",
    _PIXI_LOCK: _PIXI_LOCK,
    "requirements.yaml": "unidep",
    **dict.fromkeys(conda_project_yml.FILES, _CONDA_PROJECT),
}
"""The files that are read here, and whose they are."""
_IN_PROJECT = {"pixi": b"[tool.pixi", "unidep": b"[tool.unidep"}
"""What a ``pyproject.toml`` with a table of a tool's holds."""


def plan(project: Project) -> ForeignPlan:
    """Return which specs are written of manifests, and what of these does not map."""
    planning = _Planning(project)
    for path in project.repository.tracked():
        for tool in _tools(project, path):
            planning.read(path, tool)
    return ForeignPlan(
        projects=tuple(planning.projects), specs=tuple(planning.specs), problems=in_order(planning.problems)
    )


def _tools(project: Project, path: str) -> Iterator[str]:
    """Yield the tools whose manifest a file is, as far as its name and a look tell."""
    name = posixpath.basename(path)
    if name in _TOOLS:
        yield _TOOLS[name]
    elif is_manifest(path):
        content = readable(project, path) or b""
        yield from (tool for tool, table in _IN_PROJECT.items() if table in content)


@dataclass(kw_only=True)
class _Found:
    """What was read of one manifest: its environments, each with the other tool's packages."""

    specs: list[tuple[ForeignSpec, Mapping[Subdir, tuple[ForeignPackage, ...]]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class _Planning:
    """One run over a repository's manifests."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tracked = frozenset(project.repository.tracked())
        self._names = {environment_name(path) for path in self._tracked} | set(project.settings.environments)
        self.projects: list[CondaProject] = []
        self.specs: list[PlannedSpec] = []
        self.problems: list[Problem] = []

    def read(self, path: str, tool: str) -> None:
        """Read a manifest and plan its specs; a stranger may have written it, so a fault is a problem of the file."""
        try:
            found = self._read(path, tool)
        except Exception as error:  # noqa: BLE001 - what stops the run is raised again
            self.problems.append(unreadable(self._project, path, error))
            return
        self.problems += found.problems
        for spec, packages in found.specs:
            if spec.asks_for_nothing:
                self._note(path, f"`{spec.name}` asks for nothing that maps: no spec is written of it")
            else:
                self._place(spec, tool, packages)

    def _read(self, path: str, tool: str) -> _Found:
        text = decode(self._project.files.read(path) or b"", path)
        if isinstance(text, Problem):
            return _Found(problems=[text])
        if tool == _PIXI_LOCK:
            return self._alone(path)
        if tool == "pixi":
            return self._pixi(text, path)
        if tool == _CONDA_PROJECT:
            return self._conda_project(text, path)
        spec, problems = unidep.parse(text, path)
        if spec is None and not problems:
            self._note(path, "is not unidep's: it has none of its keys")
        return _Found(specs=[(spec, {})] if spec else [], problems=[*problems])

    def _conda_project(self, text: str, path: str) -> _Found:
        project, problems = conda_project_yml.parse(text, path)
        found = _Found(problems=[*problems])
        environments = {}
        for name, specs in project.environments.items() if project else ():
            absent = ", ".join(spec for spec in specs if spec not in self._tracked)
            if absent:
                self._note(path, f"`{name}` is not taken over: git does not track {absent}", f"`git add {absent}`")
            else:
                environments[name] = specs
        if project and environments:
            self.projects.append(replace(project, environments=environments))
        return found

    def _pixi(self, text: str, path: str) -> _Found:
        beside = posixpath.join(posixpath.dirname(path), _PIXI)
        if beside != path and beside in self._tracked:
            self._note(path, f"pixi reads {beside} instead of `tool.pixi`")
            return _Found()
        workspace, problems = pixi_manifest.parse(text, path)
        found = _Found(problems=[*problems])
        if workspace is None:
            return found
        lock_path = posixpath.join(posixpath.dirname(path), _PIXI_LOCK)
        lock = self._pixi_lock(lock_path, found)
        for environment in workspace.environments:
            found.problems += pixi.problems_of(workspace, environment, self._project.names())
            spec = pixi.spec_of(workspace, environment, self._project.names())
            if lock.environments and environment.name not in lock.environments:
                self._note(lock_path, f"does not hold `{environment.name}`", "`mixlock lock` solves it")
            if spec.platforms:
                found.specs.append((spec, _packages(lock, workspace, environment)))
        return found

    def _alone(self, path: str) -> _Found:
        """List a lock of pixi's without a manifest, which else its manifest's reading reads."""
        folder = posixpath.dirname(path)
        if not {posixpath.join(folder, name) for name in (_PIXI, MANIFEST)} & self._tracked:
            self._note(
                path, "git tracks no manifest beside it, so nothing tells what it is a lock of", "add pixi.toml"
            )
        return _Found()

    def _pixi_lock(self, path: str, found: _Found) -> PixiLock:
        content = readable(self._project, path) if path in self._tracked else None
        if content is None:
            return pixi_lock.PixiLock()
        lock, problems = pixi_lock.parse(content, path)
        found.problems += problems
        return lock

    def _place(self, spec: ForeignSpec, tool: str, packages: Mapping[Subdir, tuple[ForeignPackage, ...]]) -> None:
        """Give a spec the path that it was written to before, or the first that is free."""
        text = spec_text.render(spec)
        paths = foreign_specs.candidates(spec, tool)
        ours = next((path for path in paths if spec_text.origin_of(self._text(path)) == (spec.origin, spec.name)), "")
        path = ours or next((path for path in paths if self._is_free(path)), "")
        if not path:
            self._note(spec.origin, f"`{spec.name}` is not taken over: {' and '.join(paths)} are not free")
            return
        name, settings = environment_name(path), self._project.settings
        self._names.add(name)
        before = self._text(path)
        if before not in {"", text}:
            claim = f"{path} stays as it is, though {spec.origin} says something else of `{spec.name}`"
            self._note(path, claim, "remove it and run `mixlock adopt` again, or go on from it")
        self.specs.append(
            PlannedSpec(
                spec=spec,
                path=path,
                text=text,
                before=before,
                is_configured=not (name in settings.environments or discover([path], settings)),
                packages={} if self._project.locks.of(name).names() else packages,
            )
        )

    def _text(self, path: str) -> str:
        return (readable(self._project, path) or b"").decode("utf-8", "replace")

    def _is_free(self, path: str) -> bool:
        name = environment_name(path)
        if name in self._names or self._project.locks.of(name).names():
            return False
        try:
            return self._project.files.read(path) is None
        except RefusedFileError:
            return False

    def _note(self, path: str, claim: str, hint: str = "") -> None:
        self.problems.append(
            Problem(code=Code.UNKNOWN_KEY, place=at(path), claim=claim, hint=hint, severity=Severity.WARNING)
        )


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


def write_lock(project: Project, environment: EnvironmentSpec, planned: PlannedSpec) -> None:
    """Write what another tool locked as a lock of an environment, every version kept."""
    platforms = [spec for spec in environment.platforms if spec.platform in planned.packages]
    packages = tuple(
        package for spec in platforms for package in lock_rules.locked(spec, planned.packages[spec.platform])
    )
    lockfile = Lockfile(
        packages=packages,
        channels=platforms[0].channels,
        platforms=tuple(spec.platform for spec in platforms),
        content_hash={spec.platform: "" for spec in platforms},
        facts={},
    )
    lock = project.locks.of(environment.name)
    lock.replace({LOCKFILE: conda_lock_yml.render(lockfile, posixpath.relpath(planned.path, lock.folder))})


def with_configured(planned: AdoptionPlan, manifests: ForeignPlan) -> AdoptionPlan:
    """Return a plan whose configuration names the specs of manifests that discovery passes by."""
    unseen = {each.environment: (each.path,) for each in manifests.specs if each.is_configured}
    return replace(planned, environments={**planned.environments, **unseen})
