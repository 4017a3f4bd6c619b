"""Which environments a change concerns: through their spec, what it reads, their lock, or the configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mixlock_hooks.formats import project_config
from mixlock_hooks.model.settings import CONFIGURATION_FILES, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.pipeline.project import Project
    from mixlock_hooks.ports import Readable


def affected(
    project: Project, environments: Sequence[EnvironmentSpec], before: Readable, changed: frozenset[str]
) -> tuple[EnvironmentSpec, ...]:
    """Return the environments that a change could make drift.

    Args:
        project: the repository as it is now.
        environments: its environments.
        before: its files before the change.
        changed: the paths of all files that differ, came or went.
    """
    if any(name in changed for name in CONFIGURATION_FILES) and _settings(before) != _bare(project.settings):
        return tuple(environments)
    locks = project.locks
    return tuple(
        found
        for found in environments
        if any(path in changed for path in (found.document.path, *found.document.read))
        or any(locks.of(name).is_touched(changed) for name in (found.name, found.like) if name)
    )


def _settings(files: Readable) -> Settings:
    """Return the settings that files configure, without where they stand."""
    for name in CONFIGURATION_FILES:
        content = files.read(name)
        parsed = project_config.parse(content.decode("utf-8", "replace"), name)[0] if content is not None else None
        if parsed is not None:
            return _bare(parsed)
    return _bare(Settings())


def _bare(settings: Settings) -> Settings:
    return replace(settings, source="")
