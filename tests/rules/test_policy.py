"""Policy over one environment: code, place and severity of every finding, and what silences it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import environment_yml, name_map
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.addresses import in_settings
from mixlock_hooks.rules.merge import merge

if TYPE_CHECKING:
    from mixlock_hooks.model.counterparts import Counterparts
    from mixlock_hooks.model.problem import Problem
    from mixlock_hooks.rules.policy import Verdict


def _names() -> Counterparts:
    return name_map.parse("[conda-forge]\npytorch\ttorch\npy-opencv\topencv-python\npython\nray-core\tray\taiohttp\n")


def _check(text: str, settings: Settings | None = None) -> Verdict:
    chosen = settings or Settings()
    return policy.check(merge(environment_yml.parse(text, "e.yml"), chosen), chosen, _names)


def _told(text: str, settings: Settings | None = None) -> list[str]:
    problems = _check(text, settings).problems
    return [f"{p.place.line}:{p.place.column} {p.code} {p.severity.value}" for p in problems]


def _only_problem(text: str) -> Problem:
    (problem,) = _check(text).problems
    return problem


_MIXED = "dependencies:\n- python=3.9\n- numpy\n- pip:\n  - a\n"
_PYPI = "dependencies:\n- python=3.9\n- pip:\n  - a\n"

_REFERENCES = {
    "MIX101": ["git+https://a.example/r", "r @ git+ssh://git@a.example/r.git@main", "https://github.com/u/r"],
    "MIX102": [".", "./r", "file:///srv/r", "r @ file:///srv/r", "r-1.0.tar.gz"],
    "MIX103": ["-e .", "--editable=./r"],
    "MIX104": ["https://a.example/r-1.0-py3-none-any.whl", "r @ https://a.example/r-1.0.tar.gz"],
    "MIX105": ["-r r.txt", "-c r.txt"],
    "MIX109": ["--no-index", "--no-deps"],
}
_ROWS = [pytest.param(code, text, id=text) for code, texts in _REFERENCES.items() for text in texts]


@pytest.mark.parametrize(("code", "text"), _ROWS)
def test_a_reference_in_a_mixed_spec_is_an_error(code: str, text: str) -> None:
    assert _told(f"{_MIXED}  - {text}\n") == [f"6:5 {code} error"]


@pytest.mark.parametrize(("code", "text"), _ROWS)
def test_a_reference_that_pip_installs_is_a_note_in_a_pypi_spec(code: str, text: str) -> None:
    severity = "error" if code in {"MIX105", "MIX109"} else "note"
    assert _told(f"{_PYPI}  - {text}\n") == [f"5:5 {code} {severity}"]


@pytest.mark.parametrize(("code", "text"), _ROWS[:-3])
def test_a_reference_among_condas_entries_is_an_error(code: str, text: str) -> None:
    assert _told(f"dependencies:\n- numpy\n- {text}\n") == [f"3:3 {code} error"]
    assert _told(f"dependencies:\n- python\n- {text}\n- pip: [a]\n") == [f"3:3 {code} error"]


@pytest.mark.parametrize(
    ("spec", "entry", "claim", "hint"),
    [
        pytest.param(
            _MIXED, "git+https://a.example/r", "a mixed lock cannot hold it", "requirements.txt", id="MIX101"
        ),
        pytest.param(_MIXED, "./r", "`./r` is a local path; a mixed lock", "publish a wheel or sdist", id="MIX102"),
        pytest.param(_MIXED, "-e .", "`-e .` is editable; a mixed lock", "publish a wheel or sdist", id="MIX103"),
        pytest.param(_MIXED, "https://a.example/r.whl", "is a direct URL", "ask for name==version", id="MIX104"),
        pytest.param(_MIXED, "-r r.txt", "includes a file that cannot", "list its requirements here", id="MIX105"),
        pytest.param(_MIXED, "--no-deps", "`--no-deps` is an option of pip", "take it out", id="MIX109"),
        pytest.param(_PYPI, "-e .", "pip could install it, conda-lock cannot lock it", "beside the", id="pypi mode"),
    ],
)
def test_a_reference_says_why_and_the_way_out(spec: str, entry: str, claim: str, hint: str) -> None:
    problem = _only_problem(f"{spec}  - {entry}\n")
    assert claim in problem.claim
    assert hint in problem.hint


def test_a_pypi_spec_with_a_reference_is_legal_and_unlockable() -> None:
    verdict = _check(f"{_PYPI}  - -e .\n")
    assert (verdict.refused, verdict.checked, verdict.unlockable) == (False, None, verdict.problems)
    assert [found.severity.value for found in verdict.strictly().problems] == ["error"]
    assert not verdict.strictly().refused


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        pytest.param("[a=1, a=2]", ["1:21 MIX006 error"], id="two versions"),
        pytest.param("[a>=1, b, a<2]", ["1:25 MIX006 warning"], id="two halves of a range are joined"),
        pytest.param("[a=1, a=1.*, a]", [], id="the same twice, and an entry without constraint"),
        pytest.param("[x::a, y::a]", ["1:22 MIX006 error"], id="two channels"),
        pytest.param("[a=1=b0, a=1=b1]", ["1:24 MIX006 error"], id="two builds"),
        pytest.param("[a, a, a]", [], id="nothing contradicts nothing"),
        pytest.param("[python, {pip: [a==1, A==2]}]", ["1:37 MIX006 error"], id="two versions from PyPI"),
        pytest.param("[python, {pip: [a==1, 'a[x]']}]", [], id="an extra is not a constraint"),
    ],
)
def test_the_same_requirement_twice(entries: str, told: list[str]) -> None:
    assert _told(f"dependencies: {entries}") == told


@pytest.mark.parametrize(
    "entry",
    ["a>=2,<1", "a==1,!=1", "a 1.2.*,>=1.3", "a ==1.2,>=2", "a >1,<1|>=3,<2", "a ~=1.4,>=2", "a=1.2,=1.3", "a<2,>2"],
)
def test_what_no_version_can_satisfy_is_an_error(entry: str) -> None:
    problem = _only_problem(f"dependencies:\n- '{entry}'\n- b\n")
    assert (problem.code, problem.severity.value, problem.place.line) == ("MIX006", "error", 2)
    assert problem.claim.startswith("no version can satisfy `a")


@pytest.mark.parametrize("entry", ["a>=3,<2", "a==1,!=1", "a==1.2.*,>=1.3", "a===1,===2", "a~=1.4,<1.4", "a==1,==2"])
def test_so_it_is_from_pypi(entry: str) -> None:
    problem = _only_problem(f"dependencies:\n- python\n- pip:\n  - '{entry}'\n")
    assert (problem.code, problem.severity.value, problem.place.line) == ("MIX006", "error", 4)


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        pytest.param("a>=3.24", "a>=25", "warning", id="one is within the other"),
        pytest.param("a=1.2", "a<1.2.5", "warning", id="a prefix and a bound"),
        pytest.param("a=1.2", "a>=1.3", "error", id="a prefix below a bound"),
        pytest.param("'a<1|>=3'", "a=2", "error", id="between two alternatives"),
        pytest.param("'a<1|>=3'", "a=3.1", "warning", id="within one of two alternatives"),
        pytest.param("a=1=b*", "a=1=b0", "error", id="two builds"),
        pytest.param("a[subdir=noarch]", "a[subdir=linux-64]", "error", id="two folders"),
        pytest.param("a=1=b0", "a>=1", "warning", id="a build and a bound"),
        pytest.param("x::a", "a>=1", "warning", id="a channel and a bound"),
    ],
)
def test_two_entries_are_joined_or_refused(first: str, second: str, severity: str) -> None:
    problem = _only_problem(f"dependencies:\n- {first}\n- {second}\n")
    assert (problem.code, problem.severity.value, problem.place.line) == ("MIX006", severity, 3)
    assert "in line 2" in problem.claim


def test_equals_that_are_exact_may_contradict_each_other() -> None:
    text = "dependencies: [a=1, a=1.2]"
    assert _told(text) == ["1:21 MIX006 warning"]
    assert _told(text, Settings(exact_equals=True)) == ["1:21 MIX006 error"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("- a=1 # [linux]\n- a=2 # [osx]\n", id="on different platforms"),
        pytest.param(
            "- python\n- pip:\n  - a==1; python_version<'3.9'\n  - a==2; python_version>='3.9'\n", id="by markers"
        ),
    ],
)
def test_two_versions_that_never_meet(lines: str) -> None:
    assert _told(f"dependencies:\n{lines}") == []


@pytest.mark.parametrize(
    ("virtual", "told"),
    [
        ("{linux-64: {__glibc: '2.35'}, __glibc: '2.31'}", ["1:36 MIX006 error"]),
        ("{__glibc: '2.31', linux-64: {__glibc: '2.35'}}", ["1:35 MIX006 error"]),
        ("[__glibc=2.30, __glibc=2.17]", ["1:21 MIX006 error"]),
        ("[__glibc=2.30, __glibc=2.30]", []),
        ("{linux-64: {__glibc: '2.35'}, linux-aarch64: {__glibc: '2.31'}}", []),
    ],
)
def test_a_machine_has_one_version_of_a_virtual_package(virtual: str, told: list[str]) -> None:
    assert _told(f"sys: {virtual}\nplatforms: [linux-64]\ndependencies: [python]\n") == told


def test_a_duplicate_names_both_and_the_line_of_the_first() -> None:
    problem = _only_problem("dependencies:\n- a=1.2\n- c::a>=1\n")
    assert problem.claim == (
        "`a` is asked for as `c::a>=1` here and as `a=1.2` in line 2; both hold, so `c::a=1.2,>=1` is locked"
    )


@pytest.mark.parametrize(
    ("conda", "pip", "told"),
    [
        pytest.param("numpy", "NumPy", ["4:5 MIX106 error"], id="one name"),
        pytest.param("pytorch", "torch", ["4:5 MIX106 error"], id="names that differ, by the map"),
        pytest.param("py-opencv", "opencv_python", ["4:5 MIX106 error"], id="in another spelling"),
        pytest.param("torch", "torch", [], id="a conda package of another project"),
        pytest.param("cf::numpy=1", "numpy[x]>=2", ["4:5 MIX106 error"], id="with channel, extras and versions"),
        pytest.param("numpy", "scipy", [], id="two packages"),
    ],
)
def test_one_package_from_both_worlds(conda: str, pip: str, told: list[str]) -> None:
    assert _told(f"dependencies:\n- {conda}\n- pip:\n  - {pip}\n- python\n") == told


def test_both_worlds_on_different_platforms_never_meet() -> None:
    assert _told("dependencies:\n- python\n- numpy # [linux]\n- pip: # [osx]\n  - numpy\n") == []


@pytest.mark.parametrize(
    ("conda", "marker", "meets"),
    [
        ("numpy  # [linux]", "sys_platform == 'darwin'", False),
        ("numpy", "sys_platform == 'win32'", False),
        ("numpy", "python_version < '3'", False),
        ("numpy  # [linux]", "sys_platform == 'linux'", True),
        ("numpy", "sys_platform == 'darwin' or python_version > '3.8'", True),
        ("numpy", "python_full_version < '3'", True),
    ],
)
def test_both_worlds_meet_only_where_a_marker_may_hold(conda: str, marker: str, *, meets: bool) -> None:
    text = f'platforms: [linux-64, osx-arm64]\ndependencies:\n- python\n- {conda}\n- pip: ["numpy; {marker}"]\n'
    assert any("MIX106" in told for told in _told(text)) is meets


def test_one_package_from_both_worlds_is_told_with_condas_name_and_line() -> None:
    problem = _only_problem("dependencies:\n- python\n- pytorch\n- pip: [torch]\n")
    assert "`torch` is asked for from PyPI and, as `pytorch`, from conda in line 3" in problem.claim
    assert problem.hint == "keep one of the two"


def test_a_project_that_a_conda_package_had_a_copy_of_is_a_warning() -> None:
    problem = _only_problem("dependencies:\n- python\n- ray-core\n- pip: [aiohttp]\n")
    assert (problem.code, problem.severity.value) == ("MIX106", "warning")
    assert "`ray-core`, asked from conda in line 3, had a copy of it" in problem.claim


def test_a_conda_pip_that_nobody_wrote_is_no_second_pip() -> None:
    assert _told("dependencies:\n- python\n- pip: [pip]\n") == []


_SECRET = "https://me:hunter2@a.example"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param(f"channels: [{_SECRET}/ch]\n{_PYPI}", ["1:12 MIX107 error"], id="a channel"),
        pytest.param(
            f"channels: [https://a.example/t/hunter2/ch]\n{_PYPI}", ["1:12 MIX107 error"], id="a conda token"
        ),
        pytest.param(f"pypi-indices: [{_SECRET}/s]\n{_PYPI}", ["1:16 MIX107 error"], id="an index"),
        pytest.param(f"{_PYPI}- {_SECRET}/ch::b\n", ["5:3 MIX107 error"], id="the channel of a requirement"),
        pytest.param(f"{_MIXED}  - -i {_SECRET}/s\n", ["6:5 MIX107 error"], id="an option"),
        pytest.param(f"{_PYPI}  - git+{_SECRET}/r\n", ["5:5 MIX101 note", "5:5 MIX107 error"], id="a repository"),
    ],
)
def test_a_secret_is_told_and_never_repeated(text: str, told: list[str]) -> None:
    assert _told(text) == told
    assert not any("hunter2" in p.claim + p.hint for p in _check(text).problems)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("http://a.example/s", ["1:16 MIX108 error"], id="plain http"),
        pytest.param("https://a.example/s", [], id="https"),
        pytest.param("http://127.0.0.1:8000/s", [], id="loopback"),
        pytest.param("http://localhost/s", [], id="loopback by name"),
        pytest.param("http://mirror.example:81/s", [], id="a trusted host"),
        pytest.param("http://mirror.example.evil.example/s", ["1:16 MIX108 error"], id="a host that begins so"),
    ],
)
def test_plain_http(url: str, told: list[str]) -> None:
    settings = Settings(trusted_hosts=frozenset({"mirror.example"}))
    assert _told(f"pypi-indices: [{url}]\n{_PYPI}", settings) == told


@pytest.mark.parametrize(
    ("channel", "told"),
    [
        ("file:///srv/channel", True),
        ("FILE:///srv/channel", True),
        ("/srv/channel", True),
        ("./channel", True),
        ("../channel", True),
        ("~/channel", True),
        ("C:/channel", True),
        ("conda-forge", False),
        ("conda-forge/label/x", False),
        ("https://a.example/c", False),
        ("pkgs/main", False),
        ("oci://a.example/c", False),
    ],
)
def test_a_channel_of_one_machine_is_refused(channel: str, *, told: bool) -> None:
    expected = "is a folder of one machine"
    problems = _check(f"channels: ['{channel}']\ndependencies: [python]\n").problems
    assert any(expected in problem.claim for problem in problems) is told, problems
    assert any(expected in problem.claim for problem in in_settings(Settings(channels=(channel,)))) is told
    if told:
        assert _told(f"dependencies: ['{channel}::python']\n") == ["1:16 MIX102 error"]


@pytest.mark.parametrize(
    ("channel", "hint"),
    [
        ("conda-forge/linux-64", "write `conda-forge`"),
        ("https://conda.anaconda.org/conda-forge/noarch/", "write `https://conda.anaconda.org/conda-forge`"),
        ("pytorch/label/test", ""),
        ("https://a.example/linux", ""),
    ],
)
def test_a_channel_of_one_platform_is_refused(channel: str, hint: str) -> None:
    problems = _check(f"channels: ['{channel}']\ndependencies: [python]\n").problems
    assert [(each.code, hint in each.hint) for each in problems] == ([("MIX003", True)] if hint else [])


MISLEADING = {
    "a channel": 'channels: ["https://${S}@ours.example\\t.evil.example/c"]\ndependencies: [python]\n',
    "a channel of one package": 'dependencies: [python, "https://a.example/c/../evil::numpy"]\n',
    "an index": "dependencies: [python]\npypi-indices: ['https://evil.example\\:${S}@ours.example/simple']\n",
    "loopback by half": 'channels: ["http://127.0.0.1\\t.evil.example/c"]\ndependencies: [python]\n',
}


@pytest.mark.parametrize("text", MISLEADING.values(), ids=MISLEADING)
def test_a_url_that_tools_read_differently_is_refused(text: str) -> None:
    assert [told.split(" ", 1)[1] for told in _told(text) if "MIX003" in told] == ["MIX003 error"]


def test_a_configured_url_that_tools_read_differently_is_refused() -> None:
    for settings in (
        Settings(channels=("https://a.example/c\\x",)),
        Settings(default_index="https://a.example/c\tx"),
    ):
        (problem,) = in_settings(settings)
        assert problem.code.value == "MIX003"


def test_plain_http_of_channels() -> None:
    text = "channels: [http://a.example/ch]\ndependencies: [python, http://b.example/ch::numpy]\n"
    assert _told(text) == ["1:12 MIX108 error", "2:24 MIX108 error"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param("- pip: [b, a]\n", ["2:9 MIX110 warning"], id="nothing from conda"),
        pytest.param("- pip\n- pip: [a]\n", ["3:9 MIX110 warning"], id="only pip from conda"),
        pytest.param("- numpy\n- pip: [a]\n", ["3:9 MIX110 warning"], id="conda packages may bring it"),
        pytest.param("- python # [linux]\n- pip: [a]\n", ["3:9 MIX110 warning"], id="python on one platform only"),
        pytest.param("- python\n- pip: [a]\n", [], id="python is there"),
        pytest.param("- cf::python=3.9\n- pip: [a]\n", [], id="python from a named channel"),
        pytest.param("- numpy\n", [], id="no pip requirement"),
        pytest.param("- python\n- pip: [python>=3]\n", ["3:9 MIX110 error"], id="from PyPI"),
    ],
)
def test_python_is_there(lines: str, told: list[str]) -> None:
    assert _told(f"dependencies:\n{lines}") == told


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        pytest.param("a>=0 # mixlock: allow MIX006 both work", [], id="with a reason: silent"),
        pytest.param("a==2 # mixlock: allow MIX006 x", ["6:5 MIX006 error"], id="never what nothing can satisfy"),
        pytest.param("a==2 # mixlock: allow MIX006", ["6:5 MIX006 error"], id="without a reason"),
        pytest.param("a==2 # mixlock: allow MIX106 both work", ["6:5 MIX006 error"], id="another code"),
        pytest.param(
            "https://b.example/c.whl # mixlock: allow MIX104 x", ["6:5 MIX104 note"], id="MIX104 stays a note"
        ),
        pytest.param("-r r.txt # mixlock: allow MIX105 x", ["6:5 MIX105 note"], id="so does MIX105"),
        pytest.param("git+https://b.example/c # mixlock: allow MIX101 x", ["6:5 MIX101 error"], id="never MIX101"),
        pytest.param("./c # mixlock: allow MIX102 x", ["6:5 MIX102 error"], id="never MIX102"),
        pytest.param("-e . # mixlock: allow MIX103 x", ["6:5 MIX103 error"], id="never MIX103"),
        pytest.param("b=1 # mixlock: allow MIX005 x", ["6:6 MIX005 error"], id="never what cannot be read"),
    ],
)
def test_an_allowance(entry: str, told: list[str]) -> None:
    assert _told(f"{_MIXED.replace('- a', '- a==1')}  - {entry}\n") == told


def test_an_allowance_on_the_line_above() -> None:
    text = "dependencies:\n- python\n- numpy\n- pip:\n  # mixlock: allow MIX106 a fork\n  - numpy\n  - scipy\n"
    assert _told(text) == []


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        pytest.param("-e . # mixlock: allow MIX103 x", "MIX103 cannot be silenced here; install it", id="never"),
        pytest.param(
            "-r r # mixlock: allow MIX105", "give a reason: `# mixlock: allow MIX105 because", id="no reason"
        ),
    ],
)
def test_an_allowance_that_does_not_hold_says_why(entry: str, hint: str) -> None:
    assert hint in _only_problem(f"{_MIXED}  - {entry}\n").hint


def test_an_allowance_of_a_warning_silences_it() -> None:
    assert _told("dependencies:\n- numpy\n- pip:\n  - a # mixlock: allow MIX110 numpy brings it\n") == []


@pytest.mark.parametrize(
    ("text", "is_checked"),
    [
        pytest.param(_MIXED, True, id="without problems"),
        pytest.param("dependencies: [numpy, {pip: [a]}]", True, id="with a warning"),
        pytest.param(f"{_MIXED}  - -e .\n", False, id="with an error of policy"),
        pytest.param(f"chanels: []\n{_MIXED}", False, id="with an error of reading"),
    ],
)
def test_only_an_environment_without_errors_is_checked(text: str, *, is_checked: bool) -> None:
    assert (_check(text).checked is not None) is is_checked


def test_problems_of_reading_and_of_policy_come_in_the_files_order() -> None:
    text = f"channels: [http://a.example]\nchanels: []\n{_MIXED}  - -e .\n  - b=1\n- c>=\n"
    codes = ["1:12 MIX108", "2:1 MIX002", "8:5 MIX103", "9:6 MIX005", "10:3 MIX004"]
    assert _told(text) == [f"{code} error" for code in codes]


def test_the_name_map_is_asked_for_only_where_both_worlds_meet() -> None:
    def never() -> Counterparts:
        raise AssertionError

    settings = Settings()
    spec = merge(environment_yml.parse("dependencies: [numpy, scipy]", "e.yml"), settings)
    assert policy.check(spec, settings, never).problems == ()
