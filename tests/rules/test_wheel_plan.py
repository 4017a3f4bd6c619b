"""Which wheels go on being used: those compiled against what the environment holds, or something older of it."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.names import PypiName
from mixlock_hooks.model.wheelhouse import BuiltWheel
from mixlock_hooks.rules.wheel_plan import runs_with


def _wheel(*requires: str) -> BuiltWheel:
    return BuiltWheel(
        name=PypiName("odd"),
        version="1.0",
        sdist_sha256="0" * 64,
        file="odd-1.0-py3-none-any.whl",
        sha256="1" * 64,
        tags=("py3-none-any",),
        platforms=(),
        python="3.11",
        glibc="",
        requires=requires,
        epoch=0,
        builder="",
    )


@pytest.mark.parametrize(
    ("built", "held", "runs"),
    [
        ("1.26.4", "1.26.4", True),
        ("1.23.2", "1.26.4", True),
        ("1.26.4", "1.24.4", False),
        ("1.26.4", "2.2.6", False),
        ("2.0.0", "1.26.4", True),
        ("2.3.0", "2.0.1", True),
        ("2.0.0", "1.22.0", False),
        ("odd", "odd", True),
        ("odd", "1.0", False),
    ],
)
def test_numpy_may_be_newer_than_the_one_compiled_against(built: str, held: str, *, runs: bool) -> None:
    assert runs_with(_wheel(f"numpy=={built}", "setuptools==1"), {PypiName("numpy"): held}) is runs


def test_what_holds_no_numpy_or_was_built_without_takes_any() -> None:
    assert runs_with(_wheel("numpy==1.26.4"), {})
    assert runs_with(_wheel("setuptools==80"), {PypiName("setuptools"): "70", PypiName("numpy"): "1"})
