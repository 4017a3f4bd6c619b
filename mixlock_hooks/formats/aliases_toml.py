"""``locks/aliases.toml``: a table for each ``NAME:TAG``, sorted."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from mixlock_hooks.formats import toml_text
from mixlock_hooks.model.alias import Alias, AliasTarget, alias

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER = "# Named environments. Made by `mixlock resolve --alias`; do not edit.\n"


def parse(text: str) -> dict[Alias, AliasTarget]:
    """Parse the file.

    Raises:
        ValueError: it is not TOML, or not what ``render`` makes.
    """
    try:
        return {alias(name): AliasTarget(**table) for name, table in toml_text.loads(text).items()}
    except TypeError as error:
        raise ValueError("an alias lacks a key, or has one too many") from error


def render(aliases: Mapping[Alias, AliasTarget]) -> bytes:
    """Render the file; equal maps give equal bytes."""
    import tomlkit  # noqa: PLC0415 - a check reads aliases and never writes them

    document = tomlkit.document()
    for known, target in sorted(aliases.items()):
        document[str(known)] = asdict(target)
    return (_HEADER + "\n" + tomlkit.dumps(document)).encode()
