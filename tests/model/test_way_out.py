"""What mends a lock is told as a command that a shell takes, and with what must come before and after it."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.way_out import WayOut, locking


@pytest.mark.parametrize(
    ("names", "force", "expected"),
    [
        (("environment",), False, "run `mixlock lock environment`"),
        (("a", "b c"), False, "run `mixlock lock a 'b c'`"),
        (("-d/env",), False, "run `mixlock lock -- -d/env`"),
        (("-d/env", "a"), True, "run `mixlock lock --force -- -d/env a`"),
    ],
)
def test_locking(names: tuple[str, ...], expected: str, *, force: bool) -> None:
    assert locking(*names, force=force).words == expected


def test_what_locks_needs_a_spec_without_errors_and_is_staged() -> None:
    expected = "correct the spec, then run `mixlock lock a`, then `git add a.yml locks/a`"
    assert locking("a").after_errors().then_staged("a.yml locks/a").words == expected


def test_what_does_not_lock_is_told_as_it_is() -> None:
    way_out = WayOut(words="run `git restore locks/a`")
    assert way_out.after_errors().then_staged("a.yml") == way_out
