"""Where the configuration says what a lock was solved under."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mixlock_hooks.formats.toml_places import TomlPlaces

if TYPE_CHECKING:
    from collections.abc import Callable

    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.place import Place
    from mixlock_hooks.pipeline.project import Project

_ABOVE = {"mixlock.toml": (), "pyproject.toml": ("tool", "mixlock")}


def setting_places(project: Project, environment: EnvironmentSpec) -> Callable[[str], Place]:
    """Return what tells the place of a setting by its key: the environment's own, else that for all.

    A setting that the configuration does not name has the environment's place.
    """
    above = _ABOVE.get(project.settings.source)

    @cache
    def places() -> TomlPlaces:
        path, text = project.configuration()
        return TomlPlaces(text, path)

    def place(key: str) -> Place:
        if above is None:
            return environment.place
        of_all = places().known(*above, key)
        return places().known(*above, "environments", environment.name, key) or of_all or environment.place

    return place
