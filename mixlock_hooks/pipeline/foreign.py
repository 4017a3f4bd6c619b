"""The specs that are written of other tools' manifests, and the locks of what these tools locked.

Nothing of another tool's is written or moved. A spec of its manifest is a new file, and its lock a new lock.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.formats.foreign import spec_text
from mixlock_hooks.model.failure import RefusedFileError, UsageError
from mixlock_hooks.model.foreign import ForeignPlan, PlannedSpec
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.model.locked import Lockfile
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.problem import in_order
from mixlock_hooks.pipeline.manifests import manifests
from mixlock_hooks.rules import foreign_specs
from mixlock_hooks.rules import pixi_lock as lock_rules
from mixlock_hooks.rules.discovery import discover

if TYPE_CHECKING:
    from mixlock_hooks.model.adoption import AdoptionPlan
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.foreign import ForeignSpec
    from mixlock_hooks.pipeline.manifests import Manifest
    from mixlock_hooks.pipeline.project import Project


def plan(project: Project) -> ForeignPlan:
    """Return which specs are written of manifests, and what of these does not map."""
    placing = _Placing(project)
    found = list(manifests(project))
    specs = tuple(spec for manifest in found for spec in placing.specs_of(manifest))
    return ForeignPlan(
        projects=tuple(manifest.project for manifest in found if manifest.project),
        specs=specs,
        problems=in_order(problem for manifest in found for problem in manifest.problems),
    )


class _Placing:
    """Gives every spec a path: the one that it was written to before, or the first that is free."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._taken = {environment_name(path) for path in project.repository.tracked()}
        self._taken |= set(project.settings.environments)

    def specs_of(self, manifest: Manifest) -> list[PlannedSpec]:
        """Return a manifest's specs with their paths; what has none is told."""
        found = []
        for spec, packages in manifest.specs:
            if spec.asks_for_nothing:
                manifest.note(f"`{spec.name}` asks for nothing that maps: no spec is written of it")
                continue
            path = self._path(spec, manifest)
            if path:
                planned = self._planned(spec, path)
                has_lock = bool(self._project.locks.of(planned.environment).names())
                found.append(planned if has_lock else replace(planned, packages=packages))
                _tell_difference(planned, manifest)
        return found

    def _path(self, spec: ForeignSpec, manifest: Manifest) -> str:
        """Return where a spec goes, which nothing else then takes; empty where it cannot, which is told."""
        paths = foreign_specs.candidates(spec, manifest.tool)
        made = (spec.origin, spec.name)
        ours = (path for path in paths if spec_text.origin_of(self._content(path) or "") == made)
        path = next(ours, "") or next((path for path in paths if self._is_free(path)), "")
        self._taken.add(environment_name(path))
        if not path:
            claim = f"`{spec.name}` is not taken over: {' and '.join(paths)} are not free"
            manifest.refuse(claim, "move what is there, or write a spec of it by hand")
        return path

    def _planned(self, spec: ForeignSpec, path: str) -> PlannedSpec:
        settings = self._project.settings
        is_found = environment_name(path) in settings.environments or bool(discover([path], settings))
        text, before = spec_text.render(spec), self._content(path) or ""
        return PlannedSpec(spec=spec, path=path, text=text, before=before, is_configured=not is_found)

    def _content(self, path: str) -> str | None:
        """Return what stands in a file: None where there is none, something where it may not be read."""
        try:
            content = self._project.files.read(path)
        except (RefusedFileError, UsageError):
            return "\ufffd"
        return None if content is None else content.decode("utf-8", "replace")

    def _is_free(self, path: str) -> bool:
        name = environment_name(path)
        is_known = name in self._taken or bool(self._project.locks.of(name).names())
        return not is_known and self._content(path) is None


def _tell_difference(planned: PlannedSpec, manifest: Manifest) -> None:
    if planned.before not in {"", planned.text}:
        claim = f"{planned.path} stays as it is, though {manifest.path} says something else of `{planned.spec.name}`"
        manifest.note(claim, "remove it and run `mixlock adopt` again, or go on from it")


def write_lock(project: Project, environment: EnvironmentSpec, planned: PlannedSpec) -> bool:
    """Write what another tool locked as a lock of an environment, every version kept.

    Returns:
        Whether it was: nothing is where the environment is for none of the platforms that were locked.
    """
    platforms = [spec for spec in environment.platforms if spec.platform in planned.packages]
    if not platforms:
        return False
    packages = (package for spec in platforms for package in lock_rules.locked(spec, planned.packages[spec.platform]))
    lockfile = Lockfile(
        packages=tuple(packages),
        channels=platforms[0].channels,
        platforms=tuple(spec.platform for spec in platforms),
        content_hash={spec.platform: "" for spec in platforms},
        facts={},
    )
    lock = project.locks.of(environment.name)
    lock.replace({LOCKFILE: conda_lock_yml.render(lockfile, posixpath.relpath(planned.path, lock.folder))})
    return True


def with_configured(planned: AdoptionPlan, found: ForeignPlan) -> AdoptionPlan:
    """Return a plan whose configuration names the specs of manifests that discovery passes by."""
    unseen = {each.environment: (each.path,) for each in found.specs if each.is_configured}
    return replace(planned, environments={**planned.environments, **unseen})
