"""Constants of other modules of the repository, read and never imported."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.metaflow import flow_file
from mixlock_hooks.formats.metaflow.repository import Repository
from tests.formats.metaflow.reading import PATH, argument, asked, problems, told

LIBS = "LIBS = {'a': '1'}\n"


@pytest.mark.parametrize(
    ("before", "expression", "others"),
    [
        pytest.param("from c import LIBS\n", "LIBS", {"flows/c.py": LIBS}, id="beside the flow"),
        pytest.param("from c import LIBS\n", "LIBS", {"c.py": LIBS}, id="at the root"),
        pytest.param("from c import LIBS\n", "LIBS", {"src/c.py": LIBS}, id="below src"),
        pytest.param("from c import LIBS as L\n", "L", {"c.py": LIBS}, id="as"),
        pytest.param("from .c import LIBS\n", "LIBS", {"flows/c.py": LIBS}, id="relative"),
        pytest.param("from ..c import LIBS\n", "LIBS", {"c.py": LIBS}, id="relative, one up"),
        pytest.param("from . import c\n", "c.LIBS", {"flows/c.py": LIBS}, id="a relative module"),
        pytest.param("from . import LIBS\n", "LIBS", {"flows/__init__.py": LIBS}, id="the own package"),
        pytest.param("from p.c import LIBS\n", "LIBS", {"p/c.py": LIBS}, id="a package's module"),
        pytest.param("from p import LIBS\n", "LIBS", {"p/__init__.py": LIBS}, id="a package"),
        pytest.param(
            "from p import LIBS\n",
            "LIBS",
            {"p/__init__.py": LIBS, "p.py": "LIBS = {'a': '2'}"},
            id="a package goes before a module",
        ),
        pytest.param("from p import c\n", "c.LIBS", {"p/c.py": LIBS}, id="a module from a package"),
        pytest.param(
            "from p import LIBS\n", "LIBS", {"p/__init__.py": "from .c import LIBS", "p/c.py": LIBS}, id="passed on"
        ),
        pytest.param(
            "from p import LIBS\n",
            "LIBS",
            {"p/__init__.py": "from .c import *", "p/c.py": LIBS},
            id="passed on by star",
        ),
        pytest.param("import c\n", "c.LIBS", {"c.py": LIBS}, id="import"),
        pytest.param("import c as d\n", "d.LIBS", {"c.py": LIBS}, id="import as"),
        pytest.param("import p.c\n", "p.c.LIBS", {"p/c.py": LIBS}, id="import x.y"),
        pytest.param("import p.c as d\n", "d.LIBS", {"p/c.py": LIBS}, id="import x.y as"),
        pytest.param("import p.q.c\n", "p.q.c.LIBS", {"p/q/c.py": LIBS}, id="import x.y.z"),
        pytest.param("from c import *\n", "LIBS", {"c.py": LIBS}, id="a star"),
        pytest.param("from c import C\n", "C.LIBS", {"c.py": "class C:\n  LIBS = {'a': '1'}\n"}, id="a class"),
        pytest.param("import c\n", "c.C.LIBS", {"c.py": "class C:\n  LIBS = {'a': '1'}\n"}, id="a module's class"),
        pytest.param(
            "from c import LIBS\n",
            "LIBS",
            {"c.py": "from d import V\nLIBS = {'a': V}", "d.py": "V = '1'"},
            id="of another",
        ),
        pytest.param(
            "from c import LIBS\n",
            "LIBS",
            {"flows/c.py": LIBS, "c.py": "LIBS = {'a': '2'}"},
            id="the nearest wins, as for a script",
        ),
        pytest.param(
            "from a import X\nY = '1'\n",
            "X",
            {"flows/a.py": "from f import Y\nX = {'a': Y}"},
            id="a circle of modules",
        ),
    ],
)
def test_constants(before: str, expression: str, others: dict[str, str]) -> None:
    file = argument(expression, before=before, others={PATH: f"{before}Y = '1'\n", **others})
    assert problems(file) == []
    assert asked(file.flows[0].steps[0].decorators[0].arguments) == ["conda a ==1"]


@pytest.mark.parametrize(
    ("before", "expression", "others", "claim"),
    [
        pytest.param("from x import A\n", "A", {}, "`A` comes from `x`, which is not in this", id="not here"),
        pytest.param("from .x import A\n", "A", {}, "`A` comes from `.x`, which is not", id="not here, relative"),
        pytest.param("import os\n", "os.environ", {}, "`os.environ` comes from `os`", id="the standard library"),
        pytest.param("import x.y\n", "x.y.A", {}, "`x.y.A` comes from `x.y`", id="not here, dotted"),
        pytest.param(
            "from c import A\n", "A", {"c.py": ""}, "leads to `A` of c.py, which is not bound", id="no such name"
        ),
        pytest.param("from c import A\n", "A", {"c.py": "def A(): ..."}, "leads to `A` of c.py", id="a function"),
        pytest.param(
            "from c import A\n", "A", {"c.py": "A = {}\nA = {}"}, "`A` of c.py, which is bound 2", id="rebound"
        ),
        pytest.param(
            "from c import A\n", "A", {"c.py": "A = {}\nA['x'] = 1"}, "which is changed", id="changed there"
        ),
        pytest.param("from c import A\nA.update()\n", "A", {"c.py": "A = {}"}, "`A` is changed", id="changed here"),
        pytest.param(
            "import c\nc.A['x'] = 1\n", "c.A", {"c.py": "A = {}"}, "`c.A` is changed", id="changed by module"
        ),
        pytest.param(
            "from c import A\nfrom d import A\n",
            "A",
            {"c.py": "A = {}", "d.py": "A = {}"},
            "bound 2 times",
            id="twice",
        ),
        pytest.param(
            "from c import A\n",
            "A",
            {"c.py": "\nA = {'x': f( )}"},
            "`A` leads to `f( )` in line 2 of c.py",
            id="computed",
        ),
        pytest.param(
            "from c import A\n",
            "A",
            {"c.py": "A = ("},
            "`A` comes from c.py, which is not valid Python 3.",
            id="no Python",
        ),
        pytest.param(
            "from c import A\n",
            "A",
            {"c.py": "from d import A", "d.py": "from c import A"},
            "depends on itself",
            id="circle",
        ),
        pytest.param("import c\n", "c", {"c.py": "A = {}"}, "`c` comes from `c`, which", id="a module itself"),
    ],
)
def test_constants_that_are_refused_are_told_in_the_flow(
    before: str, expression: str, others: dict[str, str], claim: str
) -> None:
    (problem,) = problems(argument(expression, before=before, others=others))
    assert told([problem]) == [f"{before.count(chr(10)) + 4}:21 MIX007"]
    assert problem.place.path == PATH
    assert claim in problem.claim


def test_a_wrong_value_is_told_where_it_stands() -> None:
    file = argument("LIBS", before="from c import LIBS\n", others={"c.py": "LIBS = {\n  'a': 1.21,\n}"})
    assert [str(problem.place) for problem in problems(file)] == ["c.py:2:8"]


def test_a_requirement_stands_where_its_key_is_written() -> None:
    file = argument("LIBS", before="from c import LIBS\n", others={"c.py": "LIBS = {\n  'a': '1',\n}"})
    (entry,) = file.flows[0].steps[0].decorators[0].arguments.conda
    assert str(entry.place) == "c.py:2:3"


@pytest.mark.parametrize("order", [["flows/a.py", "flows/base.py"], ["flows/base.py", "flows/a.py"]])
def test_a_name_of_a_class_is_the_same_in_whatever_order_files_are_read(order: list[str]) -> None:
    texts = {
        "flows/base.py": "from metaflow import *\nLIBS = {'a': '0'}\nclass Base(FlowSpec):\n  LIBS = {'a': '1'}\n"
        "  @conda(libraries=LIBS)\n  @step\n  def start(self): ...\n",
        "flows/a.py": "from base import Base\ndef make():\n  class Inner(Base): ...\n",
    }
    repository = Repository(read=texts.get, paths=texts)
    found = {path: flow_file.parse(texts[path], path, repository) for path in order}
    (flow,) = found["flows/base.py"].flows
    assert [asked(one.arguments) for one in flow.steps[0].decorators] == [["conda a ==1"]]
