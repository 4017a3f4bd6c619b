"""Age cutoffs as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from mixlock_hooks.model.cutoff import instant, is_cutoff

NOW = datetime(2026, 11, 22, 13, 5, tzinfo=timezone(timedelta(hours=2)))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        pytest.param("2026-10-01", "2026-10-02T00:00:00Z", id="a date, to the end of its day"),
        pytest.param("2026-10-01T12:00:00Z", "2026-10-01T12:00:00Z", id="a moment"),
        pytest.param("2026-10-01T12:00:00+02:00", "2026-10-01T10:00:00Z", id="a moment elsewhere"),
        pytest.param("7 days", "2026-11-15T00:00:00Z", id="days, in words"),
        pytest.param("7", "2026-11-15T00:00:00Z", id="days, bare"),
        pytest.param("1 day", "2026-11-21T00:00:00Z", id="one day"),
    ],
)
def test_a_cutoff_stands_for_a_moment(text: str, moment: str) -> None:
    assert instant(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-10-01T12:00:00", "-3", "9999-12-31", "7 weeks"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_cutoff(text)
