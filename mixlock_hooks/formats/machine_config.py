"""``config.toml`` of a machine.

``[mirrors]`` maps the URL of a channel or index to URLs that serve its content, ``[solvers]`` a solver to its path.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from mixlock_hooks.formats import toml_text
from mixlock_hooks.model.settings import SOLVERS

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_mirrors(text: str) -> Mapping[str, tuple[str, ...]]:
    """Parse the table of mirrors; URLs lose a trailing slash.

    Raises:
        ValueError: the text is not TOML, or ``[mirrors]`` is not a table of lists of URLs.
    """
    table = _table(text, "mirrors")
    return MappingProxyType({url.rstrip("/"): _urls(url, value) for url, value in table.items()})


def parse_solvers(text: str) -> Mapping[str, str]:
    """Parse the table of solvers: where each is on this machine.

    Raises:
        ValueError: the text is not TOML, or ``[solvers]`` is not a table of known names and paths.
    """
    found: dict[str, str] = {}
    for name, path in _table(text, "solvers").items():
        if name not in SOLVERS[1:]:
            raise ValueError(f"[solvers] {name!r} must be one of {', '.join(SOLVERS[1:])}")
        if not isinstance(path, str) or not path:
            raise ValueError(f"[solvers] {name!r} must be a path")
        found[name] = path
    return MappingProxyType(found)


def _table(text: str, name: str) -> Mapping[str, object]:
    document = toml_text.loads(text)
    for unknown in document.keys() - {"mirrors", "solvers"}:
        raise ValueError(f"unknown table [{unknown}]; known are [mirrors] and [solvers]")
    table = document.get(name, {})
    if not isinstance(table, dict):
        raise ValueError(f"[{name}] must be a table")  # noqa: TRY004 - the value is wrong, not the call
    return table


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
