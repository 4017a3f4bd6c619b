"""Constraints of PyPI packages: who satisfies them, what conda is asked for them, whether anything can."""

from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version
from rattler import Version as CondaVersion
from rattler import VersionSpec

from mixlock_hooks.model.constraint import (
    NotAConstraintError,
    admits_by_default,
    as_match_spec,
    as_specifier,
    can_hold,
    satisfies,
)


@pytest.mark.parametrize(
    ("version", "constraint", "expected"),
    [
        ("2.31.0", "", True),
        ("2.31.0", "*", True),
        ("2.31.0", ">=2,<3", True),
        ("2.31.0", ">=2 <3", True),
        ("2.31.0", "2.31.0", True),
        ("2.31", "2.31.0", True),
        ("2.31.0", "2.31.*", True),
        ("3.0rc1", ">=3.0rc0", True),
        ("2.0", "<1 || >=2", True),
        ("2.0.1+cu118", "==2.0.1", True),
        ("1.9", "^1.2", True),
        ("2.0", "^1.2", False),
        ("0.2.9", "^0.2.3", True),
        ("0.3", "^0.2.3", False),
        ("1.2.9", "~1.2.3", True),
        ("1.3", "~1.2", False),
        ("1.9", "~1", True),
        ("2.31.0", ">=3", False),
        ("2.31.0", "2.32.0", False),
        ("1.5", "<1 || >=2", False),
        ("2.2.6", ">=1,<2.2.6 || >2.2.6", False),
        ("2.2.7", ">=1,<2.2.6 || >2.2.6", True),
        ("1.26.4", ">=1,<2.2.6 || >2.2.6", True),
        ("1.0", "<empty>", False),
        ("9e", ">=3", True),
        ("9e", "<3", False),
        ("1.1.1w", ">=1.1,<2 || >3", True),
    ],
)
def test_satisfies(version: str, constraint: str, expected: bool) -> None:  # noqa: FBT001
    assert satisfies(version, constraint) is expected


@pytest.mark.parametrize("text", ["not a specifier", "=>1", "1.x", ">=1|", "|", ">=", "~>1.2", "==1.2.*.3"])
def test_what_nobody_can_read_is_neither_a_yes_nor_a_no(text: str) -> None:
    for ask in (lambda: satisfies("1", text), lambda: as_match_spec(text), lambda: can_hold(text)):
        with pytest.raises(NotAConstraintError):
            ask()


@pytest.mark.parametrize(
    ("version", "specifier", "expected"),
    [("1.0", "", True), ("1.0rc1", "", False), ("1.0rc1", ">=1.0rc0", True), ("9e", "", True)],
)
def test_a_pre_release_is_chosen_where_it_is_asked_for(version: str, specifier: str, expected: bool) -> None:  # noqa: FBT001
    assert admits_by_default(version, specifier) is expected


@pytest.mark.parametrize(
    ("constraint", "asked"),
    [
        pytest.param("", "*", id="any"),
        pytest.param("*", "*", id="a star"),
        pytest.param("1.2.3", "==1.2.3", id="a bare version"),
        pytest.param(">=1,!=2.2.6", "!=2.2.6,>=1", id="not one version"),
        pytest.param(">=1,<2.2.6 || >2.2.6", "<2.2.6dev0,>=1|>2.2.6", id="the same as conda-lock records it"),
        pytest.param("<2", "<2dev0", id="an upper bound excludes its pre-releases"),
        pytest.param("<2.0.0", "<2dev0", id="however it is spelled"),
        pytest.param("<3.0.dev0", "<3.0dev0", id="a bound at a development release"),
        pytest.param("==1.2.*", "1.2.*", id="a prefix"),
        pytest.param("!=1.2.*", "!=1.2.*", id="not a prefix"),
        pytest.param("~=1.2.3", "1.2.*,>=1.2.3", id="a compatible release"),
        pytest.param("~=1.2rc1", "1.*,>=1.2rc1", id="a compatible release of a pre-release"),
        pytest.param("==1.2+cu118", "==1.2+cu118", id="a local version"),
        pytest.param(">=1!2,<2!0", "<2!0dev0,>=1!2", id="an epoch"),
        pytest.param("===1.2", "==1.2", id="arbitrary equality with a version"),
        pytest.param("==1.2-1", "==1.2.post1", id="normalized"),
        pytest.param("^1.2", "<2dev0,>=1.2", id="a caret"),
    ],
)
def test_what_conda_is_asked_for(constraint: str, asked: str) -> None:
    assert as_match_spec(constraint) == asked
    VersionSpec(asked)


_RELEASES = ("0.9", "1.0", "1.1", "1.2", "1.2.0", "1.2.1", "1.2.10", "1.3", "1.10", "2.0", "2.2.6", "3.0", "1!1.0")
_CLAUSES = [
    f"{operator}{release}"
    for operator in ("==", "!=", ">=", "<=", ">", "<", "~=")
    for release in ("1.0", "1.2", "1.2.1", "2.2.6", "1!1.0")
] + ["==1.2.*", "!=1.*", ">=1.2rc1", "<2.0rc2"]


@pytest.mark.parametrize("first", _CLAUSES)
def test_conda_reads_the_same_releases_from_it(first: str) -> None:
    for second in _CLAUSES:
        asked = VersionSpec(as_match_spec(f"{first},{second}"))
        for release in _RELEASES:
            held = SpecifierSet(f"{first},{second}").contains(release, prereleases=True)
            assert asked.matches(CondaVersion(release)) is held, (first, second, release)


@pytest.mark.parametrize("version", ["2.0rc1", "2.0b2", "2.0a1", "2.0.dev3", "1.9rc1"])
@pytest.mark.parametrize("constraint", ["<2", "<2.0", ">=1,<2.0", "<3", ">=2", "^1.0"])
def test_conda_reads_the_same_pre_releases_from_it(version: str, constraint: str) -> None:
    held = VersionSpec(as_match_spec(constraint)).matches(CondaVersion(version))
    assert held is satisfies(version, constraint)


@pytest.mark.parametrize(
    ("constraint", "specifier"),
    [
        (">=1,<2.2.6 || >2.2.6", "!=2.2.6,>=1"),
        ("<1 || >1,<2 || >2,<3", "!=1,!=2,<3"),
        ("^1.2", "<2,>=1.2"),
        ("1.2", "==1.2"),
        ("*", ""),
    ],
)
def test_a_recorded_constraint_is_written_as_pep_440(constraint: str, specifier: str) -> None:
    assert as_specifier(constraint) == specifier


@pytest.mark.parametrize("constraint", ["<1 || >=2", "1.2 || 1.4", "<empty>"])
def test_what_pep_440_cannot_write_is_refused(constraint: str) -> None:
    with pytest.raises(NotAConstraintError):
        as_specifier(constraint)


@pytest.mark.parametrize(
    "constraint",
    [
        ">=3,<2",
        "==1,!=1",
        "==1.2,>=2",
        "==1.2.*,>=1.3",
        ">1,<1",
        ">=1,<1",
        "~=1.4,<1.4",
        "~=1.4,>=2",
        "==1.2.*,!=1.2.*",
        "==1,==2",
        "===1,===2",
        ">1.2,<=1.2",
        ">1.2,<1.2.post5",
        "==1.0+a,==1.0+b",
        "<1.2,>=1.2rc1",
        "<0",
        ">=1,<1 || >2,<2",
        "<empty>",
    ],
)
def test_no_version_can_satisfy(constraint: str) -> None:
    assert not can_hold(constraint)


@pytest.mark.parametrize(
    "constraint",
    [
        "",
        ">=1,<2",
        "==1,<=1",
        "==1,>=1",
        "==1.2.*,<1.3,>1.2",
        "~=1.4.2,!=1.4.2",
        "==1.0+a,==1.0",
        ">=1,<1 || >2",
        "!=1,!=2",
        "<1.3rc1,>=1.3a0",
        ">1.2.post1,<1.2.post3",
        "===whatever",
    ],
)
def test_some_version_can_satisfy(constraint: str) -> None:
    assert can_hold(constraint)


@pytest.mark.parametrize("first", _CLAUSES)
def test_what_a_version_satisfies_can_be_satisfied(first: str) -> None:
    for second in _CLAUSES:
        both = SpecifierSet(f"{first},{second}")
        if any(both.contains(Version(release), prereleases=True) for release in _RELEASES):
            assert can_hold(first, second), (first, second)
