"""Conda's version constraints: whether any version can satisfy them, in the order that py-rattler has."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rattler import Version, VersionSpec

from mixlock_hooks.model.conda_constraint import admits, can_hold, canonical_version
from mixlock_hooks.model.conda_version import CondaVersion, is_plain

_ATOMS = ("0", "1", "2", "10", "a", "rc", "dev", "post", ".", ".", "_", "-", "1!", "+", "a1", ".post1", "_")
_VERSIONS = st.lists(st.sampled_from(_ATOMS), min_size=1, max_size=6).map("".join)


def _is_version(text: str) -> bool:
    try:
        Version(text)
    except Exception:  # noqa: BLE001 - whatever it is, it is refused
        return False
    return True


@given(_VERSIONS)
def test_what_is_plain_is_a_version(text: str) -> None:
    assert not is_plain(text) or _is_version(text)


@given(_VERSIONS.filter(is_plain), _VERSIONS.filter(is_plain))
def test_versions_are_ordered_as_by_the_solver(first: str, second: str) -> None:
    ours = (CondaVersion(first) < CondaVersion(second), CondaVersion(first) == CondaVersion(second))
    assert ours == (Version(first) < Version(second), Version(first) == Version(second))


@pytest.mark.parametrize(
    ("asked", "canonical"),
    [
        pytest.param("(>=3.8,<3.10)|(>=3.11,<3.13)", "<3.10,>=3.8|<3.13,>=3.11", id="groups of alternatives"),
        pytest.param("(1.2|1.3),<2", "<2,==1.2|<2,==1.3", id="a group among clauses is multiplied out"),
        pytest.param("((=1.2))", "1.2.*", id="groups within groups"),
        pytest.param(">=1.2*", ">=1.2", id="a star behind an order says nothing"),
        pytest.param("1.2.*.*", "1.2.*", id="two stars are one"),
    ],
)
def test_groups_and_stars(asked: str, canonical: str) -> None:
    assert canonical_version(asked) == canonical


@pytest.mark.parametrize("asked", ["(1", "1)", "()", "(1|)", "!=*", "<*", ">*", "===1", "(,1)", "1(2)"])
def test_what_is_no_constraint_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match="is not a version constraint"):
        canonical_version(asked)


def test_a_group_that_unfolds_too_far_is_refused() -> None:
    with pytest.raises(ValueError, match="alternatives"):
        canonical_version(",".join(["(1|2)"] * 9))


_CLAUSES = ("==1", "==1.2", ">=1.2", ">1.2", "<1.2", "<=1.2", "!=1.2", "1.2.*", "!=1.2.*", "~=1.2", "~=1.2.1")
_SOME = ("0.9", "1", "1.1", "1.2", "1.2.0", "1.2a1", "1.2dev", "1.2.1", "1.2.post1", "1.3", "1.3a", "2", "1.2+l")


@pytest.mark.parametrize("first", _CLAUSES)
def test_versions_are_admitted_as_by_the_solver(first: str) -> None:
    for second, version in product(_CLAUSES, _SOME):
        both = f"{first},{second}"
        held = VersionSpec(both).matches(Version(version))
        assert admits(version, both) or not held, (both, version)
        assert can_hold(both) or not held, (both, version)


@pytest.mark.parametrize(
    "constraint",
    [
        "<1,>=2",
        "!=1,==1",
        "1.2.*,>=1.3",
        "==1.2,>=2",
        "1.2.*,1.3.*",
        "==1.2,==1.3",
        ">1,<=1",
        "~=1.4,<1.4",
        "~=1.4.2,>=1.5",
        "!=1.2.*,1.2.*",
        "!=1.2.*,==1.2.5",
        "<1,>2|>=3,<3",
        "9e.*,>=9",
    ],
)
def test_no_version_can_satisfy(constraint: str) -> None:
    assert not can_hold(constraint)


@pytest.mark.parametrize(
    "constraint",
    ["", "*", "<2,>=1", "1.2.*,>1.2", "==1.2,1.2.*", "<1,>2|>=3", "==1,*", ">=1.1.1a,<1.1.1z", "!=1", "1.2.*,<1.2"],
)
def test_some_version_can_satisfy(constraint: str) -> None:
    assert can_hold(constraint)


def test_constraints_of_two_sides_are_judged_together() -> None:
    assert can_hold(">=1", "<2|>3")
    assert not can_hold(">=2,<3", "<2|>3")
