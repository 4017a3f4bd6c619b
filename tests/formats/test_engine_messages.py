"""What the engines say, as they say it, and what is understood of it."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats.engine_messages import (
    NO_BUILD,
    of_conda,
    of_conda_lock,
    sdists_uv_may_not_build,
    specifiers_uv_names,
)
from mixlock_hooks.model.failure import FailureKind
from mixlock_hooks.model.names import pypi_name

TRACE = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n'
ROWS = {
    "a build that is not allowed": (
        (
            "DEBUG:x:<c1>Source (a):</c1> Downloading: http://127.0.0.1:1/files/old_style-0.1.tar.gz#sha256=1\n"
            f"{TRACE}RuntimeError: discovery '{NO_BUILD}' is not available.\n"
        ),
        (FailureKind.BUILD, "old-style", "0.1"),
    ),
    "a build of an sdist named with hyphens": (
        f"Downloading sdist: a-b-c-1.0rc1.zip\n{TRACE}RuntimeError: {NO_BUILD}\n",
        (FailureKind.BUILD, "a-b-c", "1.0rc1"),
    ),
    "a file that was replaced": (
        (
            f"{TRACE}RuntimeError: Retrieved digests for links requests-2.31.0-py3-none-any.whl(sha256:00) not in "
            "poetry.lock metadata {'sha256:a7'}\n"
        ),
        (FailureKind.CHANGED_FILE, "requests", "2.31.0"),
    ),
    "an index that answers 500": (
        f"{TRACE}conda_lock._vendor.poetry.repositories.exceptions.RepositoryError: 500 Server Error\n",
        (FailureKind.SOURCE, "", ""),
    ),
    "an index that hangs": (
        f"{TRACE}requests.exceptions.ReadTimeout: HTTPConnectionPool(host='a'): Read timed out.\n",
        (FailureKind.SOURCE, "", ""),
    ),
    "nothing at all": ("", (FailureKind.UNKNOWN, "", "")),
}


@pytest.mark.parametrize(("stderr", "expected"), ROWS.values(), ids=ROWS)
def test_of_conda_lock(stderr: str, expected: tuple[FailureKind, str, str]) -> None:
    failure = of_conda_lock(stderr)
    assert (failure.kind, failure.package, failure.constraint) == expected


@pytest.mark.parametrize(
    ("kind", "message", "expected"),
    [
        ("channel", "could not find subdir", (FailureKind.SOURCE, "", "")),
        ("spec", "`a[` is not a match spec", (FailureKind.BAD_SPEC, "", "")),
        ("crash", "boom", (FailureKind.UNKNOWN, "", "")),
        ("unsatisfiable", "No candidates were found for a >=3.", (FailureKind.NO_VERSION, "a", ">=3")),
        ("unsatisfiable", "No candidates were found for a *.", (FailureKind.NO_VERSION, "a", "")),
        ("unsatisfiable", "No candidates were found for a ==1.0 zz*.", (FailureKind.NO_VERSION, "a", "==1.0 zz")),
        ("unsatisfiable", "a 1 would require b <2", (FailureKind.UNSATISFIABLE, "", "")),
    ],
)
def test_of_conda(kind: str, message: str, expected: tuple[FailureKind, str, str]) -> None:
    failure = of_conda(kind, message, {})
    assert (failure.kind, failure.package, failure.constraint) == expected


def test_the_projects_that_uv_may_not_build_are_read_over_line_breaks() -> None:
    said = "Wheels are required for `Old.Style` because building\n      from source is disabled for all packages"
    assert sdists_uv_may_not_build(f"hint: {said}\nhint: {said}") == ("old-style",)


@pytest.mark.parametrize("constraint", ["<2.2.6", ">=1,<2", ">=1,<2.2.6 || >2.2.6", "!=1 || !=2"])
@pytest.mark.parametrize("ending", ["", ", version solving failed.", "\n and the spec depends on picky (*)"])
def test_of_several_projects_without_a_version_the_one_that_conda_holds_blocks(constraint: str, ending: str) -> None:
    told = f"Because no versions of picky match !=1.0\n and no versions of numpy match {constraint}{ending}\n"
    stderr = f"{TRACE}x.SolverProblemError: {told}"
    assert of_conda_lock(stderr).package == "picky"
    failure = of_conda_lock(stderr, {"numpy", "scipy"})
    assert (failure.kind, failure.package, failure.constraint) == (FailureKind.NO_VERSION, "numpy", constraint)


@pytest.mark.parametrize(
    ("said", "specifiers"),
    [
        pytest.param("Because a-b==4.8 has no usable wheels and c==1 depends on a-b==4.8, no.", ("==4.8",), id="one"),
        pytest.param("Because only a_b>=1,<2 is there and a.b<=0.9 too", (">=1,<2", "<=0.9"), id="several"),
        pytest.param("Because all versions of a-b have no usable wheels, and xa-b==1", (), id="none"),
    ],
)
def test_which_versions_uv_names(said: str, specifiers: tuple[str, ...]) -> None:
    assert specifiers_uv_names(said, pypi_name("a-b")) == specifiers
