"""``requirements.txt``: pip's grammar and the extension's additions, each entry with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mixlock_hooks.formats import requirements_txt
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.fingerprint import pypi_text
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.shell.name_map_file import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.document import Entry
    from mixlock_hooks.model.environment import EnvironmentSpec
    from mixlock_hooks.model.problem import Problem


def _merged(text: str, settings: Settings | None = None) -> EnvironmentSpec:
    return merge(requirements_txt.parse(text, "r.txt"), settings or Settings())


def _checked(text: str) -> tuple[Problem, ...]:
    return policy.check(_merged(text), Settings(), shipped).problems


def _told(problems: Iterable[Problem]) -> list[str]:
    return [f"{p.place.line}:{p.place.column} {p.code} {p.severity.value}" for p in problems]


def _placed(entries: Iterable[Entry[str]]) -> list[str]:
    return [f"{entry.place.line}:{entry.place.column} {entry.value}" for entry in entries]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a\n", ["a"], id="a name"),
        pytest.param("A_b.c==1.0", ["a-b-c==1.0"], id="a pin, the name normalized"),
        pytest.param("a >= 1 , < 2", ["a<2,>=1"], id="a range with spaces"),
        pytest.param("a[y,x] ~= 1.2", ["a[x,y]~=1.2"], id="extras"),
        pytest.param("a ; python_version < '3.9'", ['a; python_version < "3.9"'], id="a marker"),
        pytest.param("a==1 --hash=sha256:AB", ["a==1 --hash=sha256:ab"], id="a hash"),
        pytest.param("a==1 --hash='sha256:AB'", ["a==1 --hash=sha256:ab"], id="a hash in quotes"),
        pytest.param(
            "a==1 \\\n  --hash=sha256:ab \\\n  --hash sha256:cd\nb",
            ["a==1 --hash=sha256:ab --hash=sha256:cd", "b"],
            id="a continuation",
        ),
        pytest.param("# a\n\n  # b\nc # d\n", ["c"], id="comments"),
        pytest.param("a#b", [], id="no comment without a space"),
        pytest.param("a \\\n# b\nc", ["a", "c"], id="a comment ends a continuation"),
        pytest.param("a \\", ["a"], id="a continuation at the end"),
        pytest.param("a\r\nb\r\n", ["a", "b"], id="CRLF"),
        pytest.param("  a  \n", ["a"], id="spaces around"),
    ],
)
def test_requirements(text: str, expected: list[str]) -> None:
    assert [pypi_text(entry.value) for entry in requirements_txt.parse(text, "r.txt").pypi] == expected


def test_every_entry_keeps_its_place() -> None:
    document = requirements_txt.parse("# x\n  a==1\nb \\\n  >1\n--conda-pkg c\n-e .\n", "r.txt")
    places = [entry.place for entry in document.pypi] + [entry.place for entry in document.conda]
    places += [entry.place for entry in document.references]
    assert [(p.line, p.column, p.end_line, p.end_column) for p in places] == [
        (2, 3, 2, 7),
        (3, 1, 4, 5),
        (5, 1, 5, 14),
        (6, 1, 6, 5),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("--conda-pkg ffmpeg", ["ffmpeg *"], id="a name"),
        pytest.param("--conda-pkg=ffmpeg", ["ffmpeg *"], id="with an equals sign"),
        pytest.param("--conda-pkg numpy=1.21", ["numpy 1.21.*"], id="a version"),
        pytest.param("--conda-pkg numpy == 1.21.5", ["numpy ==1.21.5"], id="an exact one, with spaces"),
        pytest.param("--conda-pkg numpy>=1.2,<2", ["numpy <2,>=1.2"], id="a range"),
        pytest.param('--conda-pkg "numpy>=1.2"', ["numpy >=1.2"], id="quotes"),
        pytest.param("--conda-pkg pytorch::pytorch=1.12", ["pytorch::pytorch 1.12.*"], id="a channel"),
    ],
)
def test_conda_packages(text: str, expected: list[str]) -> None:
    found = requirements_txt.parse(text, "r.txt")
    assert [f"{e.value.key} {e.value.constraint}" for e in found.conda] == expected
    assert found.problems == ()


def test_channels_indices_and_hosts() -> None:
    text = (
        "--conda-channel b\n--conda-channel=a\n"
        "--extra-index-url https://x.example/s\n--extra-index-url=https://y.example/s\n"
        "--trusted-host H.example\na\n"
    )
    document = requirements_txt.parse(text, "r.txt")
    assert _placed(document.channels) == ["1:1 b", "2:1 a"]
    assert _placed(document.index_options.extra) == ["3:1 https://x.example/s", "4:1 https://y.example/s"]
    assert [entry.value for entry in document.trusted_hosts] == ["h.example"]


def test_several_options_on_one_line_each_have_their_place() -> None:
    text = "-i https://i.example/s --extra-index-url https://x.example/s  --no-index\na"
    document = requirements_txt.parse(text, "r.txt")
    assert _placed(document.index_options.extra) == ["1:24 https://x.example/s"]
    assert _placed(document.index_options.default) == ["1:1 https://i.example/s"]
    assert _told(_checked(text))[0] == "1:63 MIX109 error"


@pytest.mark.parametrize(
    "option", ["-i https://own.example/s", "-ihttps://own.example/s", "--index-url=https://own.example/s"]
)
def test_an_index_of_the_file_replaces_the_default(option: str) -> None:
    settings = Settings(default_index="https://configured.example/s", pypi_indices=("https://more.example/s",))
    spec = _merged(f"-i https://first.example/s\n{option}\na", settings).platforms[0]
    assert (spec.default_index, spec.indices) == ("https://own.example/s", ("https://more.example/s",))


def test_without_one_the_configured_index_stays() -> None:
    settings = Settings(default_index="https://configured.example/s")
    assert _merged("a", settings).platforms[0].default_index == "https://configured.example/s"


def test_system_packages() -> None:
    spec = _merged("--sys-pkg __cuda=12.4\n--sys-pkg=__glibc==2.28\na").platforms[0]
    virtual = {str(name): version for name, version in spec.virtual_packages}
    assert (virtual["__cuda"], virtual["__glibc"]) == ("12.4", "2.28")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        pytest.param("a\n--conda-pkg python=3.9\n--conda-pkg b", "mixed", id="a conda package"),
        pytest.param("a\n", "pypi", id="none"),
        pytest.param("a\n--conda-pkg python=3.9", "pypi", id="python alone"),
        pytest.param("--conda-pkg b", "conda", id="conda packages alone"),
    ],
)
def test_mode(text: str, mode: str) -> None:
    assert _merged(text).mode.value == mode


_PYTHON = "--conda-pkg python=3.9\n"
_MIXED = f"{_PYTHON}--conda-pkg x\n"


@pytest.mark.parametrize(
    ("line", "in_mixed", "in_pypi"),
    [
        pytest.param("-r other.txt", ["MIX105 error"], ["MIX105 error"], id="-r"),
        pytest.param("-rother.txt", ["MIX105 error"], ["MIX105 error"], id="-r glued"),
        pytest.param("--requirement=other.txt", ["MIX105 error"], ["MIX105 error"], id="--requirement"),
        pytest.param("-c c.txt", ["MIX105 error"], ["MIX105 error"], id="-c"),
        pytest.param("--constraint c.txt", ["MIX105 error"], ["MIX105 error"], id="--constraint"),
        pytest.param("-e .", ["MIX103 error"], ["MIX103 note"], id="-e"),
        pytest.param("--editable ./x", ["MIX103 error"], ["MIX103 note"], id="--editable"),
        pytest.param("git+https://g.example/x", ["MIX101 error"], ["MIX101 note"], id="git"),
        pytest.param("x @ git+https://g.example/x", ["MIX101 error"], ["MIX101 note"], id="git with a name"),
        pytest.param("./x", ["MIX102 error"], ["MIX102 note"], id="a path"),
        pytest.param("x-1.whl", ["MIX102 error"], ["MIX102 note"], id="a wheel"),
        pytest.param("https://h.example/x.whl", ["MIX104 error"], ["MIX104 note"], id="a URL"),
        pytest.param("--no-deps", ["MIX109 error"], ["MIX109 error"], id="--no-deps"),
        pytest.param("--find-links ./wheels", ["MIX102 error"], ["MIX102 note"], id="--find-links of a folder"),
        pytest.param("-f https://h.example/w", [], [], id="-f of a page"),
        pytest.param("--no-index", ["MIX109 error"], ["MIX109 error"], id="--no-index"),
        pytest.param("--no-binary :all:", ["MIX109 error"], ["MIX109 error"], id="--no-binary"),
        pytest.param("--no-binary numpy,pandas", [], [], id="--no-binary of projects"),
        pytest.param("--only-binary=:all:", [], [], id="--only-binary"),
        pytest.param("--require-hashes", [], [], id="--require-hashes: every lock has them"),
        pytest.param("--extra-index-url http://h.example/s", ["MIX108 error"], ["MIX108 error"], id="plain http"),
        pytest.param("-i https://u:secret@h.example/s", ["MIX107 error"], ["MIX107 error"], id="a secret"),
        pytest.param("--extra-index-url", ["MIX003 error"], ["MIX003 error"], id="no value"),
        pytest.param("--conda-pkg", ["MIX003 error"], ["MIX003 error"], id="no package"),
        pytest.param("--conda-pkgs x", ["MIX002 error"], ["MIX002 error"], id="misspelled"),
        pytest.param("--conda-pkg numpy>>1", ["MIX004 error"], ["MIX004 error"], id="no match spec"),
        pytest.param("--sys-pkg __cud=1", ["MIX009 error"], ["MIX009 error"], id="an unknown virtual package"),
        pytest.param(
            "--sys-pkg __cuda", ["MIX009 error"], ["MIX009 error"], id="a virtual package without a version"
        ),
        *(
            pytest.param(f"b --hash={found}", ["MIX005 error"], ["MIX005 error"], id=f"a hash {found[:12]}")
            for found in ("sha512:" + 128 * "b", "md5:" + 32 * "b", "sha256:zz", "sha256=00", "'md5:00'")
        ),
        *(
            pytest.param(f"b {option}", ["MIX109 error"], ["MIX109 error"], id=f"no option of pip's files: {option}")
            for option in ("--no-deps", "-U", "--upgrade", "--user")
        ),
        pytest.param("b>=1 --only-binary b", ["MIX109 warning"], ["MIX109 warning"], id="an option that pip drops"),
        pytest.param("b --hash=sha256:00 -e .", ["MIX109 warning"], ["MIX109 warning"], id="behind a hash"),
        pytest.param(
            "b --config-settings=x=1", ["MIX109 error"], ["MIX109 error"], id="an option of a requirement's build"
        ),
        pytest.param("=numpy", ["MIX005 error"], ["MIX005 error"], id="no PyPI requirement"),
        pytest.param("a==2", ["MIX006 error"], ["MIX006 error"], id="a requirement twice"),
        pytest.param("python==3.9.*", [], [], id="python"),
        pytest.param("python==3.9", [], [], id="a bare two-part python is 3.9.x"),
        pytest.param("python>=3.10", ["MIX006 error"], ["MIX006 error"], id="another python"),
        pytest.param(
            "python==3.9; sys_platform=='linux'",
            ["MIX110 error"],
            ["MIX110 error"],
            id="python with a marker",
        ),
    ],
)
def test_policy(line: str, in_mixed: list[str], in_pypi: list[str]) -> None:
    for head, expected in ((_MIXED, in_mixed), (_PYTHON, in_pypi)):
        number = head.count("\n") + 2
        assert _told(_checked(f"{head}a==1\n{line}\n")) == [f"{number}:1 {text}" for text in expected]


def test_a_wrong_requirement_is_told_where_it_fails() -> None:
    (problem,) = requirements_txt.parse("  numpy=1.2\n", "r.txt").problems
    assert (problem.place.line, problem.place.column) == (1, 8)


@pytest.mark.parametrize("marker", ["platform_release >= '4'", "os_name == 'nt' or platform_version != ''"])
def test_a_marker_of_one_machines_kernel_is_told(marker: str) -> None:
    (problem,) = requirements_txt.parse(f"a; {marker}\n", "r.txt").problems
    assert (problem.code, "one machine's, so no lock can judge" in problem.claim) == ("MIX005", True)


def test_a_misspelled_option_is_told_with_the_nearest() -> None:
    (problem,) = requirements_txt.parse("--conda-chanel x\na\n", "r.txt").problems
    assert problem.hint == "did you mean `--conda-channel`?"


def test_a_file_that_asks_for_nothing_is_told() -> None:
    assert [
        problem.code for problem in requirements_txt.parse("# nothing\n-i https://x.example\n", "r.txt").problems
    ] == ["MIX003"]


def test_python_is_missed_with_the_way_out() -> None:
    (problem,) = _checked("a\n")
    assert (problem.code, problem.hint) == (
        "MIX110",
        'name it, `python==3.12.*`, or configure `python = "3.12"` for every requirements file',
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("requests # mixlock: allow MIX106 they agree", [], id="on the line"),
        pytest.param("# mixlock: allow MIX106 they agree\nrequests", [], id="on the line before"),
        pytest.param("requests # mixlock: allow MIX106", ["4:1 MIX106 error"], id="without a reason"),
        pytest.param("-e . # mixlock: allow MIX103 I must", ["4:1 MIX103 error"], id="what cannot be allowed"),
    ],
)
def test_allowances(line: str, told: list[str]) -> None:
    assert _told(_checked(f"{_PYTHON}--conda-pkg requests\na\n{line}\n")) == told
