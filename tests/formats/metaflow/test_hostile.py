"""Whatever a file holds, reading it ends soon, and ends in a problem where it ends in no value."""

from __future__ import annotations

import time

import pytest

from tests.formats.metaflow.reading import problems, read

_HEAD = "from metaflow import *\n"
_STEP = "  @step\n  def start(self): ...\n"
_CONFIG = "  c = Config('c', default='c.x'{})\n"


def _doubled(part: str, rounds: int) -> str:
    """Return constants each of which holds the one before twice."""
    return "A0 = {'x': '1'}\n" + "".join(f"A{n + 1} = {part.format(n)}\n" for n in range(rounds))


@pytest.mark.parametrize(
    ("before", "decorator"),
    [
        pytest.param(_doubled("[A{0}, A{0}]", 60), "@conda_base(channels=A60)", id="lists of shared lists"),
        pytest.param(_doubled("[A{0}, A{0}]", 22), "@conda_base(channels=A22)", id="fewer lists of shared lists"),
        pytest.param(_doubled("{{'l': A{0}, 'r': A{0}}}", 22), "@conda_base(libraries=A22)", id="shared mappings"),
        pytest.param(_doubled("(A{0},) * 9", 3), "@conda_base(channels=A3)", id="products"),
        pytest.param(
            "L = 'a b c d e f g h i j k l m n o p q r s t'.split()\n",
            "@conda_base(channels=[a for a in L for b in L for c in L for d in L for e in L])",
            id="comprehensions within each other",
        ),
        pytest.param("def f(n): return f(n)\n", "@conda_base(libraries=f(1))", id="a recursion"),
        pytest.param("def f(): return {**f(), **f()}\n", "@conda_base(libraries=f())", id="a double recursion"),
        pytest.param(
            "def f0(): return {}\n" + "".join(f"def f{n + 1}(): return [f{n}(), f{n}()]\n" for n in range(40)),
            "@conda_base(channels=f40())",
            id="functions that call twice",
        ),
        pytest.param("", "@conda_base(libraries=(lambda x: x(x))(lambda x: x(x)))", id="omega"),
        pytest.param("A = {**A}\n", "@conda_base(libraries=A)", id="a constant of itself"),
        pytest.param("a = b\nb = a\n", "@a", id="decorators in a circle"),
        pytest.param("def a(f): return a(f)\n", "@a", id="a decorator of itself"),
        pytest.param(f"X = '{'a' * 9000}'\n", "@conda_base(libraries={'a': X.replace('a', X)})", id="a huge text"),
        pytest.param(f"X = '{'a' * 9000}'\n", "@conda_base(libraries={'a': X.join(X.split('a'))})", id="a huge join"),
        pytest.param("", "@conda_base(libraries=" + "{'a': " * 85 + "'1'" + "}" * 85 + ")", id="a deep mapping"),
        pytest.param("", "@conda_base(libraries={'a': " + " + ".join(["'1'"] * 400) + "})", id="a long sum"),
    ],
)
def test_code(before: str, decorator: str) -> None:
    begin = time.process_time()
    found = problems(read(f"{_HEAD}{before}{decorator}\nclass F(FlowSpec):\n{_STEP}"))
    assert {problem.code for problem in found} <= {"MIX003", "MIX007"}
    assert found
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("arguments", "content"),
    [
        pytest.param("", "[" * 100_000, id="deep JSON"),
        pytest.param("", '{"a": 1e999999999, "b": NaN', id="JSON that is cut off"),
        pytest.param(", parser=yaml_parser", "a: &a [*a]\n", id="YAML that holds itself"),
        pytest.param(
            ", parser=yaml_parser",
            "a0: &a0 [x, x]\n" + "".join(f"a{n + 1}: &a{n + 1} [{f'*a{n}, ' * 9}]\n" for n in range(9)),
            id="YAML of shared lists",
        ),
        pytest.param(", parser=yaml_parser", "a: 2024-01-01\n", id="a date in YAML"),
        pytest.param(", parser=yaml_parser", "!!python/object:os.system {}\n", id="an object in YAML"),
        pytest.param(", parser=pyproject_toml_parser", "[project]\ndependencies = 3\n", id="TOML of a wrong type"),
        pytest.param(", parser=lambda text: {}", "{}", id="a parser of the flow's own"),
        pytest.param(", parser='os.system'", "{}", id="a parser that is another function"),
    ],
)
def test_configurations(arguments: str, content: str) -> None:
    begin = time.process_time()
    source = f"{_HEAD}@conda_base(**config_expr('c'))\nclass F(FlowSpec):\n{_CONFIG.format(arguments)}{_STEP}"
    (problem,) = problems(read(source, {"c.x": content}))
    assert (problem.code, problem.place.line) == ("MIX007", 2)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        pytest.param("../../etc/passwd", "names `../../etc/passwd`, which is not in this repository", id="above"),
        pytest.param("/etc/passwd", "names `/etc/passwd`, which is not in this repository", id="absolute"),
        pytest.param("nothing.json", "names `nothing.json`, which is not in this repository", id="absent"),
        pytest.param("two.json", "may mean flows/two.json or two.json, by where the flow is started", id="two files"),
    ],
)
def test_files_of_configurations(name: str, claim: str) -> None:
    body = f"  c = Config('c', default={name!r})\n"
    source = f"{_HEAD}@conda_base(**config_expr('c'))\nclass F(FlowSpec):\n{body}{_STEP}"
    files = {"two.json": "{}", "flows/two.json": '{"a": 1}', "/etc/passwd": "{}", "../etc/passwd": "{}"}
    (problem,) = problems(read(source, files))
    assert claim in problem.claim


def test_a_configuration_that_git_does_not_track_is_not_read() -> None:
    from mixlock_hooks.formats.metaflow import flow_file
    from mixlock_hooks.formats.metaflow.repository import Repository

    source = f"{_HEAD}@conda_base(**config_expr('c'))\nclass F(FlowSpec):\n{_CONFIG.format('')}{_STEP}"
    repository = Repository(read={"c.x": "{}"}.get, tracked=lambda _path: False)
    (problem,) = problems(flow_file.parse(source, "flows/f.py", repository))
    assert "names c.x, which git does not track" in problem.claim


def test_what_is_read_is_the_same_whatever_was_read_before() -> None:
    """A constant that is evaluated once for two flows counts for both, so that no order decides what is too long."""
    from mixlock_hooks.formats.metaflow import flow_file
    from mixlock_hooks.formats.metaflow.repository import Repository

    big = "L = 'a b c d e f g h i j k l m n o p'.split()\nB = [a for a in L for b in L for c in L for d in L]\n"
    files = {
        f"{name}.py": f"{_HEAD}from big import L, B\n@conda_base(channels={channels})\nclass F(FlowSpec):\n{_STEP}"
        for name, channels in {"x": "B[:1]", "y": "[B[0], B[1]]"}.items()
    }
    texts = {**files, "big.py": big}

    def told(*order: str) -> dict[str, list[str]]:
        repository = Repository(read=texts.get)
        found = {path: flow_file.parse(texts[path], path, repository) for path in order}
        return {path: [problem.claim for problem in problems(file)] for path, file in found.items()}

    assert told("x.py", "y.py") == told("y.py", "x.py")


@pytest.mark.parametrize(
    ("files", "read_files"),
    [
        pytest.param({}, set(), id="nothing else"),
        pytest.param({"c.py": "LIBS = {}\n"}, {"c.py"}, id="a constant's module"),
        pytest.param({"c.py": "from d import LIBS\n", "d.py": "LIBS = {}\n"}, {"c.py", "d.py"}, id="through another"),
    ],
)
def test_every_file_that_a_flow_depends_on_is_recorded(files: dict[str, str], read_files: set[str]) -> None:
    source = f"{_HEAD}from c import LIBS\n@conda_base(libraries=LIBS)\nclass F(FlowSpec):\n{_STEP}"
    from mixlock_hooks.formats.metaflow import flow_file
    from mixlock_hooks.formats.metaflow.repository import Repository

    repository = Repository(read=files.get)
    for path in ("flows/f.py", "flows/g.py"):  # the second finds all evaluated
        read = flow_file.parse(source, path, repository).read
        assert read & {*files, path} == {path, *read_files}
        assert "flows/c.py" in read  # looked for: a new file there would be read instead
