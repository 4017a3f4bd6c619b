"""Age cutoffs: nothing published later is considered, on either side, but for exceptions.

A cutoff is recorded as text: ``2026-10-02T00:00:00Z``, and for each exception ``; NAME-OR-URL MOMENT``, where
``never`` stands for no moment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from mixlock_hooks.model.urls import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

_GENERAL, _EXCEPTION = "exclude-newer", "exclude-newer-for"
_NEVER = "never"
_RECORDED = "%Y-%m-%dT%H:%M:%SZ"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = re.compile(r"(?P<days>\d{1,5})(?: ?(?:d|days?))?")


def is_cutoff(text: str) -> bool:
    """Return whether a text is a date, a date with time and offset (RFC 3339), or a number of days."""
    try:
        instant(text, datetime(2000, 1, 1, tzinfo=timezone.utc))
    except (OverflowError, ValueError):
        return False
    return True


def instant(text: str, now: datetime) -> str:
    """Return the moment a cutoff stands for, as RFC 3339 in UTC.

    A date stands for the end of its day, a number of days for that many before now, both whole days: two people
    who lock on one day get one answer. No days stand for the end of today, for nothing is newer than that.

    Args:
        text: ``2026-10-01``, ``2026-10-01T12:00:00Z``, ``7`` or ``7 days``.
        now: the time of the call, with its zone.

    Raises:
        ValueError: it is none of these.
    """
    days = _DAYS.fullmatch(text)
    if days:
        today = now.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        return _shown(today - timedelta(days=int(days["days"]) or -1))
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if _DATE.fullmatch(text):
        return _shown(moment.replace(tzinfo=timezone.utc) + timedelta(days=1))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return _shown(moment.astimezone(timezone.utc))


def _shown(moment: datetime) -> str:
    return moment.strftime(_RECORDED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cutoff:
    """The moment after which nothing is considered (RFC 3339), empty for none, and what holds instead for some.

    ``packages`` pair normalized names, of either side, with moments of their own, ``sources`` URLs of channels and
    indices; a package's goes before its source's. ``setting`` is the key of the configuration that says ``moment``.
    """

    moment: str = ""
    packages: tuple[tuple[str, str], ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    setting: str = _GENERAL

    def __bool__(self) -> bool:
        """Return whether anything can be too new."""
        return bool(self.moment) or any(moment for _key, moment in self.exceptions)

    @property
    def exceptions(self) -> tuple[tuple[str, str], ...]:
        """Return names and URLs that have a moment of their own, with it."""
        return (*self.packages, *self.sources)

    @property
    def text(self) -> str:
        """Return it as it is recorded; empty where nothing can be too new."""
        said = [f"{key} {moment or _NEVER}" for key, moment in self.exceptions]
        return "; ".join([self.moment or _NEVER, *said]) if said else self.moment

    def for_package(self, name: str) -> Cutoff:
        """Return what holds for one package: its own moment wherever it comes from, else what holds for sources."""
        own = dict(self.packages).get(canonicalize_name(name))
        if own is None:
            return replace(self, packages=())
        return Cutoff(moment=own, setting=_EXCEPTION)

    def at(self, source: str) -> Cutoff:
        """Return the one moment that holds at a source."""
        own = dict(self.sources).get(without_credentials(source))
        return (
            Cutoff(moment=self.moment, setting=self.setting)
            if own is None
            else Cutoff(moment=own, setting=_EXCEPTION)
        )


NO_CUTOFF = Cutoff()


def is_later(published: datetime | None, moment: str) -> bool:
    """Return whether something is newer than a moment, if there is one; what is of unknown age counts as newer."""
    if not moment:
        return False
    if published is None:
        return True
    aware = published if published.tzinfo else published.replace(tzinfo=timezone.utc)
    return aware > datetime.fromisoformat(moment.replace("Z", "+00:00"))


def bounded(recorded: Cutoff, allowed: Cutoff) -> Cutoff:
    """Return a cutoff that was recorded, or what is allowed where the recorded one admits anything newer than that.

    Args:
        recorded: what a lock says it was made under, which who edits the lock may write.
        allowed: what the configuration stands for now.
    """
    said, limits = dict(recorded.exceptions), dict(allowed.exceptions)
    pairs = [(recorded.moment, allowed.moment)]
    pairs += [
        (said.get(key, recorded.moment), limits.get(key, allowed.moment)) for key in said.keys() | limits.keys()
    ]
    is_newer = any(limit and (not moment or moment > limit) for moment, limit in pairs)
    return allowed if is_newer else recorded


def cutoff_at(now: datetime, general: str, exceptions: Iterable[tuple[str, str]]) -> Cutoff:
    """Return what a configuration stands for now.

    Args:
        now: the time of the call, with its zone.
        general: a date or a number of days, empty for none.
        exceptions: normalized names and URLs with the same, empty for none.
    """
    return _made(
        instant(general, now) if general else "",
        [(key, instant(said, now) if said else "") for key, said in exceptions],
    )


def parse_cutoff(text: str) -> Cutoff:
    """Parse what was recorded.

    Raises:
        ValueError: it is no cutoff.
    """
    if not text:
        return Cutoff()
    general, *others = text.split("; ")
    pairs = [other.partition(" ") for other in others]
    return _made(_recorded(general), [(key, _recorded(moment)) for key, _space, moment in pairs])


def is_recorded(text: str) -> bool:
    """Return whether a text is a cutoff as it is recorded."""
    try:
        parse_cutoff(text)
    except (OverflowError, ValueError):
        return False
    return True


def _recorded(moment: str) -> str:
    return "" if moment == _NEVER else _shown(datetime.strptime(moment, _RECORDED).replace(tzinfo=timezone.utc))


def _made(moment: str, exceptions: Iterable[tuple[str, str]]) -> Cutoff:
    listed = sorted(exceptions)
    return Cutoff(
        moment=moment,
        packages=tuple(pair for pair in listed if "://" not in pair[0]),
        sources=tuple(pair for pair in listed if "://" in pair[0]),
    )
