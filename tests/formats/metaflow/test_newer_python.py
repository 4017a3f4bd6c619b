"""Flows in the language of a newer Python are read by one that knows it, and told by all others."""

from __future__ import annotations

import sys

import pytest

from tests.formats.metaflow.reading import PATH, problems, read

_STEP = "  @conda(libraries={'a': '1'})\n  @step\n  def start(self): ...\n"


def _flow(before: str) -> str:
    return f"from metaflow import *\n{before}\nclass F(FlowSpec):\n{_STEP}"


_PEPS = {
    (3, 12): {
        "695: a class": f"from metaflow import *\nclass F[T](FlowSpec):\n{_STEP}",
        "695: a type": _flow("type Libs = dict[str, str]"),
        "695: a function": _flow("def f[T: (int, str)](x: T) -> T: return x"),
        "701: quotes within": _flow("V = f'{f'{1}'}'"),
        "701: a backslash": _flow("V = f\"{'\\n'.join(['a'])}\""),
    },
    (3, 13): {"696: a default": f"from metaflow import *\nclass F[T = int](FlowSpec):\n{_STEP}"},
    (3, 14): {
        "750: a template": _flow("V = t'{1}'"),
        "758: exceptions": _flow("try: pass\nexcept ValueError, TypeError: pass"),
    },
}
_ROWS = [
    pytest.param(since, text, id=f"PEP {name}") for since, texts in _PEPS.items() for name, text in texts.items()
]


@pytest.mark.parametrize(("since", "text"), _ROWS)
def test_a_flow_in_a_newer_language_is_read_or_told(since: tuple[int, int], text: str) -> None:
    file = read(text)
    told = [problem.code.value for problem in problems(file)]
    assert (told, len(file.flows)) == (([], 1) if sys.version_info >= since else (["MIX001"], 0))


@pytest.mark.parametrize(("since", "text"), _ROWS)
@pytest.mark.parametrize("imports", ["import base", "from base import F as Base"])
def test_so_is_one_that_imports_such_a_module(since: tuple[int, int], text: str, imports: str) -> None:
    base = "Base" if "Base" in imports else "FlowSpec"
    flow = f"from metaflow import *\n{imports}\nclass G({base}):\n{_STEP}"
    told = {problem.code.value for problem in problems(read(flow, {PATH: flow, "flows/base.py": text}))}
    assert told == (set() if sys.version_info >= since else {"MIX007"})
