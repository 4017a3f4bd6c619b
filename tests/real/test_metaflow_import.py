"""A flow that can be read and imported has equal environments either way, with the real packages."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats import imported_flows
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.flow_merge import merge_flows
from tests.real.flow_specimens import Specimen, specimens, written
from tests.real.metaflow_comparison import PROFILES, imported, merged, refused, settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


_STEPS = "    @step\n    def start(self): self.next(self.end)\n    @step\n    def end(self): pass\n"
_ADDING = "add_decorator(pypi, deco_kwargs={'packages': {'a': '1'}})"
_MUTATORS = {
    f"{kind} in {phase}": {
        "flows/f.py": (
            f"from metaflow import *\nclass M({kind}):\n    def {phase}(self, one):\n        {what}\n"
            f"{'@M' if kind == 'FlowMutator' else ''}\nclass F(FlowSpec):\n"
            f"{'    @M' if kind == 'StepMutator' else ''}\n{_STEPS}"
        )
    }
    for kind, what in (
        ("FlowMutator", f"for _name, step in one.steps: step.{_ADDING}"),
        ("StepMutator", f"one.{_ADDING}"),
    )
    for phase in ("pre_mutate", "mutate")
}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_a_mutator_adds_is_imported_whenever_it_adds_it(tmp_path: Path, profile: str) -> None:
    every = written(tmp_path, _MUTATORS)
    answers = imported(every, profile)
    found = {one.name: _of_import(one, answers[one.name], profile).environments for one in every}
    steps = {name: [step for one in environments for step in one.steps] for name, environments in found.items()}
    assert steps == {name: ["start", "end"] if name.startswith("Flow") else ["start"] for name in _MUTATORS}


@pytest.mark.parametrize("release", ["2.13", "2.15.*", "2.16.*", "2.17.*", "2.18.*", "2.19.*"])
def test_older_releases_are_imported_and_what_their_mutators_add(tmp_path: Path, release: str) -> None:
    plain = {"flows/f.py": f"from metaflow import *\n@pypi_base(packages={{'a': '1'}})\nclass F(FlowSpec):\n{_STEPS}"}
    has_mutators = release >= "2.16"
    every = written(tmp_path, {"plain": plain, **(_MUTATORS if has_mutators else {})})
    answers = imported(every, "oss", release)
    assert {name: each["failed"] for name, each in answers.items() if "failed" in each} == {}
    found = {one.name: _of_import(one, answers[one.name], "oss").environments for one in every}
    steps = {name: [step for one in environments for step in one.steps] for name, environments in found.items()}
    assert steps.pop("plain") == ["start", "end"]
    assert steps == {name: ["start", "end"] if name.startswith("Flow") else ["start"] for name in steps}


def test_a_release_that_is_too_old_is_told(tmp_path: Path) -> None:
    answers = imported(
        written(tmp_path, {"plain": {"flows/f.py": f"from metaflow import *\nclass F(FlowSpec):\n{_STEPS}"}}),
        "oss",
        "2.12.39",
    )
    assert "Metaflow 2.12.39 is too old: 2.13 is the oldest" in answers["plain"]["failed"]


def test_an_environment_of_locked_files_is_not_imported(tmp_path: Path) -> None:
    flow = {"flows/f.py": f"from metaflow import *\n@resolved_uv\nclass F(FlowSpec):\n{_STEPS}"}
    answers = imported(written(tmp_path, {"uv": flow}), "netflixext")
    assert "takes its packages from files" in answers["uv"]["failed"]
