"""Real flows: each is read, and what is read of the static ones is what the real packages hold after importing them.

``metaflow`` and ``metaflow-netflixext`` are installed from the machine's index into environments of their own, and
import each flow with its missing modules stubbed; mixlock imports nothing.
"""

from __future__ import annotations

import sys
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats.metaflow import flow_scan
from mixlock_hooks.model.problem import Problem, Severity
from mixlock_hooks.rules import policy
from mixlock_hooks.shell.name_map_file import shipped
from tests.real.flow_specimens import Specimen, specimens
from tests.real.metaflow_comparison import PROFILES, differences, dumped, merged, settings

if TYPE_CHECKING:
    from collections.abc import Iterable

pytestmark = pytest.mark.real

every_profile = pytest.mark.parametrize("profile", PROFILES)


@cache
def _specimens() -> tuple[Specimen, ...]:
    return tuple(specimens())


def _static() -> list[Specimen]:
    return [specimen for specimen in _specimens() if specimen.kind == "static"]


def test_every_flow_of_the_index_is_there() -> None:
    assert (len(_specimens()), len(_static())) == (106, 84)
    assert not [specimen.name for specimen in _specimens() if not specimen.file.is_file()]


def _problems(specimen: Specimen, profile: str = "netflixext") -> tuple[Problem, ...]:
    found = merged(specimen, profile)
    checked = (policy.check(spec, settings(profile), shipped).problems for spec in found.environments)
    return (*found.problems, *(problem for problems in checked for problem in problems))


def test_every_flow_is_read_and_its_problems_stand_inside(subtests: pytest.Subtests) -> None:
    for specimen in _specimens():
        with subtests.test(specimen.name):
            flow_scan.may_hold_flows(specimen.file.read_bytes())
            assert [problem for problem in _problems(specimen) if not _stands_inside(problem, specimen)] == []


def _stands_inside(problem: Problem, specimen: Specimen) -> bool:
    place = problem.place
    lines = (specimen.read(place.path) or "").splitlines() or [""]
    return 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1


def test_every_static_flow_is_read_and_only_what_is_computed_is_refused() -> None:
    refused = {specimen.name: specimen.kind for specimen in _specimens() if "MIX007" in _errors(_problems(specimen))}
    assert Counter(refused.values()) == {"dynamic": 6, "both": 5}


def _errors(problems: Iterable[Problem]) -> set[str]:
    return {problem.code for problem in problems if problem.severity is Severity.ERROR}


@cache
def _dumped(profile: str) -> dict[str, Any]:
    """Import every static flow with the real packages, once."""
    return dumped(_static(), profile)


_NOT_IMPORTABLE = {
    "hellodecos.py": "no flow",  # a mutator replaces the base class
    "hellodecos@5f1e2bd4.py": "no flow",
    "cluster_reassign__flow@1f1d76d7.py": "SyntaxError",  # a module it imports is not Python
    "xkcd-explainer__flow.py": "no flow",  # its base class comes from a missing package
    "xkcd-explainer__flow@0102256b.py": "BadFlowDecoratorException",
    "metaflow@fbf67886+cell6.py": "FileNotFoundError",  # notebooks that run themselves
    "metaflow@fbf67886+cell8.py": "FileNotFoundError",
    "metaflow@9a3d3f25+cell5.py": "FileNotFoundError",
    "metaflow@9a3d3f25+cell6.py": "FileNotFoundError",
}
"""Flows that cannot be imported on a machine with nothing but Metaflow, by the end of their name."""

_REFUSED_BY_THE_EXTENSION = {
    "checkpoint-ml-libraries+block1.py": "'packages'",  # of @conda: only open-source Metaflow knows it
    "metaflow-prebuilt__README+block0.py": "'packages'",
    "test_mf_distribution_packaging@71a02664.py": "'packages'",
    "redditClassifier.py": "'packages'",
    "cell-classification__flow.py": "'packages'",
    "glass_embed__flow_qa.py": "'libraries'",  # of @pip: of another extension
    "pip_flow_conda.py": "'libraries'",
    "glass_house__flow.py": "'path'",
}
_NOT_IMPORTED = {"netflixext": _NOT_IMPORTABLE | _REFUSED_BY_THE_EXTENSION, "oss": _NOT_IMPORTABLE}

_KNOWN_DIFFERENCES = {
    "oss": {
        ("docs__conda+block4.py", "CondaTestFlow.start"): "open-source Metaflow has no @named_env, which was stubbed",
    },
    "netflixext": {},
}
"""Steps for which mixlock holds something else than Metaflow does, and why."""


def _failed(profile: str) -> dict[str, str]:
    dumped = _dumped(profile)
    return {name: str(found.get("failed") or "no flow") for name, found in dumped.items() if not found.get("flows")}


@every_profile
def test_flows_that_the_real_packages_cannot_import_are_few_and_known(profile: str) -> None:
    failed = _failed(profile)
    for name, why in failed.items():
        sys.stdout.write(f"{profile}: {name}: {why}\n")
    known = _NOT_IMPORTED[profile]
    unknown = [
        name for name, why in failed.items() if not any(name.endswith(end) and known[end] in why for end in known)
    ]
    assert unknown == []
    assert len(failed) == len(known)


@every_profile
def test_what_is_read_is_what_the_real_packages_hold(profile: str) -> None:
    failed = _failed(profile)
    imported = [specimen for specimen in _static() if specimen.name not in failed]
    assert len(imported) == {"netflixext": 67, "oss": 75}[profile]
    different = {
        (specimen.name, step): both
        for specimen in imported
        for step, both in differences(specimen, _dumped(profile)[specimen.name], profile).items()
    }
    known = _KNOWN_DIFFERENCES[profile]
    found = {key: any(key[0].endswith(end) and key[1] == step for end, step in known) for key in different}
    assert {key: different[key] for key, is_known in found.items() if not is_known} == {}
    assert len(found) == len(known)
