"""Odd flows: each step has what the real packages make of it, or the flow is told as one that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.formats.metaflow.every_odd_flow import READ, REFUSED
from tests.formats.metaflow.odd_flows import files
from tests.real.flow_specimens import written
from tests.real.metaflow_comparison import PROFILES, differences, dumped, merged, refused

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.real


_NOT_IMPORTED = {"netflixext": set(), "oss": {"same decorator of two bases"}}
"""Flows that the real packages refuse themselves."""


@pytest.mark.parametrize("profile", PROFILES)
def test_no_odd_flow_is_passed_over(tmp_path: Path, profile: str) -> None:
    specimens = written(tmp_path, {name: files(text) for name, text in {**READ, **REFUSED}.items()})
    dump = dumped(specimens, profile)
    assert {name for name, found in dump.items() if not any(found.get("flows", {}).values())} == _NOT_IMPORTED[
        profile
    ]
    imported = [one for one in specimens if "failed" not in dump[one.name]]
    different = {one.name: differences(one, dump[one.name], profile) for one in imported}
    assert {name: steps for name, steps in different.items() if steps} == {}
    assert {one.name for one in specimens if refused(merged(one, profile))} == REFUSED.keys()
