"""The Python modules of a repository, as its flows see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.formats.text import decode

if TYPE_CHECKING:
    from mixlock_hooks.formats.metaflow.repository import Repository
    from mixlock_hooks.pipeline.project import Project


def modules_of(project: Project) -> Repository:
    """Return the Python modules of a repository as its flows see them, to be parsed once for all flows of a run."""
    from mixlock_hooks.formats.metaflow.repository import Repository  # noqa: PLC0415 - most have no flows

    def read(other: str) -> str | None:
        content = project.files.read(other)
        found = decode(content, other) if content is not None else None
        return found if isinstance(found, str) else None

    def peek(other: str) -> str | None:
        content = project.files.read(other)
        return None if content is None else content.decode(errors="replace")

    tracked = frozenset(project.repository.tracked())
    return Repository(read=read, tracked=tracked.__contains__, paths=tracked, peek=peek)
