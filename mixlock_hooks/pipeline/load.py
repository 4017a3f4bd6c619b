"""Discover specs, parse and merge them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.document import SpecDocument
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import environment_name
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.rules.discovery import discover
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.ports import Files, Repository


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A repository as a verb needs it: its settings and its two ports."""

    settings: Settings
    files: Files
    repository: Repository


def load_all(project: Project) -> tuple[EnvironmentSpec, ...]:
    """Read every discovered spec.

    Raises:
        UsageError: the repository has no spec, so nothing would be done.
    """
    paths = discover(project.repository.tracked(), project.settings)
    if not paths:
        where = project.settings.source or "no configuration"
        raise UsageError(
            f"no spec found among the tracked files ({where}): add environment.yml to git, or set `specs`"
        )
    return tuple(environment for path in paths for environment in load(project, path))


def load(project: Project, path: str) -> tuple[EnvironmentSpec, ...]:
    """Read one spec file, whatever its name.

    Raises:
        UsageError: there is no such file.
    """
    content = project.files.read(path)
    if content is None:
        raise UsageError(f"{path}: no such file")
    return (merge(_parse(content, path), project.settings),)


def _parse(content: bytes, path: str) -> SpecDocument:
    text = decode(content, path)
    if isinstance(text, Problem):
        return SpecDocument(path=path, problems=(text,))
    return environment_yml.parse(text, path)


def choose(project: Project, wanted: Sequence[str]) -> tuple[EnvironmentSpec, ...]:
    """Read the environments that are wanted, by name or by path of their spec; all where none is named.

    Raises:
        UsageError: a name is neither an environment nor a file.
    """
    if not wanted:
        return load_all(project)
    by_name = {environment_name(path): path for path in discover(project.repository.tracked(), project.settings)}
    chosen: dict[str, EnvironmentSpec] = {}
    for name in wanted:
        path = by_name.get(environment_name(name)) or name
        if path == name and project.files.read(path) is None:
            raise UsageError(_unknown(name, list(by_name)))
        chosen.update((environment.name, environment) for environment in load(project, path))
    return tuple(chosen.values())


def _unknown(name: str, known: list[str]) -> str:
    shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")  # noqa: PLR2004
    return f"{name}: neither an environment nor a file; environments: {shown or 'none'}"
