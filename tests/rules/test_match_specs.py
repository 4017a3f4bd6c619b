"""Whether a locked package fits a constraint, as each world's own library reads it."""

from __future__ import annotations

import pytest

from mixlock_hooks.rules.match_specs import fits_match_spec, fits_specifier


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("", True),
        ("*", True),
        (">=1.26,<2.0a0", True),
        ("1.26.*", True),
        ("==1.26.4", True),
        ("1.26.4 py312h_0", True),
        ("1.26.4 py312*", True),
        ("* *_0", True),
        (">=2|1.26.*", True),
        ("1.26.4 py311*", False),
        (">=2", False),
        ("==1.26", False),
        ("1.25.*|>=2", False),
        (">=1.2,,", True),
    ],
)
def test_a_match_spec(constraint: str, expected: bool) -> None:  # noqa: FBT001
    assert fits_match_spec("numpy", "1.26.4", "py312h_0", constraint) is expected


@pytest.mark.parametrize(("version", "build"), [("", ""), ("!!", "0"), ("1.0", "")])
def test_a_package_that_is_none_crashes_nothing(version: str, build: str) -> None:
    assert fits_match_spec("numpy", version, build, ">=1") is (version == "1.0")


@pytest.mark.parametrize(
    ("version", "constraint", "expected"),
    [
        ("2.31.0", "", True),
        ("2.31.0", "*", True),
        ("2.31.0", ">=2,<3", True),
        ("2.31.0", "2.31.0", True),
        ("2.31", "2.31.0", True),
        ("3.0rc1", ">=3.0rc0", True),
        ("2.0", "<1 || >=2", True),
        ("2.0.1+cu118", "==2.0.1", True),
        ("2.31.0", ">=3", False),
        ("2.31.0", "2.32.0", False),
        ("1.5", "<1 || >=2", False),
        ("9e", ">=3", True),
        ("1.0", "not a specifier", True),
    ],
)
def test_a_specifier(version: str, constraint: str, expected: bool) -> None:  # noqa: FBT001
    assert fits_specifier(version, constraint) is expected
