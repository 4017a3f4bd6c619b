"""One spec file as a document, with what it includes; what goes wrong in reading it is a problem of that file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.codes import Code
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.failure import CannotDoError, RefusedFileError, UsageError, fault
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Problem
from mixlock_hooks.model.settings import REQUIREMENTS_SUFFIXES
from mixlock_hooks.model.spec_part import is_manifest

if TYPE_CHECKING:
    from mixlock_hooks.model.document import SpecDocument
    from mixlock_hooks.pipeline.project import Project


def readable(project: Project, path: str) -> bytes | None:
    """Return the content of a file; None where there is none that may be read."""
    try:
        return project.files.read(path)
    except RefusedFileError:
        return None


def document_of(project: Project, text: str, path: str, part: str | None = None) -> SpecDocument:
    """Parse a spec that is no flow, with what it includes.

    Args:
        project: the repository.
        text: the file's text.
        path: the file.
        part: of a ``pyproject.toml`` an extra or a group, empty for the project itself; None where the file is all
            that an environment is made of.
    """
    if is_manifest(path):
        from mixlock_hooks.formats import pyproject_toml  # noqa: PLC0415 - few specs are one

        return pyproject_toml.parse(text, path, project.names, part)
    document = _parse(text, path)
    if any(entry.value.kind is ReferenceKind.INCLUDE for entry in document.references):
        from mixlock_hooks.pipeline.includes import with_includes  # noqa: PLC0415 - few specs include others

        document = with_includes(project, document)
    return document


def _parse(text: str, path: str) -> SpecDocument:
    """Parse requirements or YAML; only the parser that is needed is loaded."""
    if path.endswith(REQUIREMENTS_SUFFIXES):
        from mixlock_hooks.formats import requirements_txt  # noqa: PLC0415

        return requirements_txt.parse(text, path)
    from mixlock_hooks.formats import environment_yml  # noqa: PLC0415

    return environment_yml.parse(text, path)


def unreadable(project: Project, path: str, error: Exception) -> Problem:
    """Return what went wrong in reading a spec as a problem of that file (MIX001), so that the others are read."""
    claim = f"cannot be read: {of_one_file(project, error)}"
    hint = "`-v` shows where it failed"
    if isinstance(error, RefusedFileError):
        hint = "name a regular file of the repository" if error.path == path else f"mend {error.path}, which it reads"
    return Problem(code=Code.UNREADABLE, place=at(path), claim=claim, hint=hint)


def of_one_file(project: Project, error: Exception) -> str:
    """Return the words of what went wrong with a file that a stranger may have written.

    Raises:
        Exception: the error itself, where it stops the run: a wrong call, a world that did not do what was asked, or
            a fault whose traceback was asked for.
    """
    if isinstance(error, RefusedFileError):
        return str(error)
    if project.shows_faults or isinstance(error, (UsageError, CannotDoError)):
        raise error
    return fault(error)
