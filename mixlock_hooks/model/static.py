"""Values that were read from source code without running it, each where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mixlock_hooks.model.place import Place

    Content: TypeAlias = "str | bytes | float | tuple[Static, ...] | tuple[tuple[Static, Static], ...] | None"


@dataclass(frozen=True, kw_only=True, slots=True)
class Static:
    """A constant: a scalar, a sequence of statics, or a mapping as pairs of statics."""

    value: Content
    place: Place
    kind: str = "scalar"

    def plain(self) -> object:
        """Return the value as Python would have it: a dict, a list or a scalar."""
        if self.kind == "mapping":
            return {key.plain(): value.plain() for key, value in self.pairs()}
        if self.kind == "sequence":
            return [item.plain() for item in self.items()]
        return self.value

    def pairs(self) -> tuple[tuple[Static, Static], ...]:
        """Return the pairs of a mapping; none of anything else."""
        return self.value if self.kind == "mapping" else ()  # type: ignore[return-value]

    def items(self) -> tuple[Static, ...]:
        """Return the items of a sequence; none of anything else."""
        return self.value if self.kind == "sequence" else ()  # type: ignore[return-value]


def joined(first: Static, second: Static) -> tuple[tuple[Static, Static], ...]:
    """Join the pairs of two mappings as ``{**first, **second}`` does: the later value, at the first key's place."""
    merged = {key.value: (key, value) for key, value in first.pairs()}
    merged.update({key.value: (key, value) for key, value in second.pairs()})
    return tuple(merged.values())
