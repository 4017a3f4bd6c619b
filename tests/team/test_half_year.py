"""The events of a team's half year, one after the other in one repository: after each, what its docstring says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.team.half_year import begin, numbered, told

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_every_event_ends_right(tmp_path: Path, subtests: pytest.Subtests) -> None:
    team = begin(tmp_path)
    events = list(numbered())
    assert len(events) >= 40
    for name, event in events:
        with subtests.test(msg=f"{name}: {told(event)}"):
            event(team)
