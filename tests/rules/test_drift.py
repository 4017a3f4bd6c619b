"""What differs between recorded inputs and those of today, in words."""

from __future__ import annotations

from dataclasses import replace

from mixlock_hooks.formats import environment_yml
from mixlock_hooks.model.settings import Settings
from mixlock_hooks.model.way_out import WayOut
from mixlock_hooks.rules.drift import compare
from mixlock_hooks.rules.fingerprint import inputs_of
from mixlock_hooks.rules.merge import merge

_MIXED = "dependencies:\n- python\n- pip:\n  - b\n  - a\n"
_CONDA = "dependencies:\n- python\n"
_ASKED = _MIXED.replace("- pip:", "- pip\n- pip:")


def _told(before: str, now: str, *, knew_pip: bool = True) -> list[str]:
    """Return the differences of conda's requirements; ``knew_pip``: pip was implied then already."""
    was, is_now = (merge(environment_yml.parse(text, "e.yml"), Settings()) for text in (before, now))
    recorded = inputs_of(was.platforms[0])
    if not knew_pip:
        recorded = replace(recorded, conda={}, implied=())
    spec = is_now.platforms[0]
    found = compare(is_now, spec, recorded, WayOut(words="run it"), lambda _key: is_now.place)
    return [f"{each.code.value} {each.place.line} {each.claim}" for each in found if each.claim.startswith("conda")]


def test_a_lock_from_before_pip_was_implied_is_told_what_implies_it() -> None:
    claim = "conda requirement `pip`, which PyPI requirements imply, was not asked for then"
    assert _told(_MIXED, _MIXED, knew_pip=False) == [f"MIX202 4 {claim}"]


def test_to_write_what_was_implied_changes_nothing() -> None:
    assert _told(_MIXED, _ASKED) == _told(_ASKED, _MIXED) == []


def test_pip_comes_and_goes_with_what_implies_it() -> None:
    assert _told(_MIXED, _CONDA) == _told(_CONDA, _MIXED) == []


def test_a_pip_that_was_written_goes_by_itself() -> None:
    assert _told(_ASKED, _CONDA) == ["MIX202 1 conda requirement `pip` was removed"]


def test_a_version_that_is_no_longer_asked_for_is_told_though_pip_is_implied_still() -> None:
    pinned = _ASKED.replace("- pip\n", "- pip>=25\n")
    assert _told(pinned, _MIXED) == ["MIX202 4 conda requirement `pip` is `any` now, was `>=25`"]


def test_whatever_else_differs_is_told() -> None:
    """Nothing that a spec says differs, but the record is not what this spec gives."""
    environment = merge(environment_yml.parse(_MIXED, "e.yml"), Settings())
    spec = environment.platforms[0]
    current = inputs_of(spec)
    way_out = WayOut(words="run it")
    assert list(compare(environment, spec, current, way_out, lambda _key: environment.place)) == []
    for other in ({"platform": "win-64"}, {"schema": 99}, {"pypi": current.pypi[::-1]}):
        recorded = replace(current, **other)
        (reason,) = compare(environment, spec, recorded, way_out, lambda _key: environment.place)
        assert reason.claim == f"what the lock records of the solve is not what is asked: `{next(iter(other))}`"
