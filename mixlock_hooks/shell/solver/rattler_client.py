"""The HTTP client of py-rattler as mixlock wants it: retries, the user's credentials, mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rattler
from rattler.networking.middleware import AuthenticationMiddleware, MirrorMiddleware, RetryMiddleware

if TYPE_CHECKING:
    from collections.abc import Mapping


def client(mirrors: Mapping[str, tuple[str, ...]]) -> rattler.Client:
    """Return a client that reads channels from their mirrors."""
    middlewares: list[Any] = [RetryMiddleware(), AuthenticationMiddleware()]
    if mirrors:
        middlewares.insert(0, MirrorMiddleware({url: list(found) for url, found in mirrors.items()}))
    return rattler.Client(middlewares, user_agent="mixlock")
