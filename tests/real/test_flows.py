"""Real flows: each is read, and what is read of the static ones is what the real packages hold after importing them.

``metaflow`` and ``metaflow-netflixext`` are installed from the machine's index into environments of their own, and
import each flow with its missing modules stubbed; mixlock imports nothing.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from mixlock_hooks.formats.metaflow.import_index import may_hold_flows
from mixlock_hooks.rules import policy
from mixlock_hooks.shell.name_map_file import shipped
from tests.real.flow_specimens import Specimen, specimens
from tests.real.metaflow_comparison import PROFILES, differences, dumped, merged, refused, settings

if TYPE_CHECKING:
    from mixlock_hooks.model.problem import Problem

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
            may_hold_flows(specimen.file.read_bytes())
            assert [problem for problem in _problems(specimen) if not _stands_inside(problem, specimen)] == []


def _stands_inside(problem: Problem, specimen: Specimen) -> bool:
    place = problem.place
    lines = (specimen.read(place.path) or "").splitlines() or [""]
    return 1 <= place.line <= len(lines) and 1 <= place.column <= len(lines[place.line - 1]) + 1


_REFUSED = {
    "playlist@ccbaedd7.py": "comes from `platform`",
    "config_parser.py": "is parsed by a function that only runs with the flow",
    "config_parser_f081e4.py": "is parsed by a function that only runs with the flow",
    "hellodecos.py": "is a StepMutator",
    "hellodecos@5f1e2bd4.py": "is a FlowMutator",
    "batch_flow_with_conda@1aa18c4a.py": "comes from `daps_utils`",
    "batch_flow_with_conda@1d248a63.py": "comes from `daps_utils`",
    "pip_flow_conda.py": "puts a decorator on something that is not a step",
    "flow-level__toplevel.py": "names `myconfig.json`, which is not in this repository",
    "benchmark_flow.py": "cannot be parsed",
    "taxi_regression_data.py": "is changed after it was bound",
    "taxi_regression_data@53231de8.py": "is changed after it was bound",
    "taxi_regression_model.py": "is changed after it was bound",
    "taxi_regression_model@53231de8.py": "is changed after it was bound",
    "deepspeed_multi_node.py": "`tensorboard` is a decorator of an extension",
    "deepspeed_multi_node@899e2000.py": "`tensorboard` is a decorator of an extension",
    "deepspeed_single_node.py": "`tensorboard` is a decorator of an extension",
    "fb_single_train.py": "`tensorboard` is a decorator of an extension",
    "xkcd-explainer__flow.py": "`ProjectFlow` comes from `obproject`",
    "xkcd-explainer__flow@0102256b.py": "`ProjectFlow` comes from `obproject`",
}
"""Flows that cannot be read without running them, by the end of their name, and what mixlock says of each."""


def test_only_what_is_known_when_a_flow_runs_is_refused() -> None:
    told = {specimen.name: [p.claim for p in refused(merged(specimen, "oss"))] for specimen in _specimens()}
    found = {name: claims for name, claims in told.items() if claims}
    ends = {name: next((end for end in _REFUSED if name.endswith(end)), "") for name in found}
    assert {name for name, end in ends.items() if not end} == set()
    assert {
        name: claims for name, claims in found.items() if not any(_REFUSED[ends[name]] in c for c in claims)
    } == {}
    assert len(found) == len(_REFUSED)


@cache
def _dumped(profile: str) -> dict[str, Any]:
    """Import every flow with the real packages, once."""
    return dumped(_specimens(), profile)


_NOT_IMPORTABLE = {
    "config_parser.py": "'req_config' is not defined",  # its parser is of a later release
    "config_parser_f081e4.py": "'req_config' is not defined",
    "toplevel.py": "'config' is not defined",  # the files of these configurations are missing
    "benchmark_flow.py": "'config' is not defined",
    "torchtest.py": "'config' is not defined",
    "ollama__README+block0.py": "IndentationError",
    "ollama__README+block1.py": "IndentationError",
    "ollama__README@becbca19+block1.py": "IndentationError",
    "monitoring@c8a087db.py": "AttributeError",  # what it imports is stubbed
    "helloworld@b86dfbcb.py": "SyntaxError",
    "cluster_reassign__flow@1f1d76d7.py": "SyntaxError",  # a module it imports is not Python
    "xkcd-explainer__flow.py": "no flow",  # its base class comes from a missing package
    "xkcd-explainer__flow@0102256b.py": "BadFlowDecoratorException",
    "hellodecos.py": "takes a metaflow decorator",  # what their mutators add is stubbed
    "hellodecos@5f1e2bd4.py": "takes a metaflow decorator",
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
    imported = [specimen for specimen in _specimens() if specimen.name not in failed]
    assert len(imported) == {"netflixext": 79, "oss": 87}[profile]
    different = {
        (specimen.name, step): both
        for specimen in imported
        for step, both in differences(specimen, _dumped(profile)[specimen.name], profile).items()
    }
    known = _KNOWN_DIFFERENCES[profile]
    found = {key: any(key[0].endswith(end) and key[1] == step for end, step in known) for key in different}
    assert {key: different[key] for key, is_known in found.items() if not is_known} == {}
    assert len(found) == len(known)
