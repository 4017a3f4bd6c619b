"""``environment.yml``: what is read with its place, and every fault of reading with code, place, claim and hint."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from unittest import mock

import pytest

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.document import ReferenceKind
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.problem import Severity
from mixlock_hooks.model.selector import admits
from mixlock_hooks.model.settings import NO_INDEX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mixlock_hooks.model.document import Entry, SpecDocument
    from mixlock_hooks.model.problem import Problem

T = TypeVar("T")


def _parse(text: str) -> SpecDocument:
    return environment_yml.parse(text, "e.yml")


def _asked(document: SpecDocument) -> list[str]:
    conda = [f"{e.value.key} {e.value.constraint}" for e in document.conda]
    return conda + [f"pip {e.value.key}{e.value.specifier}" for e in document.pypi]


def _placed(entries: Iterable[Entry[T]]) -> list[tuple[T, str, str]]:
    return [(entry.value, f"{entry.place.line}:{entry.place.column}", entry.selector) for entry in entries]


def _told(problems: Iterable[Problem]) -> list[str]:
    return [f"{p.place.line}:{p.place.column} {p.code}" for p in problems]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("dependencies:\n- a\n- pip:\n- b\n- c\n", ["3:3 MIX003"], id="then conda's"),
        pytest.param("dependencies:\n- a\n- pip: ~\n- b\n", ["3:3 MIX003"], id="null"),
        pytest.param("dependencies:\n- a\n- pip:\n", [], id="at the end"),
        pytest.param("dependencies:\n- a\n- pip:\n- pip:\n  - b\n- c\n", [], id="another one with entries"),
        pytest.param("dependencies:\n- a\n- pip: []\n- b\n", [], id="a list that says it is empty"),
    ],
)
def test_conda_requirements_behind_an_empty_pip_are_warned_of(text: str, told: list[str]) -> None:
    """They may have been meant for pip, and only lost their indentation."""
    problems = _parse(text).problems
    assert _told(problems) == told
    assert all(problem.severity is Severity.WARNING for problem in problems)


def _only_problem(text: str) -> Problem:
    (problem,) = _parse(text).problems
    return problem


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("dependencies:\n- numpy=1.2\n", ["numpy 1.2.*"], id="block style"),
        pytest.param("dependencies: [numpy=1.2, 'scipy']", ["numpy 1.2.*", "scipy *"], id="flow style, quotes"),
        pytest.param("dependencies:\n# c\n- a # c\n# d\n- b\n", ["a *", "b *"], id="comments, in column 0 too"),
        pytest.param("dependencies:\r\n- a\r\n- b\r\n", ["a *", "b *"], id="CRLF"),
        pytest.param("x: &x numpy\ndependencies: [*x]\n", ["numpy *"], id="an alias"),
        pytest.param("dependencies:\n- >-\n  numpy\n  >=1\n", ["numpy >=1"], id="a block scalar"),
        pytest.param("x: &x {dependencies: [a]}\n<<: *x\n", ["a *"], id="a merge key"),
        pytest.param("dependencies:\n- pip:\n  - a==1\n- b\n", ["b *", "pip a==1"], id="conda behind `pip:`"),
        pytest.param("dependencies: [{pip: [a]}, {pip: [b]}]", ["pip a", "pip b"], id="several `pip:` are joined"),
        pytest.param("dependencies: [https://c.example/ch::a]", ["https://c.example/ch::a *"], id="a channel's URL"),
        pytest.param(
            "name: n\nprefix: /p\nvariables: {A: 1}\ncategory: dev\ndependencies: [a]", ["a *"], id="ignored"
        ),
    ],
)
def test_requirements_are_read(text: str, asked: list[str]) -> None:
    assert _asked(_parse(text)) == asked


def test_every_entry_keeps_its_place() -> None:
    document = _parse("dependencies:\n  - numpy\n  - pip:\n      - 'torch'\n      - -e .\n")
    places = [str(e.place) for e in document.conda] + [str(e.place) for e in document.pypi]
    places += [str(e.place) for e in document.references]
    assert places == ["e.yml:2:5", "e.yml:4:9", "e.yml:5:9"]


@pytest.mark.parametrize(
    ("text", "channels"),
    [
        pytest.param(
            "[conda-forge, defaults]", [("conda-forge", "1:12", ""), ("defaults", "1:25", "")], id="in order"
        ),
        pytest.param("[conda-forge, nodefaults]", [("conda-forge", "1:12", "")], id="nodefaults is not a channel"),
        pytest.param("[]", [], id="an empty list"),
        pytest.param("", [], id="nothing"),
        pytest.param("\n- cf # [linux]", [("cf", "2:3", "linux")], id="a selector"),
    ],
)
def test_channels(text: str, channels: list[tuple[str, str, str]]) -> None:
    assert _placed(_parse(f"channels: {text}\ndependencies: [a]").channels) == channels


def test_indices_stand_under_either_key_in_the_files_order() -> None:
    text = "pypi-indices: [https://a.example/s]\npip-repositories:\n- https://b.example/s\ndependencies: [a]"
    indices = [("https://a.example/s", "1:16", ""), ("https://b.example/s", "3:3", "")]
    assert _placed(_parse(text).indices) == indices


def test_platforms() -> None:
    document = _parse("platforms: [osx-arm64, linux-64]\ndependencies: [a]")
    assert _placed(document.platforms) == [("osx-arm64", "1:13", ""), ("linux-64", "1:24", "")]


@pytest.mark.parametrize(
    ("line", "selector"),
    [
        pytest.param("- a  # [linux]", "linux", id="a word"),
        pytest.param('- "a" # [not win and unix]', "not win and unix", id="behind quotes"),
        pytest.param("- a # [see issue 12]", "", id="a remark in brackets"),
        pytest.param("- >\n  a\n- b # [win]", "", id="a block scalar has none of the next line"),
        pytest.param("- >-  # [linux]\n  a\n", "linux", id="behind the head of a block"),
        pytest.param("- a  # a remark [linux]", "linux", id="behind a remark"),
        pytest.param("# - b  # [win]\n- a", "", id="of an entry that is commented out"),
    ],
)
def test_a_selector_is_kept(line: str, selector: str) -> None:
    assert _parse(f"dependencies:\n{line}\n").conda[0].selector == selector


def test_a_selector_of_pip_holds_for_each_of_its_entries() -> None:
    document = _parse("dependencies:\n- pip: # [win or osx]\n  - a\n  - b # [x86_64]\n")
    assert [e.selector for e in document.pypi] == ["win or osx", "(win or osx) and x86_64"]


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        pytest.param("sys:\n  __glibc: 2.10\n", [(("__glibc", "2.10"), "3:3", "")], id="a mapping, 2.10 is not 2.1"),
        pytest.param("sys:\n- __cuda=11.2\n", [(("__cuda", "11.2"), "3:3", "")], id="a list"),
        pytest.param("sys: {__cuda: '12'} # [linux]\n", [(("__cuda", "12"), "2:7", "linux")], id="a selector"),
    ],
)
def test_sys_at_the_top(text: str, packages: list[tuple[tuple[str, str], str, str]]) -> None:
    assert _placed(_parse(f"dependencies: [a]\n{text}").virtual_packages) == packages


def test_sys_among_dependencies_with_the_selectors_of_both_lines() -> None:
    document = _parse("dependencies:\n- sys: # [linux]\n  - __cuda=12 # [x86_64]\n")
    assert _placed(document.virtual_packages) == [(("__cuda", "12"), "3:5", "linux and x86_64")]


@pytest.mark.parametrize(
    ("entry", "place", "claim", "hint"),
    [
        pytest.param("{__glib: 2}", "1:7", "did you mean `__glibc`?", "__glibc", id="unknown"),
        pytest.param("{__cuda: }", "1:7", "`__cuda` needs a version", "__glibc", id="no version in a mapping"),
        pytest.param("[__cuda]", "1:7", "`__cuda` needs a version", "__glibc", id="no version in a list"),
        pytest.param("[{a: b}]", "1:8", "unknown virtual package `a`", "__glibc", id="a mapping in a list"),
        pytest.param("{osx-64: {__cuda: 12}}", "1:16", "osx-64 cannot have `__cuda`", "remove", id="a Mac with CUDA"),
    ],
)
def test_wrong_virtual_packages(entry: str, place: str, claim: str, hint: str) -> None:
    problem = _only_problem(f"sys: {entry}\ndependencies: [a]")
    assert _told([problem]) == [f"{place} MIX009"]
    assert claim in problem.claim
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("text", "told", "claim", "hint"),
    [
        pytest.param("", "1:1 MIX003", "the file is empty", "dependencies", id="an empty file"),
        pytest.param("# x\n", "1:1 MIX003", "the file is empty", "dependencies", id="only comments"),
        pytest.param("- a\n", "1:1 MIX003", "this is a list", "dependencies:", id="a list at the top"),
        pytest.param("a", "1:1 MIX003", "this is text", "dependencies:", id="text at the top"),
        pytest.param("name: x", "1:1 MIX003", "`dependencies` is missing", "what the", id="no dependencies"),
        pytest.param("dependencies:", "1:14 MIX003", "`dependencies` is empty", "what the", id="no requirement"),
        pytest.param("a:\n\t- b", "2:1 MIX001", "not valid YAML", "never tabs", id="a tab"),
        pytest.param("a:\n<<<<<<< HEAD\n- b\n", "3:1 MIX001", "", "resolve the merge conflict", id="a conflict"),
        pytest.param("a\n---\nb", "2:1 MIX001", "another document", "correct the syntax", id="two documents"),
        pytest.param("a:\n- a\ndependencies\n- b\n", "4:1 MIX001", "", "in line 3 lacks its colon", id="no colon"),
        pytest.param("dependencies:\n- pip\n  - b: c\n", "3:6 MIX001", "", "in line 2 lacks its colon", id="pip"),
        pytest.param("dependencies:\n- pip\n- b: [\n", "3:7 MIX001", "", "correct the syntax", id="pip, a package"),
        pytest.param("{% if x %}", "1:2 MIX001", "not valid YAML", "templates are not", id="a template"),
        pytest.param("\x7fELF\x02", "1:1 MIX001", "unprintable", "correct the syntax", id="binary"),
    ],
)
def test_a_file_that_is_no_spec(text: str, told: str, claim: str, hint: str) -> None:
    problem = _only_problem(text)
    assert _told([problem]) == [told]
    assert claim in problem.claim
    assert hint in problem.hint


def test_deep_nesting_is_no_spec() -> None:
    """Which column is told is libyaml's affair; that it is told, and on its line, is mixlock's."""
    problem = _only_problem("[" * 10_000)
    assert (problem.code, problem.place.line) == ("MIX001", 1)


@pytest.mark.parametrize(
    ("text", "told", "claim", "hint"),
    [
        pytest.param("chanels: [x]", "2:1 MIX002", "unknown key `chanels`", "did you mean `channels`?", id="a slip"),
        pytest.param("zzz: 1", "2:1 MIX002", "unknown key `zzz` is ignored", "known here: allow-", id="a stranger"),
        pytest.param("x-channels: []", "2:1 MIX002", "`x-channels` is ignored", "known here", id="an own key"),
        pytest.param(
            "pip: [a]", "2:1 MIX002", "stands at the top level", "among `dependencies`", id="pip at the top"
        ),
        pytest.param("category: dev", "2:11 MIX002", "`category: dev` means nothing", "remove it", id="category"),
        pytest.param("allow-pypi-requests: 1", "2:22 MIX003", "must be true or false", "false", id="no truth"),
        pytest.param(
            "dependencies: [b]", "2:1 MIX006", "`dependencies` appears twice", "join the two", id="key twice"
        ),
        pytest.param(
            "channels: cf", "2:11 MIX003", "`channels` must be a list, this is text", "- entry", id="no list"
        ),
        pytest.param(
            "channels: [1.2]", "2:12 MIX003", "a channel must be text, this is a number", "quote", id="number"
        ),
        pytest.param("channels: ['']", "2:12 MIX003", "a channel must be text, this is empty", "quote", id="empty"),
        pytest.param("platforms: [linux]", "2:13 MIX003", "unknown platform `linux`", "`linux-64`?", id="platform"),
        pytest.param(
            "platforms: [zzz]", "2:13 MIX003", "unknown platform `zzz`", "known: linux-64", id="a strange one"
        ),
        pytest.param("pypi-indices: [x]", "2:16 MIX003", "`x` is not the URL of an index", "https://", id="no URL"),
        pytest.param("sys: {linux-65: {__glibc: 2}}", "2:7 MIX003", "unknown platform `linux-65`", "-64`", id="65"),
        pytest.param("subdirs: {linux-64: {p: {}}}", "2:22 MIX002", "unknown key `p`", "packages", id="no packages"),
        pytest.param("subdirs: [a]", "2:10 MIX003", "`subdirs` must be a mapping", "write `sys:`", id="no mapping"),
        pytest.param("sys: 5", "2:6 MIX003", "`sys` must be a list, this is a number", "- entry", id="sys"),
        pytest.param("sys: {__osx: 1, __osx: 2}", "2:17 MIX006", "`__osx` appears twice", "join", id="twice in sys"),
    ],
)
def test_a_fault_at_the_top(text: str, told: str, claim: str, hint: str) -> None:
    problem = _only_problem(f"dependencies: [a]\n{text}")
    assert _told([problem]) == [told]
    assert claim in problem.claim
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("entry", "told", "claim", "hint"),
    [
        pytest.param("true", "2:3 MIX003", "must be text, this is true or false", "quote it", id="a boolean"),
        pytest.param("[a]", "2:3 MIX003", "must be text, this is a list", "quote it", id="a list"),
        pytest.param(
            "{{ x }}", "2:4 MIX003", "must be text, this is a mapping", "templates are not", id="a template"
        ),
        pytest.param("numpy: 1.2", "2:3 MIX002", "`numpy:` is a mapping", "write `- numpy=1.2`", id="a colon"),
        pytest.param("numpy: '>=1'", "2:3 MIX002", "is a mapping", "write `- numpy>=1`", id="a colon, an operator"),
        pytest.param("numpy:", "2:3 MIX002", "`numpy:` is a mapping", "write `- numpy`", id="a colon too many"),
        pytest.param("pipp: [a]", "2:3 MIX002", "unknown key `pipp`", "did you mean `pip`?", id="pip misspelt"),
        pytest.param("{pip: [a], pip: [b]}", "2:14 MIX006", "`pip` appears twice", "join the two", id="pip twice"),
        *(
            pytest.param(entry, "2:3 MIX009", "is a virtual package", "under `sys:`", id=entry)
            for entry in ("__cuda", "__unix", "__glibc>=2.35", "conda-forge::__osx", "__odd")
        ),
        pytest.param(
            "pip\n    - requests", "2:3 MIX004", "lacks its colon", "write `- pip:`", id="pip without a colon"
        ),
        pytest.param("a\n  b", "2:3 MIX004", "on one line", "one `- entry` a line", id="a dash too few"),
        pytest.param("|\n  a\n  b", "2:3 MIX004", "on one line", "one `- entry` a line", id="two names in a block"),
        pytest.param("numpy>=", "2:3 MIX004", "not a conda match spec", "name>=1,<2", id="no match spec"),
        pytest.param("dask[x]", "2:3 MIX004", "conda ignores `[x]`", "`- dask[x]`", id="extras"),
        pytest.param("sel(bsd): a", "2:3 MIX002", "unknown selector `sel(bsd)`", "sel(linux)", id="no selector"),
        pytest.param("sel(win): 1", "2:13 MIX003", "must be text", "quote", id="a number under a selector"),
        pytest.param("a # [py38]", "2:3 MIX002", "unknown selector `py38`", "without brackets", id="a selector"),
        pytest.param(
            "pip: a", "2:8 MIX003", "`pip` must be a list, this is text", "letter a line", id="pip without a list"
        ),
        pytest.param("pip: [1]", "2:9 MIX003", "a pip requirement must be text", "quote it", id="a number for pip"),
        pytest.param("pip: [a=1]", "2:10 MIX005", "not a PyPI", "`=` is conda's operator", id="conda's operator"),
        pytest.param("pip: ['a=1']", "2:11 MIX005", "not a PyPI", "`=` is conda's operator", id="and in quotes"),
        pytest.param("pip: [a==1 b]", "2:14 MIX005", "not a PyPI", "PEP 508", id="no PEP 508"),
    ],
)
def test_a_fault_of_an_entry(entry: str, told: str, claim: str, hint: str) -> None:
    problem = _only_problem(f"dependencies:\n- {entry}\n- z\n")
    assert _told([problem]) == [told]
    assert claim in problem.claim
    assert hint in problem.hint


def test_nothing_stops_at_the_first_problem() -> None:
    document = _parse("chanels: [x]\nplatforms: [linux]\ndependencies:\n- a=\n- b\n- pip:\n  - c=1\n  - d\n")
    assert _told(document.problems) == ["1:1 MIX002", "2:13 MIX003", "4:3 MIX004", "7:6 MIX005"]
    assert _asked(document) == ["b *", "pip d"]


def test_a_secret_in_a_wrong_entry_is_not_repeated() -> None:
    (problem,) = _parse("dependencies: ['https://me:hunter2@c.example/ch::a b c d']").problems
    assert problem.code == "MIX004"
    assert "hunter2" not in problem.claim


def _on(document: SpecDocument, platform: str) -> list[str]:
    return [entry.value.name for entry in document.conda if admits(entry.selector, Subdir(platform))]


@pytest.mark.parametrize(
    ("entry", "linux", "osx", "win"),
    [
        pytest.param("sel(linux): a", ["a"], [], [], id="one entry"),
        pytest.param("sel(unix): [a, b]", ["a", "b"], ["a", "b"], [], id="a list"),
        pytest.param("{sel(osx): a, sel(win): b}", [], ["a"], ["b"], id="two in one mapping"),
        pytest.param("sel(win): a>=1", [], [], ["a"], id="a constraint"),
        pytest.param("sel(unix): a # [arm64]", [], ["a"], [], id="and a selector in a comment"),
    ],
)
def test_an_entry_is_selected_by_its_key(entry: str, linux: list[str], osx: list[str], win: list[str]) -> None:
    document = _parse(f"dependencies:\n- {entry}\n")
    assert not document.problems
    assert [_on(document, platform) for platform in ("linux-64", "osx-arm64", "win-64")] == [linux, osx, win]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sys: {linux-64: {__glibc: '2.28'}, osx-arm64: {__osx: '15.0'}}", id="sys by platform"),
        pytest.param("sys: [{linux-64: {__glibc: '2.28'}}, {osx-arm64: {__osx: '15.0'}}]", id="in a list"),
        pytest.param(
            "subdirs: {linux-64: {packages: {__glibc: '2.28'}}, osx-arm64: {packages: {__osx: '15.0'}}}",
            id="conda-lock's subdirs",
        ),
    ],
)
def test_virtual_packages_of_one_platform(text: str) -> None:
    document = _parse(f"{text}\ndependencies: [a]")
    assert not document.problems
    asked = {
        platform: [entry.value for entry in document.virtual_packages if admits(entry.selector, Subdir(platform))]
        for platform in ("linux-64", "linux-aarch64", "osx-arm64")
    }
    assert asked == {"linux-64": [("__glibc", "2.28")], "linux-aarch64": [], "osx-arm64": [("__osx", "15.0")]}


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("allow-pypi-requests: false", NO_INDEX),
        ("allow-pypi-requests: no", NO_INDEX),
        ("allow-pypi-requests: yes", ""),
    ],
)
def test_conda_locks_permission_is_the_default_index(text: str, default: str) -> None:
    found = _parse(f"{text}\ndependencies: [a]").index_options.default
    assert [entry.value for entry in found] == ([default] if default else [])


@pytest.mark.parametrize("text", ["allow-pypi-requests: false\n{}", "{}allow-pypi-requests: false\n"])
def test_an_index_of_pips_goes_before_conda_locks_permission_whichever_stands_first(text: str) -> None:
    document = _parse(text.format("dependencies: [a, pip: [-i https://i.example/s]]\n"))
    assert _placed(document.index_options.default) == [("https://i.example/s", mock.ANY, "")]
    assert document.index_options.dropped == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("zzz: 1", id="an unknown key"),
        pytest.param("category: dev", id="a category"),
        pytest.param("local_dependencies: []", id="a key with a known word in it"),
    ],
)
def test_what_is_ignored_is_a_warning(text: str) -> None:
    (problem,) = _parse(f"dependencies: [a]\n{text}").problems
    assert problem.severity is Severity.WARNING


@pytest.mark.parametrize("text", ["category: main", "category:", "name: x", "prefix: /x", "variables: {A: b}"])
def test_what_changes_nothing_is_not_told(text: str) -> None:
    assert not _parse(f"dependencies: [a]\n{text}").problems


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        pytest.param("a[url='https://h.example/a-1-0.conda']", ReferenceKind.URL, id="a URL in brackets"),
        pytest.param("a[version=1, url=file:///srv/a-1-0.conda]", ReferenceKind.LOCAL, id="a file in brackets"),
    ],
)
def test_a_reference_in_brackets(entry: str, kind: ReferenceKind) -> None:
    (reference,) = _parse(f'dependencies:\n- "{entry}"\n').references
    assert (reference.value.kind, reference.value.from_conda) == (kind, True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("x: &a b\ndependencies:\n- *a  # [linux]\n", "3:7", id="behind an alias"),
        pytest.param("dependencies:\n-  # [linux]\n  a\n", "2:4", id="behind a dash"),
        pytest.param("dependencies:  # [linux]\n- a\n", "1:16", id="behind a key"),
        pytest.param("dependencies:\n- |\n  a # [linux]\n", "3:5", id="in a block"),
        pytest.param("dependencies:\n- 'a # [linux]'\n", "2:6", id="in quotes"),
        pytest.param("dependencies:\n- pip:\n  - 'a # [linux]'\n", "3:8", id="in quotes, for pip"),
        pytest.param("name: x  # [win]\ndependencies: [a]\n", "1:10", id="behind a name"),
        pytest.param("dependencies:\n- a\n- b c\n  d  # [linux] [win]\n", "3:3", id="two of them"),
    ],
)
def test_a_selector_that_selects_nothing_is_told(text: str, place: str) -> None:
    told = [each for each in _parse(text).problems if "selector" in each.claim]
    assert _told(told) == [f"{place} MIX002"]
