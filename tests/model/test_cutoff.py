"""Age cutoffs as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from mixlock_hooks.model.cutoff import Cutoff, bounded, cutoff_at, instant, is_cutoff, parse_cutoff

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
        pytest.param("0 days", "2026-11-23T00:00:00Z", id="no days, to the end of today"),
    ],
)
def test_a_cutoff_stands_for_a_moment(text: str, moment: str) -> None:
    assert instant(text, NOW) == moment


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01", "2026-10-01T12:00:00", "-3", "9999-12-31", "7 weeks"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_cutoff(text)


DAY, LATER, CHANNEL = "2026-10-02T00:00:00Z", "2026-11-23T00:00:00Z", "https://conda.anaconda.org/x"


@pytest.mark.parametrize(
    ("general", "exceptions", "text"),
    [
        pytest.param("", (), "", id="nothing"),
        pytest.param("2026-10-01", (), DAY, id="a date"),
        pytest.param("2026-10-01", (("openssl", "0 days"),), f"{DAY}; openssl {LATER}", id="a package"),
        pytest.param("2026-10-01", (("openssl", ""),), f"{DAY}; openssl never", id="a package of any age"),
        pytest.param("", (("openssl", "2026-10-01"),), f"never; openssl {DAY}", id="a package alone"),
        pytest.param(
            "2026-10-01",
            ((CHANNEL, "0"), ("a", "0"), ("z", "")),
            f"{DAY}; a {LATER}; z never; {CHANNEL} {LATER}",
            id="packages and a channel",
        ),
    ],
)
def test_a_cutoff_with_exceptions_is_recorded_and_read_again(
    general: str, exceptions: tuple[tuple[str, str], ...], text: str
) -> None:
    made = cutoff_at(NOW, general, exceptions)
    assert made.text == text
    assert parse_cutoff(text) == made
    assert bool(made) == bool(text)


@pytest.mark.parametrize(
    "text", ["x", f"{DAY}; openssl", f"{DAY}; openssl soon", "; openssl never", f"{DAY}, a {DAY}"]
)
def test_what_is_recorded_wrongly_is_no_cutoff(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        parse_cutoff(text)


HELD = Cutoff(moment=DAY, packages=(("z", LATER), ("any", "")), sources=((CHANNEL, LATER),))


@pytest.mark.parametrize(
    ("name", "source", "moment"),
    [
        pytest.param("a", "https://other", DAY, id="none"),
        pytest.param("Z", "https://other", LATER, id="a package"),
        pytest.param("a", f"{CHANNEL}/", LATER, id="a source"),
        pytest.param("any", CHANNEL, "", id="a package goes before its source"),
    ],
)
def test_the_moment_that_holds(name: str, source: str, moment: str) -> None:
    assert HELD.for_package(name).at(source).moment == moment


_EARLY, _LATE = "2026-01-01T00:00:00Z", "2099-01-01T00:00:00Z"
BOUNDED = {
    "an earlier one": (_EARLY, _LATE, _EARLY),
    "a later one": (_LATE, _EARLY, _EARLY),
    "none": ("", _EARLY, _EARLY),
    "one that nobody asks for": (_LATE, "", _LATE),
    "an exception nobody allows": (f"{_EARLY}; openssl never", _EARLY, _EARLY),
    "an exception that is allowed": (f"{_EARLY}; openssl {_LATE}", f"{_EARLY}; openssl never", None),
    "an exception that is missing": (_EARLY, f"{_LATE}; openssl {_EARLY}", _EARLY),
}


@pytest.mark.parametrize(("recorded", "allowed", "expected"), BOUNDED.values(), ids=BOUNDED)
def test_what_a_lock_records_admits_nothing_that_is_not_allowed(
    recorded: str, allowed: str, expected: str | None
) -> None:
    found = bounded(parse_cutoff(recorded), parse_cutoff(allowed))
    assert found.text == (recorded if expected is None else expected)
