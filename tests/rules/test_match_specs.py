"""Whether a locked conda package fits a match spec, as py-rattler reads it."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.constraint import NotAConstraintError
from mixlock_hooks.model.locked import LockedPackage, Manager
from mixlock_hooks.model.names import Subdir
from mixlock_hooks.rules.match_specs import fits_match_spec


def _package(version: str = "1.26.4", build: str = "py312h_3", subdir: str = "linux-64") -> LockedPackage:
    return LockedPackage(
        name="numpy",
        version=version,
        manager=Manager.CONDA,
        platform=Subdir("linux-64"),
        dependencies={},
        url=f"https://c.example/ch/{subdir}/numpy-{version}-{build}.conda",
        md5="0123456789abcdef0123456789abcdef",
        sha256="ab" * 32,
    )


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        ("", True),
        ("*", True),
        (">=1.26,<2.0a0", True),
        ("1.26.*", True),
        ("==1.26.4", True),
        ("1.26.4 py312h_3", True),
        ("1.26.4 py312*", True),
        ("* *_3", True),
        (">=2|1.26.*", True),
        ("1.26.4 py311*", False),
        (">=2", False),
        ("==1.26", False),
        ("1.25.*|>=2", False),
        ("*[build_number='3']", True),
        ("*[build_number='>=4']", False),
        ("*[subdir='linux-64']", True),
        ("*[subdir='noarch']", False),
        ("*[md5='0123456789abcdef0123456789abcdef']", True),
        ("*[md5='0123456789abcdef0123456789abcdee']", False),
        (f"*[sha256='{'ab' * 32}']", True),
        (f"*[sha256='{'ac' * 32}']", False),
    ],
)
def test_a_match_spec(constraint: str, expected: bool) -> None:  # noqa: FBT001
    assert fits_match_spec(_package(), constraint) is expected


@pytest.mark.parametrize(
    ("build", "constraint"),
    [
        pytest.param("py312h_3", ">=1.2,,", id="no match spec"),
        pytest.param("mkl", "*[build_number='0']", id="a build that does not tell its number"),
    ],
)
def test_what_cannot_be_judged_is_no_yes(build: str, constraint: str) -> None:
    with pytest.raises(NotAConstraintError):
        fits_match_spec(_package(build=build), constraint)


@pytest.mark.parametrize(("version", "build"), [("", ""), ("!!", "0"), ("1.0", "")])
def test_a_package_that_is_none_crashes_nothing(version: str, build: str) -> None:
    assert fits_match_spec(_package(version, build), ">=1") is (version == "1.0")
