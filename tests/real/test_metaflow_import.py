"""A flow that can be read and imported has equal environments either way, with the real packages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import imported_flows
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.flow_merge import merge_flows
from tests.real.flow_specimens import Specimen, specimens
from tests.real.metaflow_comparison import PROFILES, imported, merged, refused, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mixlock_hooks.rules.flow_merge import MergedFlows

pytestmark = pytest.mark.real

_STUBBED: dict[str, tuple[str, ...]] = {"oss": ("docs__conda+block4.py",), "netflixext": ()}
"""Flows with a decorator that open-source Metaflow does not have, so that the import sees a stub."""


def _of_import(specimen: Specimen, answer: Mapping[str, Any], profile: str) -> MergedFlows:
    record = imported_flows.render(specimen.path, answer, {})
    return merge_flows(imported_flows.parse(record, specimen.path).flows, settings(profile))


def _environments(found: MergedFlows) -> dict[str, Any]:
    return {
        spec.name: (spec.steps, [inputs_of(platform) for platform in spec.platforms]) for spec in found.environments
    }


@pytest.mark.parametrize("profile", PROFILES)
def test_both_ways_give_equal_environments(profile: str) -> None:
    every = list(specimens())
    answers = imported(every, profile)
    both = [
        specimen
        for specimen in every
        if "failed" not in answers[specimen.name] and not refused(merged(specimen, profile))
    ]
    assert len(both) > 60
    different = {}
    for specimen in both:
        read = _environments(merged(specimen, profile))
        found = _environments(_of_import(specimen, answers[specimen.name], profile))
        if read != found:
            different[specimen.name] = (read, found)
    for name, pair in different.items():
        sys.stdout.write(f"{profile} {name}\n  read     {pair[0]}\n  imported {pair[1]}\n")
    assert [name for name in different if not name.endswith(_STUBBED[profile])] == []
    names = {specimen.name for specimen in both}
    alone = [name for name, answer in answers.items() if answer.get("flows") and name not in names]
    sys.stdout.write(f"{profile}: {len(both)} both ways, by import alone: {', '.join(alone)}\n")
