"""Files and places that nobody meant: read without a traceback, and told where they stand."""

from __future__ import annotations

import sys
import time

import pytest

from tests.formats.metaflow.reading import flow_of, problems, read, steps, told

_STEP = "  @conda(libraries={'a': '1'})\n  @step\n  def start(self): ...\n"
_OK = f"from metaflow import *\nclass F(FlowSpec):\n{_STEP}"


@pytest.mark.parametrize(
    ("source", "place", "claim"),
    [
        pytest.param(
            _OK + "  @conda(libraries={})\n  def helper(self): ...\n", "6:4", "`helper` is not a step", id="a method"
        ),
        pytest.param(_OK + "  @conda\n  class Inner: ...\n", "6:4", "neither a step of a flow", id="a nested class"),
        pytest.param(_OK + "@conda(libraries={})\ndef f(): ...\n", "6:2", "neither a step of", id="a function"),
        pytest.param(_OK + "@conda_base(libraries={})\nclass C: ...\n", "6:2", "known to be a flow", id="a class"),
        pytest.param(
            _OK.replace("class", "@conda(libraries={})\nclass"),
            "2:2",
            "it is called `@conda_base`",
            id="@conda on a flow",
        ),
        pytest.param(
            _OK.replace("  @conda", "  @pypi_base(packages={})\n  @conda"),
            "3:4",
            "on a step it is called `@pypi`",
            id="@pypi_base on a step",
        ),
    ],
)
def test_decorators_that_ask_for_nothing(source: str, place: str, claim: str) -> None:
    (problem,) = problems(read(source))
    assert told([problem]) == [f"{place} MIX002"]
    assert claim in problem.claim


@pytest.mark.parametrize(
    ("source", "line"),
    [
        pytest.param("from metaflow import *\nclass F(FlowSpec:\n  pass\n", 2, id="a bracket"),
        pytest.param("from metaflow import conda\n  x = 1\n", 2, id="an indentation"),
        pytest.param("print 'metaflow conda'\n", 1, id="Python 2"),
        pytest.param("try: pass\nexcept = 1\n", 2, id="nothing any Python knows"),
        pytest.param("metaflow\0conda", 1, id="a null byte"),
        pytest.param("@conda # metaflow\n" + "(" * 5000, 2, id="brackets beyond measure"),
    ],
)
def test_what_is_not_python(source: str, line: int) -> None:
    (problem,) = read(source).problems
    python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
    assert (problem.code, problem.claim.partition(":")[0]) == ("MIX001", f"not valid {python}")
    assert problem.place.line == line


def test_the_column_of_a_syntax_error_counts_characters() -> None:
    assert told(read("x = 'é' )\n").problems) == ["1:9 MIX001"]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="this interpreter knows template strings")
def test_syntax_of_a_newer_python_is_told_with_the_way_out() -> None:
    (problem,) = read("from metaflow import conda\nx = t'{1}'\n").problems
    assert told([problem]) == ["2:6 MIX001"]
    assert "on a newer Python" in problem.hint


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("match 1:\n  case int(x) if x: pass\n  case {'k': [a, *b], **c}: pass\n", id="match"),
        pytest.param("async def f():\n  async with x as y: await y\n", id="async"),
        pytest.param("x = lambda *a, b=1, **c: (yield)\n", id="a lambda"),
        pytest.param("def f(a, /, b, *, c): nonsense = '\\d'\n", id="an invalid escape is the flow's affair"),
        pytest.param("x = 1 if 1 is 1 else 2\n", id="a questionable comparison too"),
        pytest.param("\x0c\n", id="a form feed"),
    ],
)
def test_what_stands_beside_does_not_matter(body: str) -> None:
    (flow,) = read(_OK.replace("class F", f"{body}class F")).flows
    assert steps(flow) == {"start": ["conda a ==1"]}


def test_a_form_feed_ends_no_line() -> None:
    found = read(_OK.replace("class F", "# é\x0c\nclass F").replace("'1'", "1")).flows[0].problems
    assert told(found) == ["4:26 MIX003"]


def test_columns_count_characters() -> None:
    source = flow_of("@conda(libraries={'é': '1', 'ü': 2})")
    assert told(problems(read(source))) == ["3:21 MIX004", "3:36 MIX003"]


def test_an_asynchronous_step_is_a_step() -> None:
    (flow,) = read(_OK.replace("def start", "async def start")).flows
    assert steps(flow) == {"start": ["conda a ==1"]}


def test_names_may_be_any_that_python_takes() -> None:
    (flow,) = read(_OK.replace("start", "locks").replace("class F", "class Flüsse")).flows
    assert (flow.name, list(steps(flow))) == ("Flüsse", ["locks"])


def test_a_flow_of_5000_lines_reads_without_trouble() -> None:
    step = "  @conda(libraries={'a': '1'})\n  @step\n  def s%d(self):\n    x = 1\n    self.next(self.end)\n"
    source = "from metaflow import *\nclass F(FlowSpec):\n" + "".join(step % n for n in range(1000))
    begin = time.perf_counter()
    (flow,) = read(source).flows
    assert (len(flow.steps), flow.steps[-1].place.line) == (1000, 5000)
    assert time.perf_counter() - begin < 5
