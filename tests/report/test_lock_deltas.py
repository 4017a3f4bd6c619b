"""What a change of the locks shows: nothing secret, in any form."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.names import EnvironmentName
from mixlock_hooks.model.package_change import LockDelta
from mixlock_hooks.report.lock_deltas import FORMS

_CHANNEL = "http://user:pw@evil.example/t/tk-1/x"
DELTAS = {
    "a new channel": LockDelta(environment=EnvironmentName("e"), platforms=(), channels=(_CHANNEL,)),
    "the order of channels": LockDelta(environment=EnvironmentName("e"), platforms=(), order=((), (_CHANNEL,))),
    "needs": LockDelta(environment=EnvironmentName("e"), platforms=(), needs=(f"`{_CHANNEL}` needs more",)),
}


@pytest.mark.parametrize("delta", DELTAS.values(), ids=DELTAS)
@pytest.mark.parametrize("form", FORMS)
def test_no_form_shows_a_secret(delta: LockDelta, form: str) -> None:
    shown = FORMS[form]([delta])
    assert "evil.example" in shown
    assert "pw" not in shown
    assert "tk-1" not in shown
