"""What channels have of what an answer lacks, so that a failure names it: versions, a like name, a broken channel."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import rattler
from rattler.exceptions import GatewayError

from mixlock_hooks.formats import engine_messages
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The channels that were asked: their URLs and platforms, and what reads them."""

    gateway: rattler.Gateway
    sources: tuple[str, ...]
    platforms: tuple[rattler.Subdir, ...]

    async def of(self, name: str, sources: Iterable[str]) -> list[rattler.RepoDataRecord]:
        """Return what channels have of a package.

        Raises:
            GatewayError: one of them cannot be read.
        """
        channels = [rattler.Channel(url) for url in sources]
        found = await self.gateway.query(channels, self.platforms, [name], recursive=False)
        return [record for records in found for record in records]


async def instead(words: str, offers: Offers) -> dict[str, Any]:
    """Return what channels have of the package without candidates that a solver names.

    Returns:
        its ``versions``, newest first; where there are none, ``near`` is a package that is named alike. Nothing where
        no package is named, or the channels cannot be asked any more.
    """
    name = engine_messages.of_conda("unsatisfiable", words).package
    with suppress(GatewayError):
        return await _offered(name, offers) if name else {}
    return {}


async def _offered(name: str, offers: Offers) -> dict[str, Any]:
    versions = {record.version for record in await offers.of(name, offers.sources)}
    if versions:
        return {"versions": [str(version) for version in sorted(versions, reverse=True)]}
    names = await offers.gateway.names([rattler.Channel(url) for url in offers.sources], offers.platforms)
    return {"versions": [], "near": nearest(name, [each.normalized for each in names])}


async def unreadable(words: str, offers: Offers) -> tuple[str, dict[str, Any]]:
    """Find the ``channel`` that cannot be read; where the words do not name it, each is read by itself.

    Solves read a channel together: to all but one of them py-rattler says only that "a coalesced request failed".

    Returns:
        the words about it, and its URL as ``channel``; the words as they were where every channel can be read now.
    """
    named = [url for url in offers.sources if f"{url}/" in words]
    if len(named) == 1:
        return words, {"channel": without_credentials(named[0])}
    for url in offers.sources:
        failed = await _why_unreadable(url, offers)
        if failed:
            return failed, {"channel": without_credentials(url)}
    return words, {}


async def _why_unreadable(url: str, offers: Offers) -> str:
    try:
        await offers.of("python", [url])
    except GatewayError as error:
        return str(error).strip()
    return ""
