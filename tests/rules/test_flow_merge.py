"""Decorators of a flow become environments: levels combine, a step goes over its flow, equal sets share one lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats.metaflow import flow_file
from mixlock_hooks.formats.metaflow.repository import Repository
from mixlock_hooks.model.names import CondaName
from mixlock_hooks.model.place import at
from mixlock_hooks.model.problem import Severity
from mixlock_hooks.model.requirement import CondaRequirement
from mixlock_hooks.model.settings import MetaflowProfile, Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import pypi_text
from mixlock_hooks.rules.flow_merge import merge_flows
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.rules.flow_merge import MergedFlows

OSS = Settings(metaflow=MetaflowProfile.OSS)


def _merged(source: str, settings: Settings | None = None, others: dict[str, str] | None = None) -> MergedFlows:
    repository = Repository(read=(others or {}).get)
    file = flow_file.parse(f"from metaflow import *\n{source}", "flows/f.py", repository)
    return merge_flows(file, settings or Settings())


def _one(base: str, step: str, settings: Settings | None = None) -> MergedFlows:
    decorated = "".join(f"  {line}\n" for line in step.splitlines())
    return _merged(f"{base}\nclass F(FlowSpec):\n{decorated}  @step\n  def start(self): ...\n", settings)


def _asked(environment: EnvironmentSpec) -> list[str]:
    spec = environment.platforms[0]
    conda = [f"{found.key} {found.constraint}" for found in spec.conda if not found.implied]
    return conda + [f"pip {pypi_text(requirement)}" for requirement in spec.pypi]


def _only(base: str, step: str, settings: Settings | None = None) -> list[str]:
    (environment,) = _one(base, step, settings).environments
    return _asked(environment)


def _problems(merged: MergedFlows, settings: Settings | None = None) -> list[Problem]:
    found = [policy.check(spec, settings or Settings(), shipped).problems for spec in merged.environments]
    return list(dict.fromkeys([*merged.problems, *(problem for problems in found for problem in problems)]))


def _told(problems: list[Problem]) -> list[str]:
    return [f"{p.place.line}:{p.place.column} {p.code} {p.severity.value}" for p in problems]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param(
            "@conda(libraries={'a': '1'})\n@conda(libraries={'b': '2'})", ["a ==1", "b ==2"], id="two of a kind"
        ),
        pytest.param(
            "@conda(libraries={'a': '>=1.20'})\n@conda(libraries={'a': '<2'})", ["a <2,>=1.20"], id="conda is joined"
        ),
        pytest.param(
            "@pypi(packages={'a': '>=1.20'}, python='3.9')\n@pypi(packages={'a[x]': '<2'})",
            ["python 3.9.*", "pip a[x]<2,>=1.20"],
            id="PyPI is joined, extras too",
        ),
        pytest.param(
            "@conda(libraries={'a': '1'})\n@conda(libraries={'a': ''})", ["a ==1"], id="any version adds nothing"
        ),
        pytest.param(
            "@conda(libraries={'a': '1'})\n@conda(libraries={'c::a': ''})", ["c::a ==1"], id="a channel is added"
        ),
        pytest.param(
            "@conda(python='3.9')\n@pypi(packages={'a': '1'}, python='3.9')",
            ["python 3.9.*", "pip a==1"],
            id="equal python",
        ),
        pytest.param(
            "@conda(libraries={'a': '1'}, python='3.9')\n@pypi(packages={'b': '1'})",
            ["a ==1", "python 3.9.*", "pip b==1"],
            id="one python unset",
        ),
    ],
)
def test_decorators_of_one_level_combine(step: str, expected: list[str]) -> None:
    assert _only("", step) == expected
    bases = step.replace("conda(", "conda_base(").replace("pypi(", "pypi_base(")
    assert _only(bases, "") == expected


@pytest.mark.parametrize(
    ("step", "place", "claim"),
    [
        pytest.param(
            "@conda(python='3.9')\n@pypi(python='3.10')",
            "5:16",
            "`python` is '3.10' here, '3.9' in line 4",
            id="python",
        ),
        pytest.param("@named_env(name='a')\n@named_env(name='b')", "5:19", "`name` is 'b' here, 'a'", id="name"),
        pytest.param("@named_env(pathspec='a')\n@named_env(pathspec='b')", "5:23", "`pathspec` is", id="pathspec"),
        pytest.param("@named_env(name='a', pathspec='F/1/s')", "4:33", "only one is allowed", id="name and pathspec"),
        pytest.param(
            "@conda(disabled=True)\n@pypi(disabled=False)", "5:18", "`disabled` is False here", id="disabled"
        ),
        pytest.param(
            "@conda(disabled=True)\n@pypi(packages={'a': ''})",
            "5:4",
            "`disabled` is False here",
            id="asked after all",
        ),
        pytest.param(
            "@conda(disabled=True)\n@conda", "5:4", "`disabled` is False here", id="a bare decorator enables"
        ),
        pytest.param(
            "@named_env(name='a', fetch_at_exec=True)\n@named_env(name='a', fetch_at_exec=False)",
            "5:38",
            "`fetch_at_exec` is False here",
            id="fetch_at_exec",
        ),
    ],
)
def test_incompatible_values_at_one_level(step: str, place: str, claim: str) -> None:
    (problem,) = [found for found in _problems(_one("", step)) if found.code == "MIX008"]
    assert f"{problem.place.line}:{problem.place.column}" == place
    assert claim in problem.claim


def test_one_level_may_differ_from_the_other() -> None:
    merged = _one("@conda_base(python='3.9', libraries={'a': ''})", "@conda(python='3.10')")
    assert (_told(_problems(merged)), _asked(merged.environments[0])) == ([], ["a *", "python 3.10.*"])


@pytest.mark.parametrize(
    ("base", "step", "expected"),
    [
        pytest.param(
            "@conda_base(libraries={'a': '>=1', 'b': '1'})",
            "@conda(libraries={'a': '<2'})",
            ["a <2", "b ==1"],
            id="a package of the step replaces the flow's constraint, all others stay",
        ),
        pytest.param(
            "@conda_base(libraries={'c::a': '1'})",
            "@conda(libraries={'a': '2'})",
            ["a ==2"],
            id="whatever its channel",
        ),
        pytest.param(
            "@pypi_base(packages={'a_b[x]': '1', 'c': '1'}, python='3.9')",
            "@pypi(packages={'A-b': '2'})",
            ["python 3.9.*", "pip a-b==2", "pip c==1"],
            id="of PyPI too, by its normalized name",
        ),
        pytest.param(
            "@pypi_base(packages={'a': '1', 'c': '1'}, python='3.9')",
            "@pypi(packages={'a @ git+https://g.example/a': ''})",
            ["python 3.9.*", "pip c==1"],
            id="by a reference",
        ),
        pytest.param(
            "@pypi_base(packages={'a': '1'}, python='3.9')",
            "@conda(libraries={'a': '2'})",
            ["a ==2", "python 3.9.*", "pip a==1"],
            id="one world does not replace the other's",
        ),
        pytest.param("@conda_base(python='3.9')", "@pypi(python='3.10')", ["python 3.10.*"], id="python replaces"),
        pytest.param(
            "@conda_base(python='3.9.1')", "@conda(libraries={'a': ''})", ["a *", "python ==3.9.1"], id="python stays"
        ),
        pytest.param("@conda_base(libraries={'a': '1'})", "", ["a ==1"], id="no decorator inherits the flow's"),
        pytest.param("@conda_base(libraries={'a': '1'})", "@retry", ["a ==1"], id="nor does another one matter"),
    ],
)
def test_the_step_goes_over_its_flow(base: str, step: str, expected: list[str]) -> None:
    assert _only(base, step) == expected


@pytest.mark.parametrize(
    ("base", "step", "channels"),
    [
        pytest.param("['b', 'a']", "['d', 'c']", ("d", "c", "b", "a"), id="the step's first, then the flow's"),
        pytest.param("['b', 'a']", "['c', 'a']", ("c", "a", "b"), id="each once, where it came first"),
        pytest.param("['b', 'a', 'b']", "[]", ("b", "a"), id="the flow's own, each once"),
        pytest.param("[]", "['a', 'conda-forge', 'b']", ("a", "conda-forge", "b"), id="the configured one is named"),
        pytest.param("[]", "[]", (), id="none"),
    ],
)
def test_channels_keep_their_order(base: str, step: str, channels: tuple[str, ...]) -> None:
    merged = _one(f"@conda_base(channels={base}, libraries={{'x': ''}})", f"@conda(channels={step})")
    configured = () if "conda-forge" in channels else ("conda-forge",)
    assert merged.environments[0].platforms[0].channels == (*channels, *configured)


def test_indices_keep_their_order() -> None:
    base = "@pypi_base(extra_indices=['https://b.example', 'https://a.example'], python='3.9')"
    step = "@pypi(packages={'x': ''}, extra_indices=['https://c.example', 'https://a.example'])"
    indices = ("https://c.example", "https://a.example", "https://b.example")
    assert _one(base, step).environments[0].platforms[0].indices == indices


def test_channels_of_two_decorators_are_joined_in_order() -> None:
    step = "@conda(channels=['b', 'a'], libraries={'x': ''})\n@conda(channels=['c', 'b'])"
    assert _one("", step).environments[0].platforms[0].channels == ("b", "a", "c", "conda-forge")


def test_virtual_packages_of_the_step_replace_the_flows() -> None:
    base = "@sys_packages_base(packages={'__cuda': '11.2', '__glibc': '2.17'})\n@conda_base(libraries={'x': ''})"
    merged = _one(base, "@sys_packages(packages={'__cuda': '12.0'})")
    virtual = dict(merged.environments[0].platforms[0].virtual_packages)
    assert {str(name): virtual[name] for name in virtual if name in {"__cuda", "__glibc"}} == {
        "__cuda": "12.0",
        "__glibc": "2.17",
    }


_BASE = "@conda_base(libraries={'a': '1'}%s)"


@pytest.mark.parametrize(
    ("base", "step", "expected"),
    [
        pytest.param(_BASE % "", "@conda(disabled=True)", None, id="the step is disabled"),
        pytest.param(_BASE % "", "@conda(disabled=False)", ["a ==1"], id="the step is enabled"),
        pytest.param(_BASE % ", disabled=True", "", None, id="the flow is disabled"),
        pytest.param(_BASE % ", disabled=True", "@conda(disabled=True)", None, id="both are disabled"),
        pytest.param(_BASE % ", disabled=True", "@conda(disabled=False)", ["a ==1"], id="the step is enabled again"),
        pytest.param(
            _BASE % ", disabled=True", "@conda", ["a ==1"], id="a bare decorator enables, as the extension says"
        ),
        pytest.param(
            _BASE % ", disabled=True",
            "@conda(libraries={'b': '1'})",
            ["a ==1", "b ==1"],
            id="the step asks for packages",
        ),
        pytest.param(_BASE % ", disabled=True", "@named_env()", None, id="a decorator that says nothing"),
        pytest.param(_BASE % ", disabled=False", "", ["a ==1"], id="the flow is enabled"),
        pytest.param("", "@conda(disabled=True)", None, id="no flow's, the step is disabled"),
        pytest.param("", "@conda(disabled=True, libraries={'b': '1'})", None, id="disabled with what it asks"),
        pytest.param("", "@conda", None, id="nothing asked"),
        pytest.param("", "@conda(channels=['a'])", None, id="only channels asked"),
    ],
)
def test_disabled(base: str, step: str, expected: list[str] | None) -> None:
    merged = _one(base, step)
    assert [_asked(environment) for environment in merged.environments] == ([] if expected is None else [expected])
    assert merged.problems == ()


_GROUPS = """\
@conda_base(libraries={'a': '1'}, python='3.9')
class F(FlowSpec):
  @step
  def start(self): ...
  @conda(libraries={'b': '1'})
  @step
  def one(self): ...
  @conda(disabled=True)
  @step
  def off(self): ...
  @conda(libraries={'b': '==1'})
  @conda(python='3.9')
  @step
  def two(self): ...
  @step
  def end(self): ...
"""


def test_steps_with_equal_requirements_share_an_environment_named_after_the_first() -> None:
    environments = _merged(_GROUPS).environments
    assert [(spec.name, spec.steps, str(spec.place)) for spec in environments] == [
        ("flows/f/F/start", ("start", "end"), "flows/f.py:5:3"),
        ("flows/f/F/one", ("one", "two"), "flows/f.py:8:3"),
    ]


def test_references_keep_environments_apart() -> None:
    step = "  @pypi(packages={'a @ git+https://g.example/%s': ''}, python='3.9')\n  @step\n  def %s(self): ...\n"
    environments = _merged("class F(FlowSpec):\n" + step % ("x", "start") + step % ("y", "end")).environments
    assert [spec.steps for spec in environments] == [("start",), ("end",)]


def test_a_step_inherited_from_another_module_stands_at_the_flow() -> None:
    base = (
        "from metaflow import *\nclass B(FlowSpec):\n  @conda(libraries={'a': ''})\n  @step\n  def start(self): ...\n"
    )
    (environment,) = _merged("from base import B\n\nclass F(B): ...\n", others={"base.py": base}).environments
    assert (environment.name, str(environment.place)) == ("flows/f/F/start", "flows/f.py:4:1")


def test_two_flows_of_a_file_have_environments_of_their_own() -> None:
    flow = "class %s(FlowSpec):\n  @conda(libraries={'a': ''})\n  @step\n  def start(self): ...\n"
    assert [spec.name for spec in _merged(flow % "A" + flow % "B").environments] == [
        "flows/f/A/start",
        "flows/f/B/start",
    ]


@pytest.mark.parametrize(
    ("step", "mode"),
    [
        pytest.param("@pypi(packages={'a': ''}, python='3.9')", "pypi", id="PyPI and python"),
        pytest.param("@pypi(packages={'a': ''}, python='3.9')\n@conda(libraries={'pip': ''})", "pypi", id="and pip"),
        pytest.param("@pypi(packages={'a': ''}, conda_only={'b': ''})", "mixed", id="PyPI and conda_only"),
        pytest.param("@conda(libraries={'a': ''})", "conda", id="conda"),
        pytest.param("@conda(libraries={'a': ''})\n@pypi(packages={'b': ''})", "mixed", id="both"),
        pytest.param("@conda(libraries={'a': ''}, pip_packages={'b': ''})", "mixed", id="both in one"),
        pytest.param("@pypi(packages={'a @ git+https://g.example/a': ''}, python='3')", "pypi", id="a reference"),
    ],
)
def test_mode(step: str, mode: str) -> None:
    (environment,) = _one("", step).environments
    assert environment.mode.value == mode


@pytest.mark.parametrize(
    ("step", "told"),
    [
        pytest.param("@pypi(packages={'a': ''})", ["4:19 MIX110 warning"], id="PyPI without python"),
        pytest.param("@pypi(packages={'a': ''})\n@conda(libraries={'b': ''})", ["4:19 MIX110 warning"], id="mixed"),
        pytest.param("@pypi(packages={'a': ''}, python='3.9')", [], id="with python"),
        pytest.param(
            "@pypi(packages={'python': '3'}, python='3.9')",
            ["4:19 MIX110 error"],
            id="python from PyPI",
        ),
        pytest.param(
            "@pypi(packages={'a @ git+https://g.example/a': ''}, python='3.9')",
            ["4:19 MIX101 note"],
            id="git, pure PyPI",
        ),
        pytest.param(
            "@pypi(packages={'a @ git+https://g.example/a': ''}, conda_only={'b': ''})",
            ["4:19 MIX101 error"],
            id="git, mixed",
        ),
        pytest.param(
            "@pypi(packages={'torch': ''}, python='3.9')\n@conda(libraries={'pytorch': ''})",
            ["4:19 MIX106 error"],
            id="one package from both worlds, by the name map",
        ),
        pytest.param(
            "@pypi(packages={'a': ''}, sources=['http://u:p@i.example'], python='3')",
            ["4:38 MIX107 error", "4:38 MIX108 error"],
            id="a secret, plain http",
        ),
    ],
)
def test_policy_holds_for_flows(step: str, told: list[str]) -> None:
    assert _told(_problems(_one("", step))) == told


def test_the_hint_for_python_is_a_decorators() -> None:
    (problem,) = _problems(_one("", "@pypi(packages={'a': ''})"))
    assert "python=" in problem.hint


@pytest.mark.parametrize(
    ("reason", "left_out"),
    [
        pytest.param("", None, id="a reason is needed"),
        pytest.param("f adds nothing", ("MIX007 f()",), id="what it asks for is left out"),
    ],
)
def test_an_argument_that_cannot_be_read_is_left_out_where_it_is_allowed(
    reason: str, left_out: tuple[str, ...] | None
) -> None:
    source = _GROUPS.replace("libraries={'b': '1'})", f"libraries=f())  # mixlock: allow MIX007 {reason}")
    checked = [policy.check(spec, Settings(), shipped).checked for spec in _merged(source).environments]
    assert checked
    assert {spec.platforms[0].left_out if spec else None for spec in checked} == {left_out}


def test_an_allowance_covers_its_own_file_only() -> None:
    others = {"c.py": "\n\n\n\nA = {'requests': ''}\n"}
    source = (
        "from c import A\n@conda_base(libraries={'requests': ''}, python='3.9')\nclass F(FlowSpec):\n"
        "  @pypi(packages=A) # mixlock: allow MIX106 here\n  @step\n  def start(self): ...\n"
    )
    assert [str(p.place) for p in _problems(_merged(source, others=others))] == ["c.py:5:6"]
    assert _problems(_merged(source.replace("=A)", "={'requests': ''})"), others=others)) == []


def _runtime(name: str) -> Settings:
    requirement = CondaRequirement(name=CondaName(name), asked=">=2", version=">=2", place=at("mixlock.toml", 2))
    return Settings(metaflow_runtime=(requirement,))


def test_what_metaflow_adds_at_run_time_is_asked_beside_what_a_step_asks() -> None:
    assert _only("", "@conda(libraries={'a': '1'})", _runtime("requests")) == ["a ==1", "requests >=2"]
    assert _only("", "@conda(libraries={'requests': '1'})", _runtime("requests")) == ["requests ==1"]


def test_what_metaflow_adds_is_told_where_pypi_has_it_too() -> None:
    settings = _runtime("requests")
    step = "@pypi(packages={'requests': '2.28.0'}, python='3.9')\n@conda(libraries={'b': ''})"
    assert _told(_problems(_one("", step, settings), settings)) == ["4:19 MIX106 error"]
    assert _told(_problems(_one("", step))) == []


def test_the_users_own_flow_is_safe_without_a_runtime() -> None:
    base = (
        "@conda_base(libraries={'numpy': '1.21.5'}, python='>=3.8,<3.9')\n@pypi_base(packages={'requests': '2.28.0'})"
    )
    merged = _one(base, "@pypi(packages={'pandas': '1.5.0'})")
    assert _asked(merged.environments[0]) == [
        "numpy ==1.21.5",
        "python <3.9,>=3.8",
        "pip pandas==1.5.0",
        "pip requests==2.28.0",
    ]
    assert _problems(merged) == []


@pytest.mark.parametrize(
    ("step", "named", "notes"),
    [
        pytest.param("@named_env(name='a/b:v1')", ["a/b:v1"], [], id="a name"),
        pytest.param("@conda(name='a')", ["a"], [], id="a name in @conda"),
        pytest.param("@named_env(pathspec='F/1/s')", ["step:F/1/s"], [], id="a step's environment"),
        pytest.param("@named_env(name='a@{V}')", [], ["`a@{V}` is resolved when the flow runs"], id="a template"),
        pytest.param(
            "@named_env(name='a', fetch_at_exec=True)", [], ["`a` is resolved when"], id="fetched at run time"
        ),
        pytest.param(
            "@named_env(name='a')\n@pypi(packages={'b': ''})",
            ["a"],
            ["asked beside `a` is resolved"],
            id="with packages",
        ),
        pytest.param("@named_env(name='a', disabled=True)", [], [], id="disabled"),
    ],
)
def test_named_environments_are_referred_to_and_not_locked(step: str, named: list[str], notes: list[str]) -> None:
    merged = _one("", step)
    assert merged.environments == ()
    assert [entry.value for entry in merged.named] == named
    assert [problem.severity for problem in merged.problems] == [Severity.NOTE] * len(notes)
    assert all(note in problem.claim for note, problem in zip(notes, merged.problems, strict=True))


def test_a_note_is_told_once() -> None:
    source = "@named_env_base(name='a@{V}')\nclass F(FlowSpec):\n" + "".join(
        f"  @step\n  def {name}(self): ...\n" for name in ("start", "middle", "end")
    )
    assert [problem.code for problem in _merged(source).problems] == ["MIX007"]


@pytest.mark.parametrize(
    ("base", "step", "named"),
    [
        pytest.param("name='a'", "pathspec='F/1/s'", ["step:F/1/s"], id="a step's environment over a name"),
        pytest.param("pathspec='F/1/s'", "name='a'", ["a"], id="a name over a step's environment"),
        pytest.param("name='a', disabled=True", "name='b'", ["b"], id="a name enables"),
    ],
)
def test_the_steps_named_environment_goes_over_the_flows(base: str, step: str, named: list[str]) -> None:
    merged = _one(f"@named_env_base({base})", f"@named_env({step})")
    assert [entry.value for entry in merged.named] == named


@pytest.mark.parametrize(
    ("base", "step", "expected"),
    [
        pytest.param(
            "@conda_base(packages={'a': '>=1', 'b': '1'}, python='3.9')",
            "@conda(packages={'a': '<2'})",
            ["a <2", "b ==1", "python 3.9.*"],
            id="the step over the flow",
        ),
        pytest.param("@conda_base(libraries={'a': '1'})", "", ["a ==1"], id="libraries are read too"),
        pytest.param(
            "@conda_base(packages={'a': '1'}, disabled=True)", "@conda", None, id="a bare decorator does not enable"
        ),
        pytest.param("", "@conda(disabled=True)\n@pypi(packages={'a': ''})", None, id="one disabled is enough"),
    ],
)
def test_the_open_source_profile(base: str, step: str, expected: list[str] | None) -> None:
    merged = _one(base, step, OSS)
    assert [_asked(environment) for environment in merged.environments] == ([] if expected is None else [expected])
    assert _problems(merged, OSS) == []


def test_the_open_source_profile_refuses_to_mix_in_one_step_and_only_there() -> None:
    source = _GROUPS.replace("  @conda(python='3.9')\n", "  @pypi(packages={'x': ''})\n")
    merged = _merged(source, OSS)
    results = {spec.name.rpartition("/")[2]: _told(_problems_of(spec)) for spec in merged.environments}
    assert results == {"start": [], "one": [], "two": ["13:19 MIX111 error"]}


def _problems_of(spec: EnvironmentSpec) -> list[Problem]:
    return list(policy.check(spec, OSS, shipped).problems)


def test_the_open_source_profile_does_not_call_metaflows_own_packages_mixed() -> None:
    settings = Settings(metaflow=MetaflowProfile.OSS, metaflow_runtime=_runtime("requests").metaflow_runtime)
    assert _problems(_one("", "@pypi(packages={'a': ''}, python='3.9')", settings), settings) == []


@pytest.mark.parametrize(
    ("step", "place"),
    [
        pytest.param("@conda(channels=['c'], libraries={'a': ''})", "4:20", id="channels"),
        pytest.param(
            "@pypi(extra_indices=['https://c.example'], packages={'a': ''}, python='3')", "4:24", id="indices"
        ),
    ],
)
def test_the_open_source_profile_has_no_channels_or_indices(step: str, place: str) -> None:
    assert _told(_problems(_one("", step, OSS), OSS)) == [f"{place} MIX002 error"]


def test_a_names_map_is_asked_only_where_both_worlds_are() -> None:
    def unused() -> Counterparts:
        raise AssertionError

    for environment in _one("", "@conda(libraries={'a': ''})").environments:
        policy.check(environment, Settings(), unused)


@pytest.mark.parametrize(
    ("base", "step", "told"),
    [
        pytest.param("", "@conda(libraries={'a': '1', 'A': '2'})", ["4:31 MIX006 error"], id="two versions"),
        pytest.param("", "@conda(libraries={'a': '>=1', 'A': '<2'})", [], id="two halves of a range"),
        pytest.param("", "@conda(python='3.9', libraries={'python': '3.10'})", ["4:35 MIX006 error"], id="python"),
        pytest.param("", "@pypi(packages={'a-b': '1', 'a_b': '2'}, python='3.9')", ["4:31 MIX006 error"], id="PyPI"),
        pytest.param("", "@conda(libraries={'x::a': '1', 'y::a': '1'})", ["4:34 MIX006 error"], id="two channels"),
        pytest.param("", "@conda(libraries={'a': '>=2,<1'})", ["4:21 MIX006 error"], id="no version at all"),
        pytest.param(
            "@conda_base(libraries={'a': '1'})", "@conda(libraries={'a': '2'})", [], id="the step overrides"
        ),
    ],
)
def test_what_no_version_can_satisfy(base: str, step: str, told: list[str]) -> None:
    assert _told(_problems(_one(base, step))) == told
