"""The locks of other tools that git tracks: what each is for, as itself or a manifest beside it tells."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.adoption import FoundLock, LeftOut
from mixlock_hooks.model.lock_paths import platform_of
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.spec_part import is_manifest
from mixlock_hooks.pipeline.documents import document_of, readable
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import adoption as rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.foreign import CondaProject, ForeignPlan
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project

_EXPLICIT = b"\n@EXPLICIT"


class LockFinder:
    """Looks at files of a repository for locks of other tools.

    Args:
        project: the repository.
        manifests: what manifests become: some say what a lock is for, or have a spec that stands for them.
    """

    def __init__(self, project: Project, manifests: ForeignPlan) -> None:
        self._project = project
        self.left_out: list[LeftOut] = []
        self.named = {path: known for each in manifests.projects for path, known in self._locks_of(each)}
        self._made = {each.spec.origin: each for each in manifests.specs if not is_manifest(each.spec.origin)}
        self.tracked = (*project.repository.tracked(), *(each.path for each in self._made.values()))
        self._known = frozenset(self.tracked)

    def _locks_of(self, conda_project: CondaProject) -> Iterator[tuple[str, tuple[EnvironmentName, tuple[str, ...]]]]:
        """Yield the paths where a project of conda-project may have locks, each with its environment and specs.

        A spec that has a lock as an environment of its own stays one, which is told.
        """
        for name, specs in conda_project.environments.items():
            environment = conda_project.environment(name)
            own = [spec for spec in specs if self._has_lock(spec, environment)]
            if own:
                why = f"`{name}` needs a table written by hand: {own[0]} has a lock of its own, which it would lose"
                self.left_out.append(LeftOut(path=conda_project.path, why=why, is_lock=False))
                continue
            for path in conda_project.locks(name):
                yield path, (environment, specs)

    def _has_lock(self, spec: str, environment: EnvironmentName) -> bool:
        name = environment_name(spec)
        return name != environment and bool(self._project.locks.of(name).names())

    def look(self, path: str) -> FoundLock | LeftOut | None:
        """Return a lock of another tool's, a file that is none but means one, or None for any other file."""
        file, places = posixpath.basename(path), self._project.settings.lock_places
        if platform_of(file) and not path.startswith(f"{places.lock_dir}/"):
            is_explicit = _EXPLICIT in b"\n" + (readable(self._project, path) or b"")
            return LeftOut(path=path, why=rules.EXPLICIT, is_lock=False) if is_explicit else None
        return self._lock(path) if rules.may_be_lock(path, places) else None

    def _lock(self, path: str) -> FoundLock | LeftOut | None:
        content = readable(self._project, path)
        looks_like_one = content is not None and b"metadata" in content and b"package" in content
        if content is None or not (looks_like_one or rules.is_named_as_lock(path)):
            return None
        try:
            lockfile = conda_lock_yml.parse(content)
        except conda_lock_yml.NotALockfileError as error:
            return LeftOut(path=path, why=str(error))
        if lock_set.is_recorded(lockfile):
            return None  # mixlock's own
        sources = (self._from_root(path, source) for source in conda_lock_yml.sources_of(content))
        name, specs = self.named.get(path) or (None, tuple(self._spec_of(source) for source in sources))
        return FoundLock(
            environment=name,
            path=path,
            sources=specs,
            platforms=lockfile.platforms,
            names_platforms=any(map(self._names_platforms, specs)),
        )

    def _from_root(self, lock: str, source: str) -> str:
        """Return a source relative to the root; as it is where it leads out.

        conda-lock writes an absolute path where it was called with one: the file beside the lock is then meant, for
        there it looks for no other. unidep writes paths that are relative to where it was called.
        """
        folder, written = posixpath.dirname(lock), source.replace("\\", "/")
        path = posixpath.normpath(posixpath.join(folder, written))
        if not inner_path.complaint(path):
            return written if path not in self._known and written in self._made else path
        beside = posixpath.join(folder, posixpath.basename(written))
        is_absolute = bool(inner_path.complaint(written)) and not written.startswith("..")
        return beside if is_absolute and beside in self._known else source

    def _spec_of(self, source: str) -> str:
        """Return the spec that stands for a manifest."""
        return self._made[source].path if source in self._made else source

    def _names_platforms(self, spec: str) -> bool:
        planned = next((each for each in self._made.values() if each.path == spec), None)
        if planned:
            return bool(planned.spec.platforms)
        content = readable(self._project, spec)
        if content is None or not spec.endswith((".yml", ".yaml")):
            return False
        try:
            return bool(document_of(self._project, content.decode("utf-8-sig"), spec).platforms)
        except UnicodeDecodeError:
            return False
