"""The platforms that a command line names, of those that environments ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mixlock_hooks.model.failure import UsageError
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.nearest import meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mixlock_hooks.model.environment import EnvironmentSpec


def chosen_platforms(wanted: Sequence[str], environments: Iterable[EnvironmentSpec]) -> tuple[Subdir, ...]:
    """Return the platforms that are wanted, each once.

    Raises:
        UsageError: one of them is asked for by none of the environments, so nothing would be done for it.
    """
    asked = {spec.platform for environment in environments for spec in environment.platforms}
    for platform in wanted:
        if platform not in asked:
            way_out = meant(platform, asked, f"asked for: {', '.join(sorted(asked))}")
            raise UsageError(f"--platform {platform}: no environment asks for it; {way_out}")
    return tuple(dict.fromkeys(Subdir(platform) for platform in wanted))
