"""The HTTP client of py-rattler as mixlock wants it: retries, the user's credentials, mirrors."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import rattler
from rattler.networking.middleware import AuthenticationMiddleware, MirrorMiddleware, RetryMiddleware

if TYPE_CHECKING:
    from collections.abc import Mapping


def client(mirrors: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> rattler.Client:
    """Return a client that reads channels from their mirrors, where it is given any.

    py-rattler compares URLs letter by letter, so a slash ends each: no mirror serves a channel whose name only begins
    like that of its own.
    """
    middlewares: list[Any] = [RetryMiddleware(), AuthenticationMiddleware()]
    if mirrors:
        slashed = {f"{url}/": [f"{each}/" for each in found] for url, found in mirrors.items()}
        middlewares.insert(0, MirrorMiddleware(slashed))
    return rattler.Client(middlewares, user_agent="mixlock")
