"""Take over the locks of other tools: find them, plan, and write each as mixlock would where it is an answer.

No package changes and nothing is solved.
"""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import conda_lock_yml, config_edit
from mixlock_hooks.model.adoption import FoundLock, LeftOut
from mixlock_hooks.model.lock_paths import LOCKFILE
from mixlock_hooks.model.stamp import Making
from mixlock_hooks.pipeline.check import judge
from mixlock_hooks.pipeline.drift.fast import drift
from mixlock_hooks.pipeline.drift.vouched import vouched
from mixlock_hooks.pipeline.found_locks import LockFinder
from mixlock_hooks.pipeline.lock import record as lock_set
from mixlock_hooks.rules import adoption as rules
from mixlock_hooks.rules.fingerprint import inputs_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mixlock_hooks.model.adoption import Adoption, AdoptionPlan
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.foreign import ForeignPlan
    from mixlock_hooks.pipeline.project import Project

_ENGINE = "conda-lock, taken over"


def plan(project: Project, manifests: ForeignPlan) -> AdoptionPlan:
    """Return which locks of other tools are taken over, and how; and which are not, and why.

    Args:
        project: the repository.
        manifests: what the manifests of other tools become.
    """
    finder = LockFinder(project, manifests)
    looked = [each for path in project.repository.tracked() if (each := finder.look(path))]
    found = [each for each in looked if isinstance(each, FoundLock)]
    taken = {name for name in project.settings.environments if project.locks.of(name).names()}
    taken |= {lock.name for lock in project.locks if lock.path() not in {each.path for each in found}}
    planned = rules.plan(found, finder.tracked, project.settings, taken)
    known = {*project.settings.environments, *(each.environment for each in planned.adoptions)}
    unlocked = {name: specs for name, specs in finder.named.values() if name not in known}
    left_out = (*planned.left_out, *(each for each in looked if isinstance(each, LeftOut)), *finder.left_out)
    return replace(planned, left_out=left_out, environments=unlocked)


def configuration(text: str, path: str, planned: AdoptionPlan) -> str:
    """Return the configuration's text with what a plan needs of it.

    Args:
        text: the file's text, empty for a new one.
        path: the file.
        planned: the plan.
    """
    tables: dict[str, dict[str, list[str] | str]] = {
        name: {"specs": list(specs)} for name, specs in planned.environments.items()
    }
    tables |= {
        adoption.environment: {
            "specs": list(adoption.specs),
            **({"platforms": list(adoption.platforms)} if adoption.platforms else {}),
            **({"lock-at": adoption.lock_at} if adoption.lock_at else {}),
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
