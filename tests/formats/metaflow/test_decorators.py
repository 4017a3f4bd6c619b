"""Every decorator and argument: what it asks for, and what is wrong with it."""

from __future__ import annotations

import pytest

from tests.formats.metaflow.reading import asked, asked_by_step, flow_of, problems, read, told


@pytest.mark.parametrize(
    ("decorator", "expected"),
    [
        pytest.param("@conda(libraries={'numpy': '1.21.5'})", ["conda numpy ==1.21.5"], id="conda libraries"),
        pytest.param("@conda(packages={'numpy': '1.21.5'})", ["conda numpy ==1.21.5"], id="conda packages"),
        pytest.param(
            "@conda(libraries={'a': '1', 'b': '1'}, packages={'a': '2'})",
            ["conda b ==1", "conda a ==2"],
            id="packages win over libraries",
        ),
        pytest.param("@conda(channels=['b', 'a'])", ["channel b", "channel a"], id="conda channels, in order"),
        pytest.param("@conda(python='3.9')", ["conda python 3.9.*"], id="python of two parts"),
        pytest.param("@conda(python='3.9.7')", ["conda python ==3.9.7"], id="python of three parts"),
        pytest.param("@conda(python='>=3.8,<3.9')", ["conda python <3.9,>=3.8"], id="python's range"),
        pytest.param("@conda(python='')", [], id="any python"),
        pytest.param("@conda(libraries={'python': '3.9'})", ["conda python 3.9.*"], id="python as a library"),
        pytest.param("@conda(disabled=True)", ["disabled True"], id="conda disabled"),
        pytest.param("@conda(disabled=None, libraries=None, python=None, channels=None)", [], id="None is unset"),
        pytest.param("@conda(pip_packages={'a': '1'})", ["pypi a==1"], id="conda pip_packages"),
        pytest.param("@conda(pip_sources=['https://a.example'])", ["index https://a.example"], id="pip_sources"),
        pytest.param(
            "@conda(name='a/b', pathspec='F/1/s', fetch_at_exec=True)",
            ["name a/b", "pathspec F/1/s", "fetch_at_exec True"],
            id="conda name, pathspec, fetch_at_exec",
        ),
        pytest.param("@pypi(packages={'a': '1'})", ["pypi a==1"], id="pypi packages"),
        pytest.param("@pip(packages={'a': '1'})", ["pypi a==1"], id="pip packages"),
        pytest.param("@pypi(extra_indices=['https://b.example'])", ["index https://b.example"], id="extra_indices"),
        pytest.param("@pypi(sources=['https://b.example'])", ["index https://b.example"], id="pypi sources"),
        pytest.param("@pypi(conda_only={'ffmpeg': '4.2'})", ["conda ffmpeg ==4.2"], id="conda_only"),
        pytest.param("@pypi(extras=[])", [], id="no extras"),
        pytest.param("@pypi(python='3.10')", ["conda python 3.10.*"], id="pypi python"),
        pytest.param("@pypi(disabled=False)", ["disabled False"], id="pypi disabled"),
        pytest.param("@sys_packages(packages={'__cuda': '11.2'})", ["virtual __cuda 11.2"], id="sys_packages"),
        pytest.param("@named_env(name='a:v1')", ["name a:v1"], id="named_env name"),
        pytest.param("@named_env(pathspec='F/1/s')", ["pathspec F/1/s"], id="named_env pathspec"),
        pytest.param(
            "@named_env(name='a', fetch_at_exec=True, disabled=False)",
            ["name a", "fetch_at_exec True", "disabled False"],
            id="named_env fetch_at_exec and disabled",
        ),
        pytest.param("@conda", [], id="bare"),
        pytest.param("@conda()", [], id="called with nothing"),
    ],
)
def test_arguments(decorator: str, expected: list[str]) -> None:
    file = read(flow_of(decorator))
    assert problems(file) == []
    assert asked_by_step(flow_of(decorator)) == expected


@pytest.mark.parametrize("name", ["conda", "pypi", "pip", "sys_packages", "named_env"])
def test_each_exists_for_a_flow(name: str) -> None:
    argument = "name='a'" if name == "named_env" else "packages={'__cuda': '12'}"
    source = (
        f"from metaflow import *\n@{name}_base({argument})\nclass F(FlowSpec):\n  @step\n  def start(self): ...\n"
    )
    (flow,) = read(source.replace("__cuda", "__cuda" if name == "sys_packages" else "cuda")).flows
    assert [decorator.name for decorator in flow.decorators] == [f"{name}_base"]
    assert asked(flow.decorators[0].arguments)


@pytest.mark.parametrize(
    ("version", "constraint"),
    [
        pytest.param("", "*", id="empty: any"),
        pytest.param("*", "*", id="a star: any"),
        pytest.param("1.2.3", "==1.2.3", id="bare: exact"),
        pytest.param(" 1.2 ", "==1.2", id="spaces around"),
        pytest.param("1.2.*", "1.2.*", id="a prefix"),
        pytest.param("=1.2", "1.2.*", id="conda's equals"),
        pytest.param("==1.2", "==1.2", id="equals"),
        pytest.param(">=1,<2", "<2,>=1", id="a range"),
        pytest.param("1.2,<2", "<2,==1.2", id="a bare clause before another"),
        pytest.param("1.2|1.3", "==1.2|==1.3", id="alternatives"),
        pytest.param("1.2=py39_0", "==1.2 py39_0", id="with a build"),
        pytest.param("1.2 *cuda*", "==1.2 *cuda*", id="with a build's glob"),
        pytest.param("2021e", "==2021e", id="letters"),
        pytest.param("1!2.0", "==1!2.0", id="an epoch"),
    ],
)
def test_conda_versions(version: str, constraint: str) -> None:
    assert asked_by_step(flow_of(f"@conda(libraries={{'n': {version!r}}})")) == [f"conda n {constraint}"]


@pytest.mark.parametrize(
    ("key", "version", "expected"),
    [
        pytest.param("a", "", "pypi a", id="empty: any"),
        pytest.param("a", "*", "pypi a", id="a star: any"),
        pytest.param("a", "1.2.3", "pypi a==1.2.3", id="bare: exact"),
        pytest.param("a", "1.12.0+cu116", "pypi a==1.12.0+cu116", id="a local version"),
        pytest.param("a", ">=1,<2", "pypi a<2,>=1", id="a range"),
        pytest.param("a", "1.2,!=1.2.1", "pypi a!=1.2.1,==1.2", id="a bare clause before another"),
        pytest.param("a", "~=1.2", "pypi a~=1.2", id="compatible"),
        pytest.param("apache-airflow[aiobotocore]", "2", "pypi apache-airflow[aiobotocore]==2", id="extras"),
        pytest.param("A_b.C", "1", "pypi a-b-c==1", id="the name is normalized"),
        pytest.param("a", "1;python_version<'3.9'", 'pypi a==1;python_version < "3.9"', id="a marker"),
        pytest.param("a", ";sys_platform=='linux'", 'pypi a;sys_platform == "linux"', id="a marker alone"),
        pytest.param("a @ git+https://g.example/a", "", "version control a @ git+https://g.example/a", id="git"),
        pytest.param(
            "a", "@git+https://g.example/a", "version control a @ git+https://g.example/a", id="git as value"
        ),
        pytest.param("a", "git+https://g.example/a", "version control a @ git+https://g.example/a", id="git bare"),
        pytest.param("a", "https://h.example/a.whl", "direct URL a @ https://h.example/a.whl", id="a URL"),
        pytest.param("a @ file:///a.whl", "", "local path a @ file:///a.whl", id="a file"),
    ],
)
def test_pypi_versions(key: str, version: str, expected: str) -> None:
    assert asked_by_step(flow_of(f"@pypi(packages={{{key!r}: {version!r}}})")) == [expected]


def test_a_conda_key_may_carry_a_channel() -> None:
    decorator = "@conda(libraries={'pytorch::pytorch': '1.12.0'})"
    assert asked_by_step(flow_of(decorator)) == ["conda pytorch::pytorch ==1.12.0"]


def test_every_requirement_stands_at_its_key() -> None:
    source = flow_of("@conda(libraries={\n  'a': '1',\n  'é': '1', 'b':\n '2'}, python='3.9')")
    (flow,) = read(source).flows
    places = [str(entry.place) for entry in flow.steps[0].decorators[0].arguments.conda]
    assert places == ["flows/f.py:4:5", "flows/f.py:5:15", "flows/f.py:6:17"]


@pytest.mark.parametrize(
    ("decorator", "told_at", "claim", "hint"),
    [
        pytest.param(
            "@conda(libraries={'numpy': 1.21})",
            *("3:30 MIX003", "the version of `numpy` must be text, this is the number 1.21"),
            'quote it as it was meant; unquoted it would have become "1.21"',
            id="a number as version",
        ),
        pytest.param(
            "@conda(libraries={'a': 1.10})",
            *("3:26 MIX003", "this is the number 1.1"),
            'unquoted it would have become "1.1"',
            id="a number loses its zero",
        ),
        pytest.param(
            "@conda(python=3.10)",
            *("3:17 MIX003", "`python` must be text, this is the number 3.1"),
            'would have become "3.1"',
            id="python as a number",
        ),
        pytest.param("@pypi(packages={1: '2'})", "3:19 MIX003", "name must be text", '"1"', id="a number as name"),
        pytest.param(
            "@conda(libraries={'a': None})", "3:26 MIX003", "this is nothing", '`""` for any', id="None as version"
        ),
        pytest.param("@conda(libraries={'a': ['1']})", "3:26 MIX003", "this is a list", "", id="a list as version"),
        pytest.param("@conda(libraries={'a': b'1'})", "3:26 MIX003", "this is b'1'", "", id="bytes as version"),
        pytest.param(
            "@conda(libraries=['a'])", "3:20 MIX003", "must map names", '{"numpy"', id="a list of libraries"
        ),
        pytest.param("@conda(libraries='a')", "3:20 MIX003", "this is 'a'", '{"numpy"', id="a text of libraries"),
        pytest.param(
            "@conda(channels='a')", "3:19 MIX003", "`channels` must be a list", "[", id="a text of channels"
        ),
        pytest.param("@conda(channels=['a', 2])", "3:25 MIX003", "the number 2", "quote", id="a number of channels"),
        pytest.param(
            "@conda(disabled='yes')", "3:19 MIX003", "must be true or false", "`True`", id="disabled as text"
        ),
        pytest.param("@conda(disabled=1)", "3:19 MIX003", "must be true or false", "`False`", id="disabled as 1"),
        pytest.param("@pypi(packages={'a'})", "3:18 MIX003", "this is a set", '{"numpy"', id="a set of packages"),
        pytest.param("@named_env(name=3)", "3:19 MIX003", "`name` must be text", "", id="a name as number"),
        pytest.param("@conda(librarys={})", "3:19 MIX002", "no argument `librarys`", "`libraries`", id="misspelled"),
        pytest.param(
            "@pypi(path='r.txt')", "3:14 MIX002", "`@pypi` has no argument `path`", "`pathspec`", id="a neighbour"
        ),
        pytest.param("@named_env(x='a')", "3:16 MIX002", "no argument `x`", "known: disabled, name", id="unknown"),
        pytest.param("@pypi(libraries={})", "3:19 MIX002", "no argument `libraries`", "", id="conda's for pypi"),
        pytest.param(
            "@sys_packages(python='3')", "3:24 MIX002", "no argument `python`", "", id="sys_packages python"
        ),
        pytest.param("@conda(libraries={'a b': '1'})", "3:21 MIX004", "match spec", "", id="no conda name"),
        pytest.param("@conda(libraries={'': '1'})", "3:21 MIX004", "match spec", "", id="an empty name"),
        *(
            pytest.param(f"@{kind}(packages={{'a': '{version}'}})", place, "not a ", "", id=f"{kind}, {version}")
            for kind, place in (("conda", "3:20 MIX004"), ("pypi", "3:19 MIX005"))
            for version in ("-b", "_b>=1", ".b")
        ),
        *(
            pytest.param(f"@pypi(packages={{'a': '1{behind}'}})", "3:19 MIX005", "pip's files only", "", id=behind)
            for behind in (" --no-deps", " -x", " --hash=sha256:" + 64 * "a", " # why")
        ),
        pytest.param("@conda(libraries={'a': '>>1'})", "3:21 MIX004", "match spec", "", id="no conda version"),
        pytest.param("@conda(libraries={'a': '1\\n2'})", "3:26 MIX003", "line break", "one line", id="two lines"),
        pytest.param(
            "@pypi(packages={'a': 'latest'})", "3:19 MIX005", "not a PyPI requirement", "any version", id="no version"
        ),
        pytest.param("@pypi(packages={'a b': ''})", "3:19 MIX005", "requirement", "", id="no PyPI name"),
        pytest.param("@pypi(extras=['pre'])", "3:17 MIX109", "option for a resolver", "", id="a resolver's option"),
        pytest.param("@sys_packages(packages={'__cud': '1'})", "3:27 MIX009", "`__cuda`?", "", id="unknown virtual"),
        pytest.param(
            "@sys_packages(packages={'__cuda': ''})", "3:27 MIX009", "needs a version", "", id="not a version of one"
        ),
    ],
)
def test_problems(decorator: str, told_at: str, claim: str, hint: str) -> None:
    (problem,) = problems(read(flow_of(decorator)))
    assert told([problem]) == [told_at]
    assert claim in problem.claim
    assert hint in problem.hint


def test_one_package_twice_with_one_constraint_is_only_said_twice() -> None:
    assert asked_by_step(flow_of("@conda(libraries={'a': '1', 'A': '1'})")) == ["conda a ==1"]


def test_every_problem_of_a_decorator_is_told() -> None:
    found = problems(read(flow_of("@conda(libraries={'a': 1, 'b': f()}, channels=g(), nonsense=1)")))
    assert told(found) == ["3:34 MIX007", "3:49 MIX007", "3:63 MIX002"]


def test_a_secret_is_not_told() -> None:
    found = problems(read(flow_of("@pypi(packages={'a': '== https://u:secret@h.example/x'})")))
    assert "secret" not in " ".join(problem.claim + problem.hint for problem in found)
