"""Which versions a target has a file of, which newer ones only a limit excludes, and when nothing is claimed."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from packaging.version import Version

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.build_permission import BuildPermission
from mixlock_hooks.model.cutoff import Cutoff
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import PypiName, Subdir
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.solving import SolveRequest
from mixlock_hooks.model.target import make_target
from mixlock_hooks.rules import policy
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.newer_versions import (
    admitted,
    limiting_notes,
    must_be_built,
    newest_that_fits,
    releases,
    to_exclude,
    without_a_file,
)
from mixlock_hooks.shell.name_map_file import shipped

TARGET = make_target(Subdir("linux-64"), [("__glibc", "2.27")], {"python": "3.12.1"}, {})
OLD, NEW = "cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_28_x86_64"


def file(version: str, tag: str = "", *, python: str = "", yanked: bool = False, day: int = 1) -> IndexFile:
    name = f"gem-{version}-{tag}.whl" if tag else f"gem-{version}.tar.gz"
    return IndexFile(
        file=ProposedFile(name=name, url=f"https://files.example/{name}", sha256="0" * 64),
        version=Version(version),
        requires_python=python,
        uploaded=datetime(2026, 1, day, tzinfo=timezone.utc),
        yanked=yanked,
    )


FILES = {
    "wheels that fit": ([file("2", OLD), file("1", OLD)], "2", "", False),
    "the newest is for a newer glibc": ([file("2", NEW), file("1", OLD)], "1", "2", False),
    "the newest is an sdist": ([file("2"), file("1", OLD)], "1", "2", True),
    "the newest has both, and its wheel does not fit": ([file("2", NEW), file("2"), file("1", OLD)], "1", "2", True),
    "only sdists": ([file("2"), file("1")], "", "", True),
    "only for a newer glibc": ([file("2", NEW)], "", "", False),
    "the newest is for another python": (
        [file("2", "py3-none-any", python=">=3.13"), file("1", OLD)],
        "1",
        "2",
        False,
    ),
    "the newest is yanked": ([file("2", OLD, yanked=True), file("1", OLD)], "1", "", False),
    "the newest is a pre-release": ([file("2rc1", OLD), file("1", OLD)], "1", "", False),
}


@pytest.mark.parametrize(("files", "newest", "excluded", "built"), FILES.values(), ids=FILES)
def test_a_wheel_that_fits_goes_first(files: list[IndexFile], newest: str, excluded: str, *, built: bool) -> None:
    found = releases(files, TARGET)
    fitting = newest_that_fits(found)
    assert str(fitting.version if fitting else "") == newest
    assert to_exclude(found, "") == frozenset({excluded} - {""})
    assert must_be_built(found, "") is built


@pytest.mark.parametrize(
    ("files", "specifier", "named"),
    [
        pytest.param([file("2", NEW), file("1", OLD)], "==2", "2", id="a pin without a file"),
        pytest.param([file("3", NEW), file("2", NEW), file("1", OLD)], ">=2", "3", id="a range without a file"),
        pytest.param([file("2", NEW), file("1", OLD)], ">=1", "", id="a range with one"),
        pytest.param([file("2", NEW), file("2")], "==2", "", id="an sdist is a file"),
        pytest.param([file("1", OLD)], "==2", "", id="no such version is another failure"),
        pytest.param([file("2", OLD, yanked=True)], "==2", "", id="a pin takes what is yanked"),
        pytest.param([file("2rc1", NEW)], "", "2rc1", id="pre-releases count where there is nothing else"),
    ],
)
def test_a_requirement_without_a_file_names_the_newest_version(
    files: list[IndexFile], specifier: str, named: str
) -> None:
    found = without_a_file(releases(files, TARGET), specifier)
    assert str(found.version if found else "") == named


def test_a_cutoff_is_a_limit_with_its_words() -> None:
    (release,) = releases([file("1", OLD, day=9)], TARGET, Cutoff(moment="2026-01-05T00:00:00Z"))
    assert not release.has_wheel
    assert [limit.claim for limit in release.limits] == [
        "was uploaded on 2026-01-09, and `exclude-newer` is 2026-01-05T00:00:00Z"
    ]


def test_a_yanked_version_is_admitted_by_its_pin_only() -> None:
    found = releases([file("2", OLD, yanked=True), file("1", OLD)], TARGET)
    assert [str(each.version) for each in admitted(found, ">=1")] == ["1"]
    assert [str(each.version) for each in admitted(found, "==2")] == ["2"]


def request(*pip: str, cutoff: str = "", builds: frozenset[PypiName] = frozenset()) -> SolveRequest:
    entries = "".join(f"    - {entry}\n" for entry in pip)
    document = environment_yml.parse(f"dependencies:\n  - python=3.12\n  - pip:\n{entries}", "environment.yml")
    spec = merge(document, Settings(platforms=(TARGET.platform,)))
    checked = policy.check(spec, Settings(), shipped).checked
    assert checked is not None
    permission = BuildPermission(everybody=True, names=builds)
    return SolveRequest(
        environment=checked, spec=checked.platforms[0], cutoff=Cutoff(moment=cutoff), builds=permission
    )


def locked(name: str, version: str, **needs: str) -> LockedPackage:
    return LockedPackage(
        name=name, version=version, manager=Manager.PIP, platform=TARGET.platform, dependencies=needs, url="u"
    )


NOTES = {
    "glibc": (
        [file("2", NEW), file("1", OLD)],
        (
            'gem 1 is locked; 2 needs glibc 2.28, this environment has 2.27 (to take it: `sys: {__glibc: "2.28"}`, '
            "then `mixlock lock --upgrade-package gem`)"
        ),
    ),
    "the python that it requires": (
        [file("2", OLD, python=">=3.13"), file("1", OLD)],
        (
            "gem 1 is locked; 2 needs python >=3.13, this environment has 3.12.1 (to take it: `python >=3.13` among "
            "the conda requirements, then `mixlock lock --upgrade-package gem`)"
        ),
    ),
    "the python of its wheels": (
        [file("2", "cp313-cp313-manylinux_2_17_x86_64"), file("1", OLD)],
        (
            "gem 1 is locked; 2 has no wheel for python 3.12, but for 3.13 (to take it: `python=3.13` among the "
            "conda requirements, then `mixlock lock --upgrade-package gem`)"
        ),
    ),
    "another platform, which no setting admits": (
        [file("2", "cp312-cp312-win_amd64"), file("1", OLD)],
        "gem 1 is locked; 2 has no wheel for linux-64",
    ),
    "a build": (
        [file("2"), file("1", OLD)],
        (
            'gem 1 is locked; 2 has no wheel and must be built (to take it: `build-sdists = ["gem"]`, then '
            "`mixlock lock --upgrade-package gem`)"
        ),
    ),
    "a yank": (
        [file("2", OLD, yanked=True), file("1", OLD)],
        "gem 1 is locked; 2 is yanked (to take it: `gem==2`, then `mixlock lock --upgrade-package gem`)",
    ),
    "a pre-release": (
        [file("2rc1", OLD), file("1", OLD)],
        "gem 1 is locked; 2rc1 is a pre-release (to take it: `gem>=2rc1`, then `mixlock lock --upgrade-package gem`)",
    ),
    "a final version before a pre-release": (
        [file("3rc1", OLD), file("2", NEW), file("1", OLD)],
        (
            'gem 1 is locked; 2 needs glibc 2.28, this environment has 2.27 (to take it: `sys: {__glibc: "2.28"}`, '
            "then `mixlock lock --upgrade-package gem`)"
        ),
    ),
}


@pytest.mark.parametrize(("files", "note"), NOTES.values(), ids=NOTES)
def test_a_newer_version_that_only_a_limit_excludes_is_named_once(files: list[IndexFile], note: str) -> None:
    pages = {PypiName("gem"): tuple(files)}
    assert list(limiting_notes(request("gem"), TARGET, pages, [locked("gem", "1")])) == [note]


def test_a_cutoff_is_named_with_a_later_one() -> None:
    pages = {PypiName("gem"): (file("2", OLD, day=9), file("1", OLD))}
    asked = request("gem", cutoff="2026-01-05T00:00:00Z")
    (note,) = limiting_notes(asked, TARGET, pages, [locked("gem", "1")])
    assert "2 was uploaded on 2026-01-09, and `exclude-newer` is 2026-01-05T00:00:00Z" in note
    assert "(to take it: a later `exclude-newer`, then" in note


SILENT = {
    "the newest is locked": ([file("1", OLD)], "gem", [locked("gem", "1")]),
    "the spec asks for less": ([file("2", NEW), file("1", OLD)], "gem<2", [locked("gem", "1")]),
    "another package caps it": (
        [file("2", NEW), file("1", OLD)],
        "gem",
        [locked("gem", "1"), locked("user", "1", gem="<2")],
    ),
    "a newer one fits, and something else holds it back": (
        [file("3", NEW), file("2", OLD), file("1", OLD)],
        "gem",
        [locked("gem", "1")],
    ),
    "a constraint that nobody can read": (
        [file("2", NEW), file("1", OLD)],
        "gem",
        [locked("gem", "1"), locked("user", "1", gem="what?")],
    ),
}


@pytest.mark.parametrize(("files", "asked", "packages"), SILENT.values(), ids=SILENT)
def test_nothing_is_claimed_where(files: list[IndexFile], asked: str, packages: list[LockedPackage]) -> None:
    pages = {PypiName("gem"): tuple(files)}
    assert list(limiting_notes(request(asked), TARGET, pages, packages)) == []


def test_a_project_that_may_be_built_by_name_was_free_to_take_the_sdist() -> None:
    pages = {PypiName("gem"): (file("2"), file("1", OLD))}
    asked = request("gem", builds=frozenset({PypiName("gem")}))
    assert list(limiting_notes(asked, TARGET, pages, [locked("gem", "1")])) == []
