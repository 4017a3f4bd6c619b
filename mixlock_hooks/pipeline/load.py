"""Discover specs, parse and merge them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.formats.text import decode
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.failure import CannotDoError, RefusedFileError, UsageError
from mixlock_hooks.model.nearest import meant
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem, Severity, has_errors
from mixlock_hooks.pipeline.documents import document_of, readable, unreadable
from mixlock_hooks.pipeline.flow_modules import modules_of
from mixlock_hooks.rules.discovery import discover, is_imported, nothing_found, parts
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from mixlock_hooks.formats.metaflow.repository import Repository
    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.flow import FlowFile
    from mixlock_hooks.model.names import EnvironmentName
    from mixlock_hooks.model.settings import Settings
    from mixlock_hooks.pipeline.project import Project


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaded:
    """Environments, and what else was found in their files: problems that belong to no environment.

    ``named`` are the named environments that flows refer to; ``files`` counts the specs that were read.
    """

    environments: tuple[EnvironmentSpec, ...] = ()
    problems: tuple[Problem, ...] = ()
    named: tuple[Entry[str], ...] = ()
    files: int = 0


class NoSpecError(UsageError):
    """A repository has no spec, so nothing would be done."""


def load_all(project: Project) -> Loaded:
    """Read every environment: of discovered specs, and of files that ``mixlock resolve`` locked.

    Raises:
        NoSpecError: the repository has none.
        UsageError: two specs would write one lock.
        CannotDoError: git tracks a spec that is not in the work tree.
    """
    paths, composed_names = spec_paths(project), project.settings.environments
    configured = joined((load_each(project, paths), *(load_composed(project, name) for name in composed_names)))
    resolved = joined(_resolved(project, paths, configured))
    if not (paths or composed_names or resolved.files):
        raise NoSpecError(nothing_found(project.settings))
    loaded = joined((configured, resolved, _left_out(project, paths)))
    refuse_same_names(loaded.environments)
    _refuse_like_nothing(project, loaded)
    return loaded


def _refuse_like_nothing(project: Project, loaded: Loaded) -> None:
    """Refuse an environment that is to be like one that does not exist; one that cannot be read may yet be."""
    known = {each.name for each in loaded.environments}
    for each in loaded.environments:
        if each.like and each.like not in known and not has_errors(loaded.problems):
            way_out = meant(each.like, known, "`mixlock list` names them")
            claim = f"`{each.name}` must match `{each.like}` (`like`), which is not an environment"
            raise UsageError(f"{project.settings.source}: {claim}; {way_out}")


def _resolved(project: Project, paths: Collection[str], configured: Loaded) -> Iterator[Loaded]:
    """Yield each environment that is locked from a spec outside of the configured set (``mixlock resolve``)."""
    known = {environment.name for environment in configured.environments}
    for lock in project.locks:
        source = lock.source() if lock.name not in known else ""
        if not source or source in paths or project.files.read(source) is None:
            continue
        loaded = load(project, source)
        found = tuple(environment for environment in loaded.environments if environment.name == lock.name)
        if found or has_errors(loaded.problems):
            yield replace(loaded, environments=found)


def _left_out(project: Project, paths: Iterable[str]) -> Loaded:
    """Return a note for each spec that a sparse checkout leaves out."""
    left_out = project.repository.left_out()
    notes = (
        Problem(
            code=Code.UNREADABLE,
            place=at(path),
            claim="is not checked out, so it is read from git's index",
            hint="add it to the sparse checkout to work on it",
            severity=Severity.NOTE,
        )
        for path in paths
        if path in left_out
    )
    return Loaded(problems=tuple(notes))


def every_environment(project: Project) -> tuple[EnvironmentSpec, ...]:
    """Return every environment of a repository; none where it has no spec.

    Raises:
        UsageError: two specs would write one lock.
    """
    try:
        return load_all(project).environments
    except NoSpecError:
        return ()


def refuse_same_names(environments: Sequence[EnvironmentSpec]) -> None:
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
    """Return the specs among the tracked files; of Python files those that can hold a flow.

    Raises:
        CannotDoError: git tracks one that is not in the work tree.
    """
    tracked = project.repository.tracked()
    found = discover(tracked, project.settings)
    contents = {path: content for path in found if (content := _content(project, path)) is not None}
    if not any(path.endswith(".py") for path in found):
        return found
    from mixlock_hooks.formats.metaflow.import_index import flow_files  # noqa: PLC0415 - most have no flows

    flows = flow_files(tracked, lambda path: contents.get(path) or readable(project, path))
    refused = {path for path in found if path not in contents}
    settings = project.settings
    return tuple(
        path
        for path in found
        if not path.endswith(".py") or path in flows or path in refused or is_imported(settings, path)
    )


def _content(project: Project, path: str) -> bytes | None:
    """Return a spec's content; None where it may not be read, which its own reading tells.

    Raises:
        CannotDoError: git tracks it, and it is not in the work tree.
    """
    try:
        content = project.files.read(path)
    except RefusedFileError:
        return None
    if content is None:
        raise CannotDoError(
            f"{path}: git tracks this spec, but it is not in the work tree: "
            f"`git restore {quote(path)}` brings it back, `git rm --cached {quote(path)}` lets it go"
        )
    return content


def joined(parts: Iterable[Loaded]) -> Loaded:
    """Join what was read from several files."""
    loaded = tuple(parts)
    return Loaded(
        environments=tuple(environment for part in loaded for environment in part.environments),
        problems=tuple(problem for part in loaded for problem in part.problems),
        named=tuple(entry for part in loaded for entry in part.named),
        files=sum(part.files for part in loaded),
    )


def load_each(project: Project, paths: Iterable[str]) -> Loaded:
    """Read several spec files, each module that their flows import only once.

    Raises:
        UsageError: there is no such file.
    """
    paths = tuple(paths)
    modules = modules_of(project) if any(path.endswith(".py") for path in paths) else None
    return joined(load(project, path, modules) for path in paths)


def load(project: Project, path: str, modules: Repository | None = None) -> Loaded:
    """Read one spec file, whatever its name: a flow where it is Python, requirements where it is text, else YAML.

    A stranger may have written it, so whatever goes wrong in reading it is a problem of this file (MIX001), and the
    others are read.

    Args:
        project: the repository.
        path: the file.
        modules: the Python modules of the repository, where several files are read.

    Raises:
        UsageError: there is no such file.
    """
    try:
        return _load(project, path, modules)
    except Exception as error:  # noqa: BLE001 - what stops the run is raised again
        return Loaded(problems=(unreadable(project, path, error),), files=1)


def _load(project: Project, path: str, modules: Repository | None) -> Loaded:
    content = project.files.read(path)
    if content is None:
        near = meant(path, {*spec_paths(project), *parts(project.settings)})
        raise UsageError(f"{path}: no such file{near and '; '}{near}")
    if path.endswith(".py"):
        return _load_python(project, content, path, modules)
    text = _not_a_spec(path) or decode(content, path)
    if isinstance(text, Problem):
        return Loaded(problems=(text,), files=1)
    return Loaded(environments=(merge(document_of(project, text, path), project.settings),), files=1)


def _not_a_spec(path: str) -> Problem | None:
    """Return why a file is no spec, as far as its name tells; a lock names its spec, and is text."""
    if not path.isprintable():
        claim, hint = "the file's name is not printable UTF-8 text", "rename the file or its folder"
    elif path.endswith(".ipynb"):
        claim, hint = "notebooks are not read", "name an environment.yml, a requirements.txt or a flow (.py)"
    else:
        return None
    return Problem(code=Code.UNREADABLE, place=at(path), claim=claim, hint=hint)


def _load_python(project: Project, content: bytes, path: str, modules: Repository | None) -> Loaded:
    if is_imported(project.settings, path):
        return _load_imported(project, path)
    if not _may_hold_flows(content):
        return Loaded()
    text = _not_a_spec(path) or decode(content, path)
    if isinstance(text, Problem):
        return Loaded(problems=(text,), files=1)
    return _load_flows(project.settings, text, path, modules or modules_of(project))


def load_composed(project: Project, name: EnvironmentName) -> Loaded:
    """Read a configured environment of several files."""
    from mixlock_hooks.pipeline.composed import composed  # noqa: PLC0415 - few repositories have any

    files = len(project.settings.environments[name].files)
    try:
        found = composed(project, name)
    except Exception as error:  # noqa: BLE001 - what stops the run is raised again
        return Loaded(problems=(unreadable(project, project.settings.source, error),), files=files)
    if isinstance(found, tuple):
        return Loaded(problems=found, files=files)
    return Loaded(environments=(found,), files=files)


def _may_hold_flows(content: bytes) -> bool:
    from mixlock_hooks.formats.metaflow.import_index import may_hold_flows  # noqa: PLC0415 - as above

    return may_hold_flows(content)


def _load_imported(project: Project, path: str) -> Loaded:
    """Return what a flow asked for when it was imported; nothing is imported here."""
    from mixlock_hooks.pipeline.imported import flow_file  # noqa: PLC0415 - few repositories import any

    found = flow_file(project, path)
    return Loaded(problems=(found,), files=1) if isinstance(found, Problem) else _merged(found, project.settings)


def _load_flows(settings: Settings, text: str, path: str, modules: Repository) -> Loaded:
    from mixlock_hooks.formats.metaflow import flow_file  # noqa: PLC0415 - most repositories have no flows

    return _merged(flow_file.parse(text, path, modules), settings)


def _merged(found: FlowFile, settings: Settings) -> Loaded:
    from mixlock_hooks.rules.flow_merge import merge_flows  # noqa: PLC0415 - as above
    from mixlock_hooks.rules.likeness import like_their_first  # noqa: PLC0415 - as above

    merged = merge_flows(found, settings)
    environments = like_their_first(merged.environments) if settings.metaflow_like else merged.environments
    return Loaded(environments=environments, problems=merged.problems, named=merged.named, files=1)
