"""``config.toml`` of a machine: ``[mirrors]`` maps a channel's or index's URL to URLs that serve its content."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.formats import toml_text

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_mirrors(text: str) -> Mapping[str, tuple[str, ...]]:
    """Parse the table of mirrors; URLs lose a trailing slash.

    Raises:
        ValueError: the text is not TOML, or ``[mirrors]`` is not a table of lists of URLs.
    """
    document = toml_text.loads(text)
    for name in document.keys() - {"mirrors"}:
        raise ValueError(f"unknown table [{name}]; known is [mirrors]")
    table = document.get("mirrors", {})
    if not isinstance(table, dict):
        raise ValueError("[mirrors] must be a table")  # noqa: TRY004 - the value is wrong, not the call
    return MappingProxyType({url.rstrip("/"): _urls(url, value) for url, value in table.items()})


def _urls(url: str, value: object) -> tuple[str, ...]:
    listed = [value] if isinstance(value, str) else value
    if (
        not isinstance(listed, list)
        or not listed
        or not all(isinstance(item, str) and "://" in item for item in listed)
    ):
        raise ValueError(f"[mirrors] {url!r} must be a list of URLs")
    if "://" not in url:
        raise ValueError(f"[mirrors] {url!r} must be the URL of a channel or an index")
    return tuple(item.rstrip("/") for item in listed)
