"""Who may be built: the repository's word, within what a spec's options of pip say."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.build_permission import ALL, EVERYBODY, NOBODY, NONE, BinaryOption, BuildPermission
from mixlock_hooks.model.names import pypi_name

A, B = pypi_name("a"), pypi_name("b")
ONLY_A = BuildPermission(names=frozenset({A}))
NO_WHEEL_OF_A = BinaryOption(of="a", is_built=True)
WHEEL_OF_A = BinaryOption(of="a", is_built=False)
WHEELS = BinaryOption(of=ALL, is_built=False)
NOTHING = BinaryOption(of=NONE, is_built=False)
NOTHING_BUILT = BinaryOption(of=NONE, is_built=True)


@pytest.mark.parametrize(
    ("permission", "options", "allowed", "named"),
    [
        pytest.param(EVERYBODY, [], "ab", "", id="no options"),
        pytest.param(EVERYBODY, [WHEELS], "", "", id="wheels only"),
        pytest.param(EVERYBODY, [WHEEL_OF_A], "b", "", id="a wheel of one"),
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A], "ab", "a", id="one by name"),
        pytest.param(EVERYBODY, [WHEELS, NO_WHEEL_OF_A], "a", "a", id="wheels only, but for one"),
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A, WHEELS], "", "", id="one by name, then wheels only"),
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A, WHEEL_OF_A], "b", "", id="the last word counts"),
        pytest.param(EVERYBODY, [WHEEL_OF_A, NO_WHEEL_OF_A], "ab", "a", id="whichever it is"),
        pytest.param(EVERYBODY, [WHEELS, NOTHING], "ab", "", id="what was said is taken back"),
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A, NOTHING_BUILT], "ab", "", id="on the other side, too"),
        pytest.param(EVERYBODY, [WHEEL_OF_A, NOTHING_BUILT], "b", "", id="on its own side alone"),
        pytest.param(ONLY_A, [WHEELS], "", "", id="wheels only, whatever the repository names"),
        pytest.param(ONLY_A, [WHEEL_OF_A], "", "", id="a wheel of what the repository names"),
        pytest.param(NOBODY, [NO_WHEEL_OF_A], "", "", id="nobody stays nobody"),
    ],
)
def test_within(permission: BuildPermission, options: list[BinaryOption], allowed: str, named: str) -> None:
    found = permission.within(options)
    assert "".join(name for name in (A, B) if found.allows(name)) == allowed
    assert "".join(sorted(found.names)) == named


@pytest.mark.parametrize(
    ("permission", "options", "from_source"),
    [
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A], "a", id="no wheel of one"),
        pytest.param(NOBODY, [NO_WHEEL_OF_A], "a", id="also where nobody may build, for an sdist may tell all"),
        pytest.param(EVERYBODY, [NO_WHEEL_OF_A, WHEEL_OF_A], "", id="no wheel, and nothing but a wheel"),
        pytest.param(ONLY_A, [], "", id="a build that is allowed is not asked for"),
    ],
)
def test_what_is_taken_from_source(
    permission: BuildPermission, options: list[BinaryOption], from_source: str
) -> None:
    assert "".join(sorted(permission.within(options).from_source)) == from_source


@pytest.mark.parametrize(
    ("options", "denied"), [([], ""), ([WHEEL_OF_A], "a"), ([WHEELS], "ab"), ([NO_WHEEL_OF_A], "")]
)
def test_who_is_kept_from_building_by_the_spec(options: list[BinaryOption], denied: str) -> None:
    permission = EVERYBODY.within(options)
    assert "".join(name for name in (A, B) if permission.denies(name)) == denied
