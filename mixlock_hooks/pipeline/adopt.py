"""Take over the locks of other tools: find them, plan, and write each as mixlock would where it is an answer.

No package changes and nothing is solved.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, config_edit
from mixlock_hooks.model import inner_path
from mixlock_hooks.model.adoption import FoundLock, LeftOut
from mixlock_hooks.model.lock_paths import LOCKFILE, platform_of
from mixlock_hooks.model.stamp import Making
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.documents import document_of, readable
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import adoption as rules
from mixlock_hooks.rules.fingerprint import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mixlock_hooks.model.adoption import Adoption, AdoptionPlan
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.foreign import CondaProject
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project

_EXPLICIT = b"\n@EXPLICIT"
_ENGINE = "conda-lock, taken over"


def plan(project: Project, projects: Iterable[CondaProject] = ()) -> AdoptionPlan:
    """Return which locks of other tools are taken over, and how; and which are not, and why.

    Args:
        project: the repository.
        projects: those of conda-project, which say what some of the locks are for.
    """
    tracked = project.repository.tracked()
    found: list[FoundLock] = []
    left_out: list[LeftOut] = []
    taken = set(project.settings.environments)
    named = {path: known for each in projects for path, known in _locks_of(each)}
    for path in tracked:
        lock = _look(project, path, named.get(path))
        if isinstance(lock, LeftOut):
            left_out.append(lock)
        elif lock:
            found.append(lock)
    taken -= {name for name in taken if not project.locks.of(name).names()}
    taken |= {lock.name for lock in project.locks if lock.path() not in {each.path for each in found}}
    planned = rules.plan(found, tracked, project.settings, taken)
    known = {*project.settings.environments, *(each.environment for each in planned.adoptions)}
    unlocked = {name: specs for name, specs in named.values() if name not in known}
    return replace(planned, left_out=(*planned.left_out, *left_out), environments=unlocked)


def _locks_of(conda_project: CondaProject) -> Iterator[tuple[str, tuple[EnvironmentName, tuple[str, ...]]]]:
    """Yield the paths where a project of conda-project may have locks, each with its environment and specs."""
    for name, specs in conda_project.environments.items():
        for path in conda_project.locks(name):
            yield path, (conda_project.environment(name), specs)


def _look(
    project: Project, path: str, known: tuple[EnvironmentName, tuple[str, ...]] | None
) -> FoundLock | LeftOut | None:
    """Return a lock of another tool's, a file that is none but means one, or None for any other file.

    Args:
        project: the repository.
        path: the file.
        known: the environment that it is a lock of and its specs, where another file tells.
    """
    file, lock_dir = posixpath.basename(path), project.settings.lock_dir
    if platform_of(file) and not path.startswith(f"{lock_dir}/"):
        is_explicit = _EXPLICIT in b"\n" + (readable(project, path) or b"")
        return LeftOut(path=path, why=rules.EXPLICIT, is_lock=False) if is_explicit else None
    return _lock(project, path, known) if rules.may_be_lock(path, lock_dir) else None


def _lock(
    project: Project, path: str, known: tuple[EnvironmentName, tuple[str, ...]] | None
) -> FoundLock | LeftOut | None:
    content = readable(project, path)
    if content is None or b"metadata" not in content or b"package" not in content:
        return None
    try:
        lockfile = conda_lock_yml.parse(content)
    except conda_lock_yml.NotALockfileError as error:
        return LeftOut(path=path, why=str(error))
    if lock_set.is_recorded(lockfile):
        return None  # mixlock's own
    sources = tuple(conda_lock_yml.sources_of(content))
    name, inside = known or (None, tuple(_from_root(project, path, source) for source in sources))
    return FoundLock(
        environment=name,
        path=path,
        sources=inside,
        platforms=lockfile.platforms,
        names_platforms=any(_names_platforms(project, source) for source in inside),
    )


def _from_root(project: Project, lock: str, source: str) -> str:
    """Return a source relative to the root; as it is where it leads out.

    conda-lock writes an absolute path where it was called with one: the file beside the lock is then meant, for there
    it looks for no other.
    """
    folder, written = posixpath.dirname(lock), source.replace("\\", "/")
    path = posixpath.normpath(posixpath.join(folder, written))
    if not inner_path.complaint(path):
        return path
    beside = posixpath.join(folder, posixpath.basename(written))
    is_absolute = bool(inner_path.complaint(written)) and not written.startswith("..")
    return beside if is_absolute and beside in project.repository.tracked() else source


def _names_platforms(project: Project, source: str) -> bool:
    content = readable(project, source)
    if content is None or not source.endswith((".yml", ".yaml")):
        return False
    try:
        return bool(document_of(project, content.decode("utf-8-sig"), source).platforms)
    except UnicodeDecodeError:
        return False


def configuration(text: str, path: str, planned: AdoptionPlan) -> str:
    """Return the configuration's text with what a plan needs of it.

    Args:
        text: the file's text, empty for a new one.
        path: the file.
        planned: the plan.
    """
    tables: dict[str, dict[str, list[str]]] = {
        name: {"specs": list(specs)} for name, specs in planned.environments.items()
    }
    tables |= {
        adoption.environment: {
            "specs": list(adoption.specs),
            **({"platforms": list(adoption.platforms)} if adoption.platforms else {}),
        }
        for adoption in planned.adoptions
        if adoption.is_configured
    }
    return config_edit.with_environments(text, path, tables, list(planned.platforms))


def moved(content: bytes, adoption: Adoption) -> bytes:
    """Return a lock's content in its new place: only the paths of its sources are others."""
    up = posixpath.dirname(adoption.target)
    return conda_lock_yml.with_sources(content, [posixpath.relpath(source, up) for source in adoption.specs])


def stamp(project: Project, environment: EnvironmentSpec) -> bool:
    """Write a lock of another tool's as mixlock would, with its files and record, if it holds as such.

    Returns:
        Whether it was; else it stays as it is, and drift says why it is no answer.
    """
    lock = project.locks.of(environment.name)
    before = lock.read() or b""
    lockfile = conda_lock_yml.parse(before)
    inputs = {spec.platform: inputs_of(spec) for spec in environment.platforms}
    if set(inputs) != set(lockfile.platforms) or judge(project, environment).checked is None:
        return False
    if next(_differences(project, environment), None):
        return False
    channels = next(iter(inputs.values())).channels
    body = replace(lockfile, channels=channels, content_hash=lock_set.content_hash(inputs), facts={}, sources=1)
    made = lock_set.with_record(body, inputs, Making(engine=_ENGINE, name_map=project.names().digest))
    lock.replace(lock_set.render(environment.name, environment.place.path, project.settings, made))
    if next(_differences(project, environment), None):
        lock.replace({LOCKFILE: before})
        return False
    return True


def _differences(project: Project, environment: EnvironmentSpec) -> Iterator[object]:
    """Yield what drift says of a lock that nobody vouches for."""
    yield from drift(project, environment, by=replace(vouched(project), differing=None)).reasons
