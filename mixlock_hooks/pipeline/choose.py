"""Choose environments by what a person calls them: a name, a flow, a step, an alias, or the path of a spec."""

from __future__ import annotations

from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import EnvironmentName, environment_name
from mixlock_hooks.model.nearest import few, meant, nearest
from mixlock_hooks.model.problem import has_errors
from mixlock_hooks.pipeline.load import (
    Loaded,
    NoSpecError,
    joined,
    load,
    load_all,
    load_composed,
    load_each,
    refuse_same_names,
    spec_paths,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mixlock_hooks.pipeline.project import Project


def choose(project: Project, wanted: Sequence[str]) -> Loaded:
    """Read the environments that are wanted; all where none is named.

    Args:
        project: the repository.
        wanted: names of environments, flows or files of flows, aliases, or paths of specs.

    Raises:
        UsageError: a name is none of these.
        CannotDoError: git tracks a spec that is not in the work tree.
    """
    if not wanted:
        return load_all(project)
    by_name = {environment_name(path): path for path in spec_paths(project)}
    parts = [_choose_one(project, name, by_name) for name in wanted]
    refuse_same_names(joined(parts).environments)
    unique = {environment.name: environment for part in parts for environment in part.environments}
    loaded = replace(joined(parts), environments=tuple(unique.values()))
    refuse_nothing(loaded, wanted)
    return loaded


def choose_for_hook(project: Project, wanted: Sequence[str], *, hook: bool) -> Loaded:
    """Read what is wanted; a hook runs on every commit of every repository that lists it, and passes without a spec.

    It does not pass where ``specs`` is there and names nothing, for then what somebody relies on is not looked at.

    Raises:
        NoSpecError: there is no spec, and should be one.
        UsageError: a name is no environment.
    """
    try:
        return choose(project, wanted)
    except NoSpecError:
        if not hook or project.settings.specs is not None:
            raise
        return Loaded()


def refuse_nothing(loaded: Loaded, wanted: Sequence[str]) -> None:
    """Refuse what asks for no environment, such as Python without a flow; what cannot be read is told elsewhere.

    Raises:
        UsageError: it asks for none, so nothing would be done.
    """
    if not (loaded.environments or loaded.problems):
        raise UsageError(f"{', '.join(wanted)}: asks for no environment")


def _choose_one(project: Project, name: str, by_name: Mapping[EnvironmentName, str]) -> Loaded:
    """Read one environment by its spec's name, a flow's or a step's name, an alias, or a path."""
    if name in project.settings.environments:
        return load_composed(project, EnvironmentName(name))
    path = by_name.get(EnvironmentName(name)) or by_name.get(environment_name(name))
    if path is not None:
        return load(project, path)
    chosen = _of_a_flow(project, name, by_name) or _of_a_lock(project, name)
    if chosen:
        return chosen
    below = _below(project, name)
    if below:
        return below
    if project.files.names(name) or project.files.below(name):
        raise UsageError(f"{name}: no spec in this folder; `mixlock list` names the environments")
    if project.files.read(name) is None:
        raise UsageError(_unknown(project, name, list(by_name)))
    return load(project, name)


def _below(project: Project, folder: str) -> Loaded | None:
    """Read every environment whose spec or name lies in a folder; None where none does."""
    if folder == ".":
        return load_all(project)
    paths = specs_below(folder, spec_paths(project))
    names = specs_below(folder, project.settings.environments)
    parts = [load_each(project, paths), *(load_composed(project, EnvironmentName(name)) for name in names)]
    return joined(parts) if paths or names else None


def refuse_folder(project: Project, name: str) -> None:
    """Refuse a folder where one environment is meant: what is asked would be done to whatever lies in it.

    Raises:
        UsageError: it is a folder of environments.
    """
    names = {*map(environment_name, spec_paths(project)), *project.settings.environments}
    below = [] if environment_name(name) in names else sorted(specs_below(name, names))
    if below:
        raise UsageError(f"{name}: is a folder of environments, name them: {few(below)}")


def specs_below(folder: str, paths: Iterable[str]) -> list[str]:
    """Return those of some paths, relative to the root, that lie in a folder: ``.`` is the root itself."""
    prefix = "" if folder == "." else f"{folder.rstrip('/')}/"
    return [path for path in paths if path.startswith(prefix)]


def _of_a_flow(project: Project, name: str, by_name: Mapping[EnvironmentName, str]) -> Loaded | None:
    """Read the environments of a flow or a step by their names, which begin with that of the flow's file."""
    for parent in (known for known in by_name if name.startswith(f"{known}/")):
        loaded = load(project, by_name[parent])
        chosen = tuple(found for found in loaded.environments if f"{found.name}/".startswith(f"{name}/"))
        if chosen or has_errors(loaded.problems):
            return replace(loaded, environments=chosen)
    return None


def _of_a_lock(project: Project, name: str) -> Loaded | None:
    """Read the environment that a lock or an alias of this name is for, from the spec that the lock names."""
    from mixlock_hooks.pipeline.aliases import target_of  # noqa: PLC0415 - few names are aliases

    target = target_of(project, name)
    wanted = EnvironmentName(target.environment if target else name)
    if wanted in project.settings.environments:
        return load_composed(project, wanted)
    source = project.locks.of(wanted).source()
    if not source or project.files.read(source) is None:
        return None
    loaded = load(project, source)
    chosen = tuple(found for found in loaded.environments if found.name == wanted)
    return replace(loaded, environments=chosen) if chosen or has_errors(loaded.problems) else None


def _unknown(project: Project, name: str, specs: Sequence[str]) -> str:
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - only a mistake needs these

    from mixlock_hooks.pipeline.lock.upgrades import names_known  # noqa: PLC0415

    lock = project.locks.of(EnvironmentName(name))
    if lock.names():
        return f"{name}: no spec asks for its lock any more; restore the spec, or delete {lock.shown}"
    known = sorted({*specs, *project.locks.names(), *project.settings.environments})
    package = canonicalize_name(name)
    if not nearest(name, known) and package in names_known(project, frozenset({package})):
        upgrading = f"`mixlock lock --upgrade-package {quote(name)}` upgrades this package"
        return f"{name}: neither an environment nor a file; {upgrading}; to change or remove it, edit the spec"
    way_out = f"environments: {few(known) or 'none'}"
    return f"{name}: neither an environment nor a file; {meant(name, known, way_out)}"
