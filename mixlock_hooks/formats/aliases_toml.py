"""``locks/aliases.toml``: a table for each ``NAME:TAG``, sorted."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from mixlock_hooks.formats import toml_text
from mixlock_hooks.model.alias import Alias, AliasTarget, alias

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = {field.name for field in fields(AliasTarget)}
HEADER = "# Named environments. Made by `mixlock resolve --alias`; do not edit.\n"
"""The first line; each entry has an empty one before it."""


def parse(text: str) -> dict[Alias, AliasTarget]:
    """Parse the file.

    Raises:
        ValueError: it is not TOML, or not what ``render`` makes.
    """
    return {alias(name): _target(name, table) for name, table in toml_text.loads(text).items()}


def _target(name: str, table: object) -> AliasTarget:
    given = table if isinstance(table, dict) else {}
    if given.keys() != _KEYS or not all(isinstance(value, str) for value in given.values()):
        raise ValueError(f"`{name}` needs the texts {', '.join(sorted(_KEYS))} and nothing else")
    return AliasTarget(**given)


def render(aliases: Mapping[Alias, AliasTarget]) -> bytes:
    """Render the file; equal maps give equal bytes."""
    return (HEADER + ("".join(entry(known, target) for known, target in sorted(aliases.items())) or "\n")).encode()


def entry(known: Alias, target: AliasTarget) -> str:
    """Render one entry, with the empty line before it."""
    import tomlkit  # noqa: PLC0415 - a check reads aliases and never writes them

    document = tomlkit.document()
    document[str(known)] = asdict(target)
    return "\n" + tomlkit.dumps(document)
