"""Conda channels: names into URLs (conda's ``channel_alias`` and ``defaults``)."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mixlock_hooks.model.names import Subdir

_ALIAS = "https://conda.anaconda.org"
_DEFAULTS = "https://repo.anaconda.com/pkgs"


@lru_cache(maxsize=1 << 10)
def canonical(channel: str) -> str:
    """Return a channel by its shortest name: one of conda's own host by its name there, hosts in lower case.

    Args:
        channel: a name, or a URL without credentials.
    """
    scheme, separator, rest = channel.rstrip("/").partition("://")
    if not separator:
        return channel
    host, slash, path = rest.partition("/")
    url = f"{scheme.lower()}://{host.lower()}{slash}{path}"
    return path if path and url == f"{_ALIAS}/{path}" else url


def urls_of(channel: str, platform: Subdir) -> tuple[str, ...]:
    """Return the URLs a channel stands for: several for ``defaults`` and ``msys2``'s family, else one."""
    if "://" in channel:
        return (channel.rstrip("/"),)
    if channel == "defaults":
        names = ("main", "r", "msys2") if platform.startswith("win-") else ("main", "r")
        return tuple(f"{_DEFAULTS}/{name}" for name in names)
    if channel in {"main", "r", "msys2"} or channel.startswith("pkgs/"):
        return (f"{_DEFAULTS}/{channel.removeprefix('pkgs/')}",)
    return (f"{_ALIAS}/{channel.strip('/')}",)
