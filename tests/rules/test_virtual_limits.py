"""Which virtual package a failed solve names, and the setting that would admit the package."""

from __future__ import annotations

import pytest

from mixlock_hooks.formats import engine_messages, environment_yml
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.rules.merge import merge
from mixlock_hooks.rules.virtual_limits import virtual_limit

RATTLER = """Cannot solve the request because of: gpu * cannot be installed because there are no viable options:
├─ gpu 2.0 would require
│  └─ __cuda >=12.6, for which no candidates were found.
└─ gpu 1.0 would require
   └─ __cuda >=12.0, for which no candidates were found.
"""
CONSTRAINED = """Cannot solve the request because of: The following packages are incompatible
├─ __glibc * can be installed with any of the following options:
│  └─ __glibc 2.27
└─ lib * cannot be installed because there are no viable options:
   └─ lib 1 would constrain
      └─ __glibc >=2.34,<3, which conflicts with any installable versions previously reported
"""


@pytest.mark.parametrize(
    ("message", "needs"),
    [
        pytest.param(RATTLER, (("__cuda", ">=12.6"), ("__cuda", ">=12.0")), id="required"),
        pytest.param(CONSTRAINED, (("__glibc", ">=2.34,<3"),), id="constrained"),
        pytest.param("└─ lib >=2, for which no candidates were found.", (), id="a package is none"),
    ],
)
def test_the_engine_names_virtual_packages(message: str, needs: tuple[tuple[str, str], ...]) -> None:
    assert engine_messages.of_conda("unsatisfiable", message, {}).virtual == needs


LIMITS = {
    "the lowest is the way out": (
        "linux-64",
        (("__cuda", ">=12.6"), ("__cuda", ">=12.0")),
        "need `__cuda >=12.0`, and this environment has `__cuda` 11.2",
        'say so: `sys: {__cuda: "12.0"}`; else',
    ),
    "two at once": (
        "linux-64",
        (("__glibc", ">=2.34,<3.0.a0"), ("__cuda", "==12")),
        "has `__cuda` 11.2 and the conda requirements need `__glibc >=2.34,<3.0.a0`",
        '`sys: {__cuda: "12", __glibc: "2.34"}`',
    ),
    "one that it has not": ("linux-aarch64", (("__cuda", ">=12"),), "has no `__cuda`", '`sys: {__cuda: "12"}`'),
    "one that it cannot have": ("linux-64", (("__win", "*"),), "has no `__win`", "relax one of"),
    "macOS": ("osx-arm64", (("__osx", ">=14.0"),), "has `__osx` 13.0", '`sys: {__osx: "14.0"}`'),
}


@pytest.mark.parametrize(("platform", "needs", "claim", "hint"), LIMITS.values(), ids=LIMITS)
def test_a_limit_is_named_with_its_setting(
    platform: str, needs: tuple[tuple[str, str], ...], claim: str, hint: str
) -> None:
    document = environment_yml.parse(f"platforms: [{platform}]\ndependencies: [a]\n", "e.yml")
    found = virtual_limit(merge(document, Settings()).platforms[0], needs)
    assert found is not None
    assert claim in found[0]
    assert hint in found[1]


def test_without_a_virtual_package_there_is_no_limit() -> None:
    spec = merge(environment_yml.parse("dependencies: [a]\n", "e.yml"), Settings()).platforms[0]
    assert virtual_limit(spec, ()) is None
