"""What channels have instead of what a solve asked for in vain, and which channel cannot be read."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rattler
from rattler.exceptions import GatewayError

from mixlock_hooks.formats.engine_messages import Known, package_without_candidates
from mixlock_hooks.model.nearest import nearest
from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """The channels that were asked, for one platform, and what reads them; ``others`` are platforms beside it."""

    gateway: rattler.Gateway
    sources: tuple[str, ...]
    platforms: tuple[rattler.Subdir, ...]
    others: tuple[str, ...] = ()

    async def of(
        self, name: str, sources: Iterable[str], platforms: Iterable[rattler.Subdir]
    ) -> list[rattler.RepoDataRecord]:
        """Return what channels have of a package.

        Raises:
            GatewayError: one of them cannot be read.
        """
        channels = [rattler.Channel(url) for url in sources]
        found = await self.gateway.query(channels, platforms, [name], recursive=False)
        return [record for records in found for record in records]


async def find_alternatives(words: str, offers: Offers) -> Known:
    """Find what channels have of the package without candidates that a solver names; nothing where it names none."""
    name = package_without_candidates(words)
    with suppress(GatewayError):  # it could be read a moment ago; the solver's own words say enough
        return await _alternatives(name, offers) if name else {}
    return {}


async def _alternatives(name: str, offers: Offers) -> Known:
    versions = {record.version for record in await offers.of(name, offers.sources, offers.platforms)}
    if versions:
        return {"versions": [str(version) for version in sorted(versions, reverse=True)]}
    others = [other for other in offers.others if await offers.of(name, offers.sources, [rattler.Subdir(other)])]
    if others:
        return {"versions": [], "platforms": others}
    names = await offers.gateway.names([rattler.Channel(url) for url in offers.sources], offers.platforms)
    return {"versions": [], "near": nearest(name, [each.normalized for each in names])}


async def find_broken_channel(words: str, offers: Offers) -> tuple[str, Known]:
    """Find the channel that cannot be read; where the words do not name it, each is read by itself.

    Solves read a channel together: to all but one of them py-rattler says only that "a coalesced request failed".

    Returns:
        the words about it, and what is known; the words as they were where every channel can be read now.
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
        await offers.of("python", [url], offers.platforms)
    except GatewayError as error:
        return str(error).strip()
    return ""
