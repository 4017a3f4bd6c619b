"""Flows that the configuration lists to be imported: their record, and what it says.

A record is written by `mixlock lock` alone. Everything else reads it, and compares the files that the import opened
with what they are now: a change of one is told where it is, and nothing is imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats import imported_flows
from mixlock_hooks.formats.metaflow.main_guard import more_than_a_start
from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.digest import digest
from mixlock_hooks.model.failure import CannotDoError
from mixlock_hooks.model.lock_paths import imported_path
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.pipeline.documents import readable
from mixlock_hooks.rules.discovery import discover, is_imported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mixlock_hooks.formats.imported_flows import ImportedFlows
    from mixlock_hooks.model.flow import FlowFile
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import ImportFlow


def flow_file(project: Project, path: str) -> FlowFile | Problem:
    """Return what a flow asked for when it was imported, or why its record does not tell that now."""
    found = _record(project, path)
    if isinstance(found, Problem):
        return found
    return next(_changed(project, path, found), found.flows)


def _record(project: Project, path: str) -> ImportedFlows | Problem:
    hint = f"run `mixlock lock {path}`, which imports it"
    content = readable(project, imported_path(project.settings.lock_dir, path))
    if content is None:
        claim = "is listed under `metaflow-import` but has not been imported yet, so its requirements are unknown"
        return Problem(code=Code.NOT_STATIC, place=at(path), claim=claim, hint=hint)
    try:
        return imported_flows.parse(content, path)
    except imported_flows.NotImportedFlowsError as error:
        claim = f"{imported_path(project.settings.lock_dir, path)} cannot be read: {error}"
        return Problem(code=Code.NOT_STATIC, place=at(path), claim=claim, hint=hint)


def _changed(project: Project, path: str, found: ImportedFlows) -> Iterator[Problem]:
    """Yield a problem for each file that is not what it was when the flow was imported."""
    for file, was in found.files.items():
        content = readable(project, file)
        if content is None or digest(content) != was:
            what = "changed" if content is not None else "went"
            claim = f"{what} since {path}, which opens it, was imported"
            hint = f"run `mixlock lock {path}`, which imports it again"
            yield Problem(code=Code.NOT_STATIC, place=at(file), claim=claim, hint=hint)


def to_import(project: Project, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the listed flows that must be imported: without a record, or with one that is not true any more.

    Args:
        project: the repository.
        wanted: names or paths that a run is about; all where there is none.
    """
    listed = [path for path in discover(project.repository.tracked(), project.settings) if path.endswith(".py")]
    return tuple(
        path
        for path in listed
        if is_imported(project.settings, path)
        and _is_wanted(path, wanted)
        and isinstance(flow_file(project, path), Problem)
    )


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    stem = path.removesuffix(".py")
    return not wanted or any(f"{name.removesuffix('.py')}/".startswith(f"{stem}/") for name in wanted)


def record(project: Project, path: str, import_flow: ImportFlow) -> bytes:
    """Import a flow, and return its record.

    Raises:
        CannotDoError: it cannot be imported, or is another one when it is started.
    """
    content = readable(project, path)
    found = more_than_a_start((content or b"").decode(errors="replace"))
    if found is not None:
        line, deed = found
        way_out = "do that before the flow is made, outside of `if __name__ == …`"
        raise CannotDoError(
            f"{path}:{line}: {deed} where the flow is started, which an import does not see; {way_out}"
        )
    answer = import_flow(path)
    files = {}
    for file in {path, *answer["files"]}:
        content = readable(project, file)
        if content is not None and not file.startswith(f"{project.settings.lock_dir}/"):
            files[file] = digest(content)
    made = imported_flows.render(path, answer, files)
    try:
        imported_flows.parse(made, path)
    except imported_flows.NotImportedFlowsError as error:
        raise CannotDoError(f"{path}: what its import found cannot be read: {error}") from error
    return made
