"""Allowances without effect are told where they are written."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.allowances import ineffective
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped


def _told(entry: str) -> list[str]:
    text = f"dependencies:\n- python\n- numpy\n- pip:\n  - a\n  - {entry}\n"
    spec = merge(environment_yml.parse(text, "e.yml"), Settings())
    used = policy.check(spec, Settings(), shipped).used
    found = ineffective("e.yml", spec.document.allowances, used)
    return [f"{p.place} {p.code} {p.severity.value} {p.claim}" for p in found]


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        pytest.param("https://a.example/b.whl # mixlock: allow MIX104 known", [], id="one that is used"),
        pytest.param("https://a.example/b.whl # mixlock: allow MIX104", [], id="one without a reason"),
        pytest.param("-e . # mixlock: allow MIX103 known", [], id="one that is refused"),
        pytest.param(
            "b # mixlock: allow MIX104 known",
            ["e.yml:6:7 MIX002 warning an allowance without effect: there is no MIX104 in line 6"],
            id="nothing to allow",
        ),
        pytest.param(
            "https://a.example/b.whl # mixlock: allow MIX101 known",
            ["e.yml:6:29 MIX002 warning an allowance without effect: there is no MIX101 in line 6"],
            id="another code",
        ),
        pytest.param(
            "b # mixlock: allow MIX999 known",
            ["e.yml:6:7 MIX002 warning an allowance for `MIX999`, which is not a code"],
            id="no code",
        ),
        pytest.param(
            "b # mixlock: allow mix104 known",
            ["e.yml:6:7 MIX002 warning an allowance for `mix104`, which is not a code"],
            id="a code in small letters",
        ),
        pytest.param(
            "b # mixlock: allow MIX202 known",
            ["e.yml:6:7 MIX002 warning an allowance without effect: MIX202 cannot be silenced"],
            id="drift",
        ),
        pytest.param(
            "b # mixlock: ignore MIX104 known",
            ["e.yml:6:7 MIX002 warning a comment that begins with `mixlock:` and is not an allowance"],
            id="another word",
        ),
        pytest.param("b # mixlock is a tool", [], id="a remark"),
    ],
)
def test_an_allowance_without_effect(entry: str, told: list[str]) -> None:
    assert _told(entry) == told
