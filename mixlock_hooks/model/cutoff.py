"""Age cutoffs: nothing published later is considered, on either side."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

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
    who lock on one day get one answer.

    Args:
        text: ``2026-10-01``, ``2026-10-01T12:00:00Z``, ``7`` or ``7 days``.
        now: the time of the call, with its zone.

    Raises:
        ValueError: it is none of these.
    """
    days = _DAYS.fullmatch(text)
    if days:
        today = now.astimezone(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        return _shown(today - timedelta(days=int(days["days"])))
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if _DATE.fullmatch(text):
        return _shown(moment.replace(tzinfo=timezone.utc) + timedelta(days=1))
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return _shown(moment.astimezone(timezone.utc))


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
