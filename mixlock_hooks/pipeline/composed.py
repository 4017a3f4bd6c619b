"""Environments of several files: each file is read by itself, then joined as conda-lock joins its ``-f a -f b``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules.composition import compose
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project

    Read = Callable[[str], SpecDocument | Problem]


def composed(project: Project, name: EnvironmentName, read: Read) -> EnvironmentSpec | tuple[Problem, ...]:
    """Return a configured environment of several files, or why one of them cannot be part of it.

    Args:
        project: the repository.
        name: one of the configured environments.
        read: reads one file as a document.
    """
    configured = project.settings.environments[name]
    found = [_read(project, path, read) for path in configured.specs]
    problems = tuple(each for each in found if isinstance(each, Problem))
    if problems:
        return problems
    document = compose([each for each in found if not isinstance(each, Problem)])
    targets = {**project.settings.virtual_packages}
    for platform, packages in configured.virtual_packages.items():
        targets[platform] = {**targets.get(platform, {}), **packages}
    environment = merge(document, replace(project.settings, virtual_packages=targets))
    return replace(environment, name=name)


def _read(project: Project, path: str, read: Read) -> SpecDocument | Problem:
    if path.endswith((".py", ".ipynb", ".toml")):
        claim, hint = f"`{path}` cannot be part of an environment of several files", "name YAML or requirements files"
        return Problem(code=Code.WRONG_TYPE, place=at(project.settings.source), claim=claim, hint=hint)
    return read(path)


def parts(project: Project) -> frozenset[str]:
    """Return the files that configured environments are made of and that are no environments of their own.

    A file that ``specs`` names by its path is one, too.
    """
    listed = project.settings.specs or ()
    return frozenset(path for path in _all_files(project) if path not in listed)


def _all_files(project: Project) -> Iterator[str]:
    for each in project.settings.environments.values():
        yield from each.specs
