"""``config.toml`` of a machine.

``[mirrors]`` maps the URL of a channel or index to URLs that serve its content, ``[solvers]`` a solver to its path;
``[credentials]`` lists the hosts that may be sent what variables in their URLs hold.
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


def parse_credential_hosts(text: str) -> frozenset[str]:
    """Parse the hosts that may be sent what a URL's variables hold.

    Raises:
        ValueError: the text is not TOML, or ``[credentials]`` holds anything else than a list of hosts.
    """
    table = _table(text, "credentials")
    hosts = table.get("hosts", [])
    if table.keys() - {"hosts"} or not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ValueError("[credentials] must be `hosts`, a list of hosts")
    return frozenset(host.lower() for host in hosts)


def _table(text: str, name: str) -> Mapping[str, object]:
    document = toml_text.loads(text)
    for unknown in document.keys() - {"credentials", "mirrors", "solvers"}:
        raise ValueError(f"unknown table [{unknown}]; known are [credentials], [mirrors] and [solvers]")
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
