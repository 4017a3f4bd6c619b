"""Flows, steps and decorators are metaflow's by where their names come from, however they are spelled."""

from __future__ import annotations

import pytest

from tests.formats.metaflow.reading import PATH, problems, read, steps, told

_NUMPY = {"start": ["conda numpy ==1"]}


def _flow(head: str, *, base: str, step: str, conda: str) -> str:
    return f"{head}\nclass F({base}):\n  @{conda}(libraries={{'numpy': '1'}})\n  @{step}\n  def start(self): ...\n"


@pytest.mark.parametrize(
    ("head", "base", "step", "conda"),
    [
        pytest.param("from metaflow import FlowSpec, step, conda", "FlowSpec", "step", "conda", id="from import"),
        pytest.param("from metaflow import FlowSpec as B, step as s, conda as c", "B", "s", "c", id="as"),
        pytest.param("import metaflow", "metaflow.FlowSpec", "metaflow.step", "metaflow.conda", id="import"),
        pytest.param("import metaflow as mf", "mf.FlowSpec", "mf.step", "mf.conda", id="import as"),
        pytest.param("from metaflow import *", "FlowSpec", "step", "conda", id="star"),
        pytest.param("from metaflow import *\nfrom os import *", "FlowSpec", "step", "conda", id="two stars"),
        pytest.param("from metaflow import (FlowSpec,\n step, conda)", "FlowSpec", "step", "conda", id="in brackets"),
        pytest.param(
            "from metaflow.decorators import step\nfrom metaflow.flowspec import FlowSpec\n"
            "from metaflow.plugins.x import conda",
            *("FlowSpec", "step", "conda"),
            id="from metaflow's modules",
        ),
        pytest.param(
            "try:\n  from metaflow import FlowSpec, step, conda\nexcept ImportError:\n  raise",
            *("FlowSpec", "step", "conda"),
            id="in a branch",
        ),
        pytest.param(
            "from metaflow import FlowSpec, step, conda as c\nconda = c",
            "FlowSpec",
            "step",
            "conda",
            id="another name",
        ),
        pytest.param("import metaflow.plugins", "metaflow.FlowSpec", "metaflow.step", "metaflow.conda", id="dotted"),
    ],
)
def test_every_spelling(head: str, base: str, step: str, conda: str) -> None:
    (flow,) = read(_flow(head, base=base, step=step, conda=conda)).flows
    assert (flow.name, steps(flow)) == ("F", _NUMPY)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("from metaflow_x import FlowSpec, step, conda", id="a module named alike"),
        pytest.param("from x.metaflow import FlowSpec, step, conda", id="metaflow elsewhere"),
        pytest.param("from .metaflow import FlowSpec, step, conda", id="a module beside"),
        pytest.param("from x import *", id="another star"),
        pytest.param("", id="nowhere"),
    ],
)
def test_what_is_not_metaflows_is_not_read_as_such_but_told(head: str) -> None:
    file = read(_flow(head, base="FlowSpec", step="step", conda="conda"))
    assert file.flows == ()
    line = head.count("\n") + 2
    assert told(problems(file)) == [f"{line}:9 MIX007", f"{line + 1}:4 MIX007", f"{line + 2}:4 MIX007"]


@pytest.mark.parametrize(
    ("head", "claims"),
    [
        pytest.param(
            "from metaflow import FlowSpec, step\nfrom tools import pip",
            ["`pip(path='x', libraries={'a': 1})` comes from `tools`, which is not in this repository"],
            id="from another module",
        ),
        pytest.param(
            "from metaflow import FlowSpec, step\ndef pip(**k): return lambda f: f",
            [],
            id="a function that adds nothing",
        ),
        pytest.param(
            "from metaflow import *\ndef pip(**k): return lambda f: f", [], id="such a function beside the star"
        ),
        pytest.param(
            "from metaflow import *\nfrom tools import pip",
            ["comes from `tools`"],
            id="another module beside the star",
        ),
        pytest.param(
            "from metaflow import FlowSpec, step, pip\ndef pip(**k): return lambda f: f",
            ["which is bound 2 times"],
            id="a later function",
        ),
    ],
)
def test_a_pip_decorator_that_is_not_metaflows_asks_for_nothing(head: str, claims: list[str]) -> None:
    source = _flow(f"{head}\nfrom metaflow import conda", base="FlowSpec", step="step", conda="conda")
    source = source.replace("  @step", "  @pip(path='x', libraries={'a': 1})\n  @step")
    (flow,) = read(source).flows
    assert steps(flow) == _NUMPY
    assert len(flow.problems) == len(claims)
    for problem, claim in zip(flow.problems, claims, strict=True):
        assert problem.code == "MIX007"
        assert claim in problem.claim


def test_an_import_inside_of_a_function_binds_nothing_outside() -> None:
    head = "from metaflow import FlowSpec, step, conda\ndef f():\n  from x import conda, FlowSpec"
    (flow,) = read(_flow(head, base="FlowSpec", step="step", conda="conda")).flows
    assert steps(flow) == _NUMPY


@pytest.mark.parametrize(
    ("head", "others"),
    [
        pytest.param(
            "from lib import FlowSpec, step, conda", {"flows/lib.py": "from metaflow import *"}, id="by name"
        ),
        pytest.param("from lib import *", {"lib.py": "from metaflow import FlowSpec, step, conda"}, id="by star"),
    ],
)
def test_a_module_of_the_repository_may_pass_metaflows_names_on(head: str, others: dict[str, str]) -> None:
    (flow,) = read(_flow(head, base="FlowSpec", step="step", conda="conda"), others).flows
    assert steps(flow) == _NUMPY


@pytest.mark.parametrize(
    "decorator",
    [
        pytest.param("GPU = conda(libraries={'numpy': '1'})", id="a call"),
        pytest.param("other = conda\nGPU = other(libraries={'numpy': '1'})", id="a call of another name"),
    ],
)
def test_a_decorator_may_be_bound_to_a_name(decorator: str) -> None:
    source = f"from metaflow import *\n{decorator}\nclass F(FlowSpec):\n  @GPU\n  @step\n  def start(self): ...\n"
    (flow,) = read(source).flows
    assert steps(flow) == _NUMPY
    assert flow.steps[0].decorators[0].place.line == source[: source.index("@GPU")].count("\n") + 1


@pytest.mark.parametrize(
    ("source", "others", "expected"),
    [
        pytest.param(
            "class B(FlowSpec):\n  @step\n  def a(self): ...\n"
            "class F(B):\n  @conda(libraries={'x': ''})\n  @step\n  def b(self): ...\n",
            {},
            {"a": [], "b": ["conda x *"]},
            id="a base in this file, its steps first",
        ),
        pytest.param(
            "from base import B\nclass F(B):\n  @conda(libraries={'x': ''})\n  @step\n  def b(self): ...\n",
            {"flows/base.py": "from metaflow import *\nclass B(FlowSpec):\n  @step\n  def a(self): ...\n"},
            {"a": [], "b": ["conda x *"]},
            id="a base beside",
        ),
        pytest.param(
            "import pkg.base as pb\nclass F(pb.B):\n  @conda(libraries={'x': ''})\n  @step\n  def b(self): ...\n",
            {"pkg/base.py": "from metaflow import *\nclass B(FlowSpec):\n  @step\n  def a(self): ...\n"},
            {"a": [], "b": ["conda x *"]},
            id="a base by its module",
        ),
        pytest.param(
            "from pkg import B\nclass F(B):\n  @conda(libraries={'x': ''})\n  @step\n  def b(self): ...\n",
            {
                "pkg/__init__.py": "from .base import B",
                "pkg/base.py": "from metaflow import *\nclass B(FlowSpec):\n  @step\n  def a(self): ...\n",
            },
            {"a": [], "b": ["conda x *"]},
            id="a base that a package passes on",
        ),
        pytest.param(
            "from base import F\nclass F(F):\n  @conda(libraries={'x': ''})\n  @step\n  def b(self): ...\n",
            {"flows/base.py": "from metaflow import *\nclass F(FlowSpec):\n  @step\n  def a(self): ...\n"},
            {"a": [], "b": ["conda x *"]},
            id="a base of the same name",
        ),
        pytest.param(
            "class M:\n  @conda(libraries={'x': ''})\n  @step\n  def a(self): ...\n"
            "class F(M, FlowSpec):\n  @step\n  def b(self): ...\n",
            {},
            {"a": ["conda x *"], "b": []},
            id="a mixin",
        ),
        pytest.param(
            "class B(FlowSpec):\n  @conda(libraries={'x': ''})\n  @step\n  def a(self): ...\n"
            "class F(B):\n  @conda(libraries={'y': ''})\n  @step\n  def a(self): ...\n",
            {},
            {"a": ["conda y *"]},
            id="a step that is written again",
        ),
        pytest.param(
            "class B(FlowSpec):\n  @step\n  def a(self): ...\n"
            "class F(B):\n  def a(self): ...\n  @conda(libraries={'y': ''})\n  @step\n  def b(self): ...\n",
            {},
            {"b": ["conda y *"]},
            id="a step that is one no more",
        ),
        pytest.param(
            "from elsewhere import B\nclass F(B):\n  @conda(libraries={'x': ''})\n  @step\n  def a(self): ...\n",
            {},
            {"a": ["conda x *"]},
            id="a base from elsewhere: only a flow has steps",
        ),
        pytest.param(
            "if True:\n  class F(FlowSpec):\n    @conda(libraries={'x': ''})\n    @step\n    def a(self): ...\n",
            {},
            {"a": ["conda x *"]},
            id="in a branch",
        ),
    ],
)
def test_bases(source: str, others: dict[str, str], expected: dict[str, list[str]]) -> None:
    flows = read(f"from metaflow import *\n{source}", others).flows
    assert steps(next(flow for flow in flows if flow.name == "F")) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("class A(B): ...\nclass B(A): ...\n", id="bases in a circle"),
        pytest.param("class A(A): ...\n", id="its own base"),
        pytest.param("from f import A\nclass A(A): ...\n", id="a base from the file itself"),
        pytest.param("from abc import ABC\nclass A(ABC):\n  @step\n  def a(self): ...\n", id="an abstract mixin"),
        pytest.param("class A(make()): ...\n", id="a computed base"),
    ],
)
def test_no_flows(source: str) -> None:
    file = read(f"from metaflow import *\n{source}", {PATH: source})
    assert (file.flows, file.problems) == ((), ())


def test_a_class_replaces_what_its_base_says_with_the_same_decorator_as_metaflow_does() -> None:
    source = (
        "from metaflow import *\n"
        "@conda_base(python='3.9')\n@pypi_base(packages={'a': ''})\nclass B(FlowSpec):\n  @step\n  def s(self): ...\n"
        "@conda_base(python='3.10')\nclass F(B): ...\n"
    )
    flow = read(source).flows[1]
    assert [decorator.place.line for decorator in flow.decorators] == [3, 7]


def test_two_flows_of_one_name_are_the_last_as_in_python() -> None:
    one = "class F(FlowSpec):\n  @conda(libraries={'%s': ''})\n  @step\n  def start(self): ...\n"
    (flow,) = read("from metaflow import *\n" + one % "a" + one % "b").flows
    assert steps(flow) == {"start": ["conda b *"]}


def test_a_flow_without_environment_decorators_is_left_out() -> None:
    file = read("from metaflow import *\nclass F(FlowSpec):\n  @step\n  def start(self): ...\n")
    assert (file.flows, file.problems) == ((), ())


def test_problems_of_a_flow_that_asks_for_nothing_are_told_beside_one_that_does() -> None:
    source = (
        "from metaflow import *\n"
        "class A(FlowSpec):\n  @conda(libraries={'a': ''})\n  def no_step(self): ...\n"
        "class B(FlowSpec):\n  @conda(libraries={'a': ''})\n  @step\n  def start(self): ...\n"
    )
    assert told(problems(read(source))) == ["3:4 MIX002"]


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("from company import App\nclass F(App):\n  x = 1\nF().run()\n", id="from elsewhere"),
        pytest.param("import company\nclass F(getattr(company, 'App')):\n  x = 1\n", id="by getattr"),
        pytest.param("if x:\n  from a import A\nelse:\n  from b import A\nclass F(A): ...\n", id="one of two"),
        pytest.param("from c import A\nclass F(A): ...\n", id="of a module with flows"),
    ],
)
def test_a_class_without_steps_whose_base_may_be_no_flow_is_none(source: str) -> None:
    others = {"c.py": "from metaflow import *\nfrom there import A\nclass G(FlowSpec): ...\n"}
    found = read(f"import metaflow\n{source}", others)
    assert (found.flows, problems(found)) == ((), [])


@pytest.mark.parametrize(
    ("source", "place"),
    [
        pytest.param(
            "from metaflow import Parameter\nclass F(App):\n  x = Parameter('x')\n", "3:9", id="a parameter"
        ),
        pytest.param("import metaflow\nclass F(App): ...\nif __name__ == '__main__':\n  F()\n", "3:9", id="started"),
    ],
)
def test_a_class_without_steps_that_is_used_as_a_flow_is_told_at_its_base(source: str, place: str) -> None:
    assert told(problems(read(f"from company import App\n{source}"))) == [f"{place} MIX007"]
