"""Which records of channels are too new, where packages or channels have a cutoff of their own.

The solver takes one moment for all. With exceptions it is the latest of them, and a record that is too new for its
own is made newer than that: it stays in its channel, so that a channel still goes before another by what it has.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from mixlock_hooks.model.cutoff import is_later

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import rattler

    from mixlock_hooks.model.cutoff import Cutoff

_FAR = "9998-01-01T00:00:00Z"
_A_DAY = timedelta(days=1)


def latest(cutoff: Cutoff) -> datetime | None:
    """Return the one moment that the solver is told; None where nothing is too new."""
    if not cutoff:
        return None
    moments = (cutoff.moment, *(moment for _key, moment in cutoff.exceptions))
    return datetime.fromisoformat(max(moment or _FAR for moment in moments).replace("Z", "+00:00"))


def let_stay(records: Iterable[rattler.RepoDataRecord], cutoff: Cutoff) -> None:
    """Make records no newer than the cutoff: the solver hides by age what it is told to keep, too."""
    moment = latest(cutoff)
    for record in records:
        if moment:
            record.timestamp = moment if record.timestamp is None else min(record.timestamp, moment)
            record.indexed_timestamp = record.indexed_timestamp and min(record.indexed_timestamp, moment)


def judged_by_age(
    channels: Sequence[rattler.Channel], gateway: rattler.Gateway, cutoff: Cutoff
) -> Sequence[rattler.Channel | JudgedChannel]:
    """Return channels whose records the solver can judge by one moment."""
    if not cutoff or not cutoff.exceptions:
        return channels
    return [JudgedChannel(channel, gateway, cutoff) for channel in channels]


class JudgedChannel:
    """A channel as a source of py-rattler (``RepoDataSource``), which asks it for the records of each name."""

    def __init__(self, channel: rattler.Channel, gateway: rattler.Gateway, cutoff: Cutoff) -> None:
        self._channel = channel
        self._gateway = gateway
        self._cutoff = cutoff
        self._latest = latest(cutoff)

    async def fetch_package_records(
        self, platform: rattler.Subdir, name: rattler.PackageName
    ) -> list[rattler.RepoDataRecord]:
        """Return the records of a name, as old as they count."""
        found = await self._gateway.query([self._channel], [platform], [name.normalized], recursive=False)
        records = [record for records in found for record in records]
        moment = self._cutoff.for_package(name.normalized).at(self._channel.base_url).moment
        for record in records:
            self._judge(record, moment)
        return records

    def package_names(self, platform: rattler.Subdir) -> list[str]:  # noqa: ARG002 - the protocol's
        """Return no names: a solve asks for the records of those it needs."""
        return []

    def _judge(self, record: rattler.RepoDataRecord, moment: str) -> None:
        published = record.indexed_timestamp or record.timestamp
        if self._latest is None:
            return
        if is_later(published, moment):
            record.timestamp = record.indexed_timestamp = self._latest + _A_DAY
        elif published is None:
            record.timestamp = self._latest
