"""Which versions a target has a file of, which newer ones only a limit excludes, and when nothing is claimed."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from packaging.version import Version

from mixlock_hooks.model.names import Subdir
from mixlock_hooks.model.proposal import IndexFile, ProposedFile
from mixlock_hooks.model.target import make_target
from mixlock_hooks.rules.newer_versions import (
    admitted,
    must_be_built,
    newest_that_fits,
    releases,
    to_exclude,
    without_a_file,
)

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
    (release,) = releases([file("1", OLD, day=9)], TARGET, "2026-01-05T00:00:00Z")
    assert not release.has_wheel
    assert [limit.claim for limit in release.limits] == [
        "was uploaded on 2026-01-09, and `exclude-newer` is 2026-01-05T00:00:00Z"
    ]


def test_a_yanked_version_is_admitted_by_its_pin_only() -> None:
    found = releases([file("2", OLD, yanked=True), file("1", OLD)], TARGET)
    assert [str(each.version) for each in admitted(found, ">=1")] == ["1"]
    assert [str(each.version) for each in admitted(found, "==2")] == ["2"]
