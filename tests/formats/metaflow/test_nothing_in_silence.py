"""What may add packages to a flow and cannot be read is told at its place, and may be allowed there."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.problem import Severity
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.flow_merge import merge_flows
from tests.formats.metaflow.reading import problems, read, told

_HEAD = "from metaflow import *\n"
_STEP = "  @step\n  def start(self): ...\n"
_FLOW = f"class F(FlowSpec):\n{_STEP}"


def _unread(source: str, others: dict[str, str] | None = None) -> list[str]:
    found = problems(read(_HEAD + source, others))
    assert all("allow it there: `# mixlock: allow MIX007 because …`" in problem.hint for problem in found)
    return [f"{place} {problem.claim}" for place, problem in zip(told(found), found, strict=True)]


_MUTATOR = (
    "class M(FlowMutator):\n  def pre_mutate(self, flow):\n"
    "    flow.add_decorator(pypi_base, deco_kwargs={'packages': {'a': '1'}})\n"
)


@pytest.mark.parametrize(
    ("source", "place", "claim"),
    [
        pytest.param(f"{_MUTATOR}@M\n{_FLOW}", "5:2", "`M` is a FlowMutator", id="a mutator of the flow"),
        pytest.param(f"{_MUTATOR}@M()\n{_FLOW}", "5:2", "`M()` is a FlowMutator", id="a mutator that is called"),
        pytest.param(
            f"{_MUTATOR}class N(M): ...\n@N\n{_FLOW}", "6:2", "`N` is a FlowMutator", id="a mutator of a mutator"
        ),
        pytest.param(
            "class M(StepMutator): ...\nclass F(FlowSpec):\n  @M\n" + _STEP,
            "4:4",
            "`M` is a StepMutator",
            id="a mutator of a step",
        ),
        pytest.param(f"@resolved_uv\n{_FLOW}", "2:2", "is a mutator", id="one of the extension's mutators"),
        pytest.param(
            f"from company import env\n@env\n{_FLOW}", "3:2", "`env` comes from `company`", id="from elsewhere"
        ),
        pytest.param(
            f"from company import env\n@env('gpu')\n{_FLOW}",
            "3:2",
            "`env('gpu')` comes from `company`",
            id="from elsewhere, called",
        ),
        pytest.param(
            f"import company.envs as e\n@e.gpu\n{_FLOW}",
            "3:2",
            "`e.gpu` comes from `company.envs`",
            id="from elsewhere, dotted",
        ),
        pytest.param(f"@nothing\n{_FLOW}", "2:2", "`nothing` is a decorator of an extension", id="an unknown name"),
        pytest.param(
            f"if GPU:\n  env = conda_base(python='3.9')\nelse:\n  env = conda_base()\n@env\n{_FLOW}",
            "6:2",
            "`env` is bound 2 times",
            id="bound under a condition",
        ),
        pytest.param(
            f"if GPU:\n  from a import env\nelse:\n  from b import env\n@env\n{_FLOW}",
            "6:2",
            "`env` is bound 2 times",
            id="imported under a condition",
        ),
        pytest.param(
            f"ENVS = [conda_base(python='3.9')]\nENVS.append(conda_base())\n@ENVS[0]\n{_FLOW}",
            "4:2",
            "`ENVS` in line 4, which is changed",
            id="in a list that grows",
        ),
        pytest.param(
            "def env(f):\n  print(f)\n  return conda(python='3.9')(f)\nclass F(FlowSpec):\n  @env\n" + _STEP,
            "6:4",
            "`print(f)` in line 3, which is more than names and a `return`",
            id="a wrapper with logic",
        ),
        pytest.param(
            "def env(f):\n  if GPU: return conda(python='3.9')(f)\n  return f\nclass F(FlowSpec):\n  @env\n" + _STEP,
            "6:4",
            "`GPU` in line 3, which is known only when the flow runs",
            id="a wrapper with a condition",
        ),
        pytest.param(
            "def env(f):\n  def w(self): f(self)\n  return w\nclass F(FlowSpec):\n  @env\n" + _STEP,
            "6:4",
            "`env` replaces what it decorates",
            id="a wrapper that forgets the step",
        ),
        pytest.param(
            "class Env:\n  def __init__(self, f): self.f = f\nclass F(FlowSpec):\n  @Env\n" + _STEP,
            "5:4",
            "replaces what it decorates by an instance of `Env`",
            id="a class that replaces the step",
        ),
        pytest.param(
            f"def env(c):\n  for n in 'ab': conda_base()(c)\n  return c\n@env\n{_FLOW}",
            "5:2",
            "which is more than names",
            id="a loop",
        ),
        pytest.param(
            f"def env(c):\n  x = unknown(c)\n  return c\n@env\n{_FLOW}",
            "5:2",
            "`unknown(c)` in line 3",
            id="a side effect",
        ),
        pytest.param(
            f"{_FLOW}F = conda_base(python='3.9')(F)\n",
            "5:1",
            "`F` is one of 2 that bind `F`",
            id="a call that binds again",
        ),
        pytest.param(f"{_FLOW}conda_base(python='3.9')(F)\n", "5:1", "is given `F`", id="a call beside"),
        pytest.param(f"{_FLOW}setattr(F, 'start', None)\n", "5:1", "is given `F`", id="setattr"),
        pytest.param(f"{_FLOW}F.start = None\n", "5:1", "`F.start` changes `F`", id="an attribute set"),
        pytest.param(f"{_FLOW}del F.start\n", "5:5", "`F.start` changes `F`", id="an attribute deleted"),
        pytest.param(f"{_FLOW}for f in [F]: change(f)\n", "5:1", "goes through `F`", id="a loop over flows"),
        pytest.param(f"{_FLOW}exec('F.start = 1')\n", "5:1", "executes what is only known", id="exec"),
        pytest.param(
            f"class M(type): ...\nclass F(FlowSpec, metaclass=M):\n{_STEP}",
            "3:29",
            "is given to the class",
            id="a metaclass",
        ),
        pytest.param(
            "class B(FlowSpec):\n  def __init_subclass__(cls): ...\nclass F(B):\n" + _STEP,
            "3:3",
            "may change each class that derives",
            id="__init_subclass__",
        ),
        pytest.param(
            "class F(FlowSpec):\n  if GPU:\n    @conda(python='3.9')\n    @step\n    def start(self): ...\n",
            "6:5",
            "is a step that stands under a condition",
            id="a step under a condition",
        ),
        pytest.param(
            "class F(FlowSpec):\n  def _s(self): ...\n  start = conda(python='3.9')(step(_s))\n",
            "4:3",
            "binds the step `start` to a value",
            id="a step that is a value",
        ),
        pytest.param(
            f"class F(FlowSpec):\n{_STEP}  for n in 'ab':\n    locals()[n] = 1\n",
            "6:5",
            "may bind steps",
            id="locals()",
        ),
        pytest.param(
            f"from company import Base\nclass F(Base):\n{_STEP}",
            "3:9",
            "`Base` comes from `company`, which is not in this repository",
            id="a base from elsewhere",
        ),
        pytest.param(
            "from company import Base, task\nclass F(Base):\n  @task\n  def start(self): self.next(self.end)\n",
            "3:9",
            "`Base` comes from `company`",
            id="steps from elsewhere",
        ),
        pytest.param(
            f"from company import Mixin\nclass F(FlowSpec, Mixin):\n{_STEP}",
            "3:19",
            "`Mixin` comes",
            id="a mixin from elsewhere",
        ),
        pytest.param(f"class F(make()):\n{_STEP}", "2:9", "`make()`", id="a computed base"),
        pytest.param(
            (
                f"if GPU:\n  class F(FlowSpec):\n    x = 1\nelse:\n  class F(FlowSpec):\n"
                f"  {_STEP.replace(chr(10) + ' ', chr(10) + '   ')}"
            ),
            "3:3",
            "is one of 2 that bind `F`",
            id="a flow in each of two branches",
        ),
        pytest.param(
            (
                "def make():\n  class F(FlowSpec):\n    @conda(python='3.9')\n    @step\n"
                "    def start(self): ...\n  return F\n"
            ),
            "3:3",
            "is a flow that is made when a function runs",
            id="a flow that a function makes",
        ),
        pytest.param("F = type('F', (FlowSpec,), {})\n", "2:5", "makes a flow", id="type()"),
        pytest.param(
            f"{_FLOW}def mk():\n  return type('G', (F, object), {{}})\n",
            "6:10",
            "makes a flow",
            id="type() in a function",
        ),
    ],
)
def test_what_is_told(source: str, place: str, claim: str) -> None:
    found = _unread(source)
    assert any(text.startswith(f"{place} MIX007 ") and claim in text for text in found), found


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(f"@project(name='a')\n@schedule(daily=True)\n{_FLOW}", id="Metaflow's own"),
        pytest.param(
            "class F(FlowSpec):\n  @retry\n  @resources(cpu=f())\n  @card\n" + _STEP, id="with any argument"
        ),
        pytest.param(
            "from functools import wraps\ndef log(f):\n  @wraps(f)\n  def w(self): f(self)\n  return w\n"
            "class F(FlowSpec):\n  @log\n" + _STEP,
            id="a wrapper of the call",
        ),
        pytest.param(
            "import functools\ndef log(level):\n  def put(f):\n    @functools.wraps(f)\n    def w(self):\n"
            "      print(level)\n      f(self)\n    return w\n  return put\nclass F(FlowSpec):\n  @log(3)\n" + _STEP,
            id="a wrapper with arguments",
        ),
        pytest.param(
            "from functools import wraps\nclass profile:\n  def __init__(self, card=True): self.card = card\n"
            "  def __call__(self, f):\n    @wraps(f)\n    def w(s): f(s)\n    if self.card:\n"
            "      from metaflow import card\n      return card(type='blank')(w)\n    return w\n"
            "class F(FlowSpec):\n  @profile(card=False)\n" + _STEP,
            id="a class that wraps the call",
        ),
        pytest.param(
            "@user_step_decorator\ndef timed(name, flow, inputs):\n  yield\nclass F(FlowSpec):\n  @timed\n" + _STEP,
            id="a decorator of the user's for the call",
        ),
        pytest.param(
            "class Skip(UserStepDecorator):\n  def pre_step(self, n, f): ...\nclass F(FlowSpec):\n  @Skip(a=1)\n"
            + _STEP,
            id="a class of the user's for the call",
        ),
        pytest.param(
            f"class F(FlowSpec):\n  @property\n  def x(self): ...\n  @anything\n  def y(self): ...\n{_STEP}",
            id="methods",
        ),
        pytest.param(f"{_FLOW}if __name__ == '__main__':\n  F()\n  print(F)\n  Runner(F)\n", id="running it"),
        pytest.param(f"class F(FlowSpec):\n{_STEP}class G(F): ...\n", id="deriving from it"),
        pytest.param(f"class M(type): ...\nclass C(metaclass=M): ...\n{_FLOW}", id="a metaclass beside"),
        pytest.param(
            f"import torch.nn as nn\nclass Net(nn.Module):\n  @torch.no_grad()\n  def forward(self): ...\n{_FLOW}",
            id="another class from elsewhere",
        ),
        pytest.param(
            f"from abc import ABC\nfrom typing import Generic, T\nclass F(FlowSpec, ABC, Generic[T]):\n{_STEP}",
            id="bases",
        ),
    ],
)
def test_what_adds_nothing_is_not_told(source: str) -> None:
    assert _unread(source) == []


_ALLOWED = "  # mixlock: allow MIX007 it only logs\n"


@pytest.mark.parametrize(
    ("source", "others", "expected"),
    [
        pytest.param(
            f"from company import log\n@log{_ALLOWED}@conda_base(python='3.9')\n{_FLOW}",
            {},
            [(Severity.NOTE, "it is left out of the lock, as allowed: it only logs")],
            id="at the decorator",
        ),
        pytest.param(
            f"from company import log\n@log{_ALLOWED}{_FLOW}",
            {},
            [(Severity.NOTE, "it is left out of the lock, as allowed: it only logs")],
            id="on a flow that asks for nothing",
        ),
        pytest.param(
            f"from company import log\n@log  # mixlock: allow MIX007\n{_FLOW}",
            {},
            [(Severity.ERROR, "give a reason")],
            id="without a reason",
        ),
        pytest.param(
            f"from base import B\nclass F(B):\n{_STEP}",
            {
                "base.py": (
                    f"{_HEAD}from company import log\n@log{_ALLOWED}@conda_base(python='3.9')\n"
                    f"class B(FlowSpec): ...\n"
                )
            },
            [(Severity.NOTE, "it is left out of the lock, as allowed: it only logs")],
            id="in the module of the base",
        ),
    ],
)
def test_a_person_who_knows_may_allow_it(
    source: str, others: dict[str, str], expected: list[tuple[Severity, str]]
) -> None:
    from mixlock_hooks.rules import policy
    from mixlock_hooks.shell.name_map_file import shipped

    merged = merge_flows(read(_HEAD + source, others), Settings())
    checked = (policy.check(spec, Settings(), shipped).problems for spec in merged.environments)
    found = [*merged.problems, *(problem for several in checked for problem in several)]
    assert len(found) == len(expected)
    for problem, (severity, words) in zip(found, expected, strict=True):
        assert (problem.severity, words in problem.claim + problem.hint) == (severity, True)


@pytest.mark.parametrize(
    ("base", "flow", "environments"),
    [
        pytest.param("class B(FlowSpec): ...", _STEP, ["flows/f/F/start"], id="no steps"),
        pytest.param(
            "class B(FlowSpec):\n  @step\n  def a(self): ...\n  @step\n  def b(self): ...",
            _STEP,
            ["flows/f/F/a"],
            id="no start",
        ),
        pytest.param(
            "class B(FlowSpec):\n  @step\n  def start(self): ...",
            "  x = 1",
            ["flows/f/B/start", "flows/f/F/start"],
            id="a start",
        ),
        pytest.param(
            "class B(FlowSpec):\n  @step(start=True)\n  def a(self): ...\n  @step\n  def b(self): ...",
            "  x = 1",
            ["flows/f/B/a", "flows/f/F/a"],
            id="a start of another name",
        ),
        pytest.param(
            "class B(FlowSpec):\n  @step\n  def a(self): ...",
            "  x = 1",
            ["flows/f/B/a", "flows/f/F/a"],
            id="one step, which starts",
        ),
    ],
)
def test_an_abstract_flow_has_no_environment(base: str, flow: str, environments: list[str]) -> None:
    merged = merge_flows(read(f"{_HEAD}@conda_base(python='3.9')\n{base}\nclass F(B):\n{flow}\n"), Settings())
    assert merged.problems == ()
    assert [spec.name for spec in merged.environments] == environments


def test_problems_of_an_abstract_flow_are_told_by_its_file_and_by_flows_that_derive_from_it() -> None:
    base = f"{_HEAD}@conda_base(libraries=f())\nclass B(FlowSpec): ...\n"
    flow = f"from base import B\nclass F(B):\n{_STEP.replace('@step', '@conda(python=chr(1))' + chr(10) + '  @step')}"
    own = merge_flows(read(base), Settings()).problems
    derived = merge_flows(read(_HEAD + flow, {"flows/base.py": base}), Settings()).problems
    assert [str(problem.place) for problem in own] == ["flows/f.py:2:23"]
    assert "flows/base.py:2:23" in [str(problem.place) for problem in derived]
