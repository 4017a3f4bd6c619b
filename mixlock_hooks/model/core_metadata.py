"""What a file says of itself (core metadata), as far as a solve needs it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from packaging.requirements import Requirement


@dataclass(frozen=True, kw_only=True, slots=True)
class CoreMetadata:
    """Fields by name as they stand, extras, and requirements; one that nobody can read stays text."""

    fields: tuple[tuple[str, str], ...]
    extras: tuple[str, ...]
    requirements: tuple[Requirement | str, ...]

    def holding(
        self, environment: Mapping[str, str], extras: Collection[str]
    ) -> Iterator[tuple[Requirement | str, str]]:
        """Yield each requirement that holds on a target, with the extra it takes; empty where it takes none.

        Args:
            environment: the target's marker variables.
            extras: those that count.
        """
        for requirement in self.requirements:
            marker = None if isinstance(requirement, str) else requirement.marker
            if marker is None or marker.evaluate({**environment, "extra": ""}):
                yield requirement, ""
                continue
            for extra in extras:
                if marker.evaluate({**environment, "extra": extra}):
                    yield requirement, extra
