"""A constant that anything may change after it was bound is not read: by another name, by a call, by reflection."""

from __future__ import annotations

import pytest

from tests.formats.metaflow.reading import argument, asked, problems

_A = "A = {'a': '1'}\n"
_E = "E = {'x': {'a': '1'}}\n"
_C = "class C:\n  A = {'a': '1'}\n"


@pytest.mark.parametrize(
    ("before", "expression", "claim"),
    [
        pytest.param(f"{_A}B = A\nB['b'] = '2'\n", "A", "is changed", id="by another name"),
        pytest.param(f"{_A}B = A\nC = B\nC.update(b='2')\n", "A", "is changed", id="by another name of another name"),
        pytest.param(f"{_A}B = A\nB |= {{'b': '2'}}\n", "A", "is changed", id="joined in place by another name"),
        pytest.param(f"{_A}(B, C) = (A, 1)\nB['b'] = '2'\n", "A", "is changed", id="unpacked"),
        pytest.param(f"{_A}B = {{'a': A}}\nB['a']['b'] = '2'\n", "A", "is changed", id="within another mapping"),
        pytest.param(f"{_A}for d in [A]:\n  d['b'] = '2'\n", "A", "is changed", id="in a loop"),
        pytest.param(f"{_E}for d in E.values():\n  d.update(b='2')\n", "E['x']", "is changed", id="parts in a loop"),
        pytest.param(f"{_E}G = E['x']\nG['b'] = '2'\n", "E['x']", "is changed", id="a part by another name"),
        pytest.param(f"{_E}G = dict(E)\nG['x']['b'] = '2'\n", "E['x']", "is changed", id="a part by a copy"),
        pytest.param(f"{_E}G = {{**E}}\nG['x']['b'] = '2'\n", "E['x']", "is changed", id="a part by a join"),
        pytest.param(f"{_E}E.get('x')['b'] = '2'\n", "E['x']", "is changed", id="a part that get() gives"),
        pytest.param(f"{_E}E.setdefault('y', {{}})\n", "E['x']", "is changed", id="setdefault"),
        pytest.param(f"{_A}add = A.update\nadd(b='2')\n", "A", "is changed", id="a method by another name"),
        pytest.param(f"{_A}def f():\n  B = A\n  B['b'] = '2'\n", "A", "is changed", id="another name in a function"),
        pytest.param(f"{_A}def f(b=A):\n  b['b'] = '2'\n", "A", "is changed", id="a default of a function"),
        pytest.param(f"{_A}def f(b):\n  b['b'] = '2'\nf(A)\n", "A", "is handed to `f`, which may", id="a function"),
        pytest.param(
            f"{_A}def f(b):\n  c = b\n  c['b'] = 1\nf(A)\n", "A", "is handed to `f`", id="a function's name"
        ),
        pytest.param(f"{_A}def f(b): g(b)\nf(b=A)\n", "A", "is handed to `f`", id="a function that hands over"),
        pytest.param(f"{_A}from lib import add\nadd(A)\n", "A", "is handed to `add`", id="a function from elsewhere"),
        pytest.param(f"{_A}import lib\nlib.add(A)\n", "A", "is handed to `lib.add`", id="a module's function"),
        pytest.param(f"{_A}with lib(A) as x: pass\n", "A", "is handed to `lib`", id="a context"),
        pytest.param(f"{_A}dict.update(A, b='2')\n", "A", "is handed to `dict.update`", id="a method of the type"),
        pytest.param(f"{_A}globals()['A'] = {{}}\n", "A", "may be changed by `globals()` in line 3", id="globals()"),
        pytest.param(f"{_A}vars()['A'] = 1\n", "A", "may be changed by `vars()` in line 3", id="vars()"),
        pytest.param(f"{_C}C.A['b'] = '2'\n", "C.A", "is changed", id="an attribute's item"),
        pytest.param(f"{_C}D = C\nD.A = {{}}\n", "C.A", "is changed", id="an attribute by another name"),
        pytest.param(f"{_C}setattr(C, 'A', {{}})\n", "C.A", "is changed", id="setattr"),
        pytest.param(f"{_C}setattr(C, name, {{}})\n", "C.A", "may be changed by `setattr(", id="setattr of any"),
        pytest.param(f"{_C}C.__dict__['A']['b'] = 1\n", "C.A", "may be changed by `C.__dict__`", id="__dict__"),
        pytest.param(
            f"{_C}  @classmethod\n  def add(cls): cls.A['b'] = '2'\n", "C.A", "is changed", id="a method of the class"
        ),
        pytest.param(
            f"{_C}  def __init__(self): self.A = {{}}\nc = C()\n", "c.A", "is set by a method", id="an instance's own"
        ),
        pytest.param(f"{_C}c = C()\nc.A = {{}}\n", "c.A", "is changed", id="an instance's attribute"),
        pytest.param(f"import enum\nclass C(enum.Enum):\n  {_A}", "C.A", "may compute it", id="an enumeration"),
        pytest.param(
            f"class M(type): ...\nclass C(metaclass=M):\n  {_A}",
            "C.A",
            "may compute it",
            id="a class with a metaclass",
        ),
    ],
)
def test_what_may_change_is_refused(before: str, expression: str, claim: str) -> None:
    (problem,) = problems(argument(expression, before=before))
    assert problem.code == "MIX007"
    assert claim in problem.claim


@pytest.mark.parametrize(
    ("before", "expression"),
    [
        pytest.param(f"{_A}B = dict(A)\nB['b'] = '2'\n", "A", id="a copy changed"),
        pytest.param(f"{_A}B = {{**A}}\nB['b'] = '2'\n", "A", id="a join changed"),
        pytest.param(f"{_A}B = A | {{}}\nB['b'] = '2'\n", "A", id="another join changed"),
        pytest.param(f"{_A}B = A.copy()\nB['b'] = '2'\n", "A", id="a copy by its method changed"),
        pytest.param(f"{_A}print(A)\nlen(A)\nsorted(A)\n", "A", id="only looked at"),
        pytest.param(f"{_A}def f(b): return {{**b}}\nB = f(A)\n", "A", id="a function that only reads"),
        pytest.param(f"{_A}P = Parameter('p', default=A)\nD = conda(libraries=A)\n", "A", id="Metaflow's own"),
        pytest.param(f"{_A}if __name__ == '__main__':\n  globals()['F']()\n", "A", id="once the flow is made"),
        pytest.param(f"{_A}x.A['b'] = '2'\n", "A", id="another's attribute of that name"),
        pytest.param(f"{_A}def f():\n  for A in x: A.update()\n", "A", id="a local name alike"),
    ],
)
def test_what_only_looks_alike_is_read(before: str, expression: str) -> None:
    file = argument(expression, before=before)
    assert problems(file) == []
    assert asked(file.flows[0].steps[0].decorators[0].arguments) == ["conda a ==1"]
