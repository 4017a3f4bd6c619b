"""Discover specs, parse and merge them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats.metaflow import flow_scan
from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, has_errors
from mixlock_hooks.rules.discovery import discover
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mixlock_hooks.model.document import Entry, SpecDocument
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """Environments, and what else was found in their files: problems that belong to no environment.

    ``named`` are the named environments that flows refer to; ``files`` counts what was read.
    """

    environments: tuple[EnvironmentSpec, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: tuple[Entry[str], ...] = ()
    files: int = 0


class NoSpecError(UsageError):
    """A repository has no spec, so nothing would be done."""


def load_all(project: Project) -> Loaded:
    """Read every discovered spec.

    Raises:
        NoSpecError: the repository has none.
        UsageError: two specs would write one lock.
    """
    paths = spec_paths(project)
    if not paths:
        where = project.settings.source or "no configuration"
        raise NoSpecError(
            f"no spec found among the tracked files ({where}): add environment.yml to git, or set `specs`"
        )
    loaded = joined(load(project, path) for path in paths if project.files.read(path) is not None)
    _refuse_same_names(loaded.environments)
    return loaded


def configured(project: Project) -> tuple[EnvironmentSpec, ...]:
    """Return every environment that a repository asks for; none where it has no spec.

    Raises:
        UsageError: two specs would write one lock.
    """
    try:
        return load_all(project).environments
    except NoSpecError:
        return ()


def _refuse_same_names(environments: Sequence[EnvironmentSpec]) -> None:
    """Refuse two specs that would write one lock, such as ``ml.yml`` and ``ml.txt`` in a folder.

    Raises:
        UsageError: there are such.
    """
    known: dict[EnvironmentName, str] = {}
    for environment in environments:
        other = known.setdefault(environment.name, environment.document.path)
        if other != environment.document.path:
            raise UsageError(
                f"{other} and {environment.document.path} are both the environment {environment.name}: rename one"
            )


def spec_paths(project: Project) -> tuple[str, ...]:
    """Return the specs among the tracked files; of Python files those that can hold a flow."""
    found = discover(project.repository.tracked(), project.settings)
    return tuple(path for path in found if not path.endswith(".py") or _may_hold_flows(project, path))


def _may_hold_flows(project: Project, path: str) -> bool:
    return flow_scan.may_hold_flows(project.files.read(path) or b"")


def joined(parts: Iterable[Loaded]) -> Loaded:
    """Join what was read from several files."""
    loaded = tuple(parts)
    return Loaded(
        environments=tuple(environment for part in loaded for environment in part.environments),
        problems=tuple(problem for part in loaded for problem in part.problems),
        named=tuple(entry for part in loaded for entry in part.named),
        files=sum(part.files for part in loaded),
    )


def load(project: Project, path: str) -> Loaded:
    """Read one spec file, whatever its name: a flow where it is Python, requirements where it is text, else YAML.

    Raises:
        UsageError: there is no such file.
    """
    content = project.files.read(path)
    if content is None:
        raise UsageError(f"{path}: no such file")
    if not path.isprintable():  # a lock names its spec, and is text
        claim, hint = "the file's name is not printable UTF-8 text", "rename the file or its folder"
        return Loaded(problems=(Problem(code="MIX001", place=at(path), claim=claim, hint=hint),), files=1)
    if path.endswith(".py") and not flow_scan.may_hold_flows(content):
        return Loaded(files=1)
    text = decode(content, path)
    if isinstance(text, Problem):
        return Loaded(problems=(text,), files=1)
    if path.endswith(".py"):
        return _load_flows(project, text, path)
    return Loaded(environments=(merge(_parse(text, path), project.settings),), files=1)


def _parse(text: str, path: str) -> SpecDocument:
    """Parse requirements or YAML; only the parser that is needed is loaded."""
    if path.endswith((".txt", ".in")):
        from mixlock_hooks.formats import requirements_txt  # noqa: PLC0415

        return requirements_txt.parse(text, path)
    from mixlock_hooks.formats import environment_yml  # noqa: PLC0415

    return environment_yml.parse(text, path)


def _load_flows(project: Project, text: str, path: str) -> Loaded:
    from mixlock_hooks.formats.metaflow import flow_file  # noqa: PLC0415 - most repositories have no flows
    from mixlock_hooks.rules.flow_merge import merge_flows  # noqa: PLC0415

    def read(other: str) -> str | None:
        content = project.files.read(other)
        found = decode(content, other) if content is not None else None
        return found if isinstance(found, str) else None

    merged = merge_flows(flow_file.parse(text, path, read), project.settings)
    return Loaded(environments=merged.environments, problems=merged.problems, named=merged.named, files=1)


def choose(project: Project, wanted: Sequence[str]) -> Loaded:
    """Read the environments that are wanted, by name or by path of their spec; all where none is named.

    Raises:
        UsageError: a name is neither an environment nor a file.
    """
    if not wanted:
        return load_all(project)
    by_name = {environment_name(path): path for path in spec_paths(project)}
    parts = [_choose_one(project, name, by_name) for name in wanted]
    _refuse_same_names(joined(parts).environments)
    unique = {environment.name: environment for part in parts for environment in part.environments}
    if not unique and not any(part.problems for part in parts):
        raise UsageError(f"{', '.join(wanted)}: asks for no environment")
    return replace(joined(parts), environments=tuple(unique.values()))


def _choose_one(project: Project, name: str, by_name: Mapping[EnvironmentName, str]) -> Loaded:
    """Read one environment: by its spec's name, by the name of one or all of a flow's, or by a path."""
    path = by_name.get(EnvironmentName(name)) or by_name.get(environment_name(name))
    if path is not None:
        return load(project, path)
    for parent in (known for known in by_name if name.startswith(f"{known}/")):
        loaded = load(project, by_name[parent])
        chosen = [found for found in loaded.environments if f"{found.name}/".startswith(f"{name}/")]
        if chosen or has_errors(loaded.problems):
            return replace(loaded, environments=tuple(chosen))
    if project.files.read(name) is None:
        raise UsageError(_unknown(name, list(by_name)))
    return load(project, name)


def _unknown(name: str, known: Sequence[str]) -> str:
    shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")  # noqa: PLR2004
    return f"{name}: neither an environment nor a file; environments: {shown or 'none'}"
