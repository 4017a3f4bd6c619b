"""Environments of several files: each file is read by itself, then joined as conda-lock joins its ``-f a -f b``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.spec_part import is_manifest, split
from mixlock_hooks.pipeline.documents import document_of, readable
from mixlock_hooks.rules.composition import compose
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.pipeline.project import Project


def composed(project: Project, name: EnvironmentName) -> EnvironmentSpec | tuple[Problem, ...]:
    """Return a configured environment of several files, or why one of them cannot be part of it.

    Args:
        project: the repository.
        name: one of the configured environments.
    """
    configured = project.settings.environments[name]
    found = [_read(project, name, path) for path in configured.specs]
    problems = tuple(each for each in found if isinstance(each, Problem))
    if problems:
        return problems
    document = compose([each for each in found if not isinstance(each, Problem)])
    if configured.python:
        asked = replace(configured.python, place=at(project.settings.source))
        document = replace(document, conda=(*document.conda, Entry(value=asked, place=asked.place)))
    targets = {**project.settings.virtual_packages}
    for platform, packages in configured.virtual_packages.items():
        targets[platform] = {**targets.get(platform, {}), **packages}
    settings = replace(project.settings, virtual_packages=targets)
    if configured.platforms:
        document, settings = replace(document, platforms=()), replace(settings, platforms=configured.platforms)
    environment = merge(document, settings)
    return replace(environment, name=name, like=configured.like)


def _read(project: Project, name: EnvironmentName, spec: str) -> SpecDocument | Problem:
    path, part = split(spec)
    if path.endswith((".py", ".ipynb", ".toml")) and not is_manifest(path):
        claim = f"`{path}` cannot be part of an environment of several files"
        hint = "name YAML or requirements files, or a pyproject.toml"
        return Problem(code=Code.WRONG_TYPE, place=at(project.settings.source), claim=claim, hint=hint)
    content = readable(project, path)
    if content is None:
        claim = f"the environment `{name}` lists `{path}`, which is not a file of the repository"
        hint = "add it to git, or take it out of `specs`"
        return Problem(code=Code.UNREADABLE, place=at(project.settings.source), claim=claim, hint=hint)
    text = decode(content, path)
    return text if isinstance(text, Problem) else document_of(project, text, path, part)
