"""References to named environments, and aliases that must not move."""

from __future__ import annotations

import pytest

from mixlock_hooks.model.alias import Alias, AliasTarget, alias
from mixlock_hooks.model.document import Entry
from mixlock_hooks.model.place import at
from mixlock_hooks.rules import aliases

_PLACE = at("locks/aliases.toml")


def _target(lock: str = "1", environment: str = "e") -> AliasTarget:
    return AliasTarget(environment=environment, source="e.yml", fingerprint="f", lock=lock)


@pytest.mark.parametrize(
    ("name", "severity", "claim", "hint"),
    [
        pytest.param("a/b:v1", None, "", "", id="known"),
        pytest.param("a", None, "", "", id="known without its tag"),
        pytest.param(
            "a:v2", "error", "no alias `a:v2` is known", "mixlock resolve -f FILE --alias a:v2", id="unknown"
        ),
        pytest.param("a:1.0", "error", "a tag holds lower-case letters", "correct", id="a bad tag"),
        pytest.param("A", "error", "a name holds lower-case letters", "correct", id="a bad name"),
        pytest.param("step:F/1/s", "note", "looked up by the Metaflow extension", "", id="a step's environment"),
        pytest.param("0" * 40, "note", "looked up by the Metaflow extension", "", id="an identifier"),
    ],
)
def test_references(name: str, severity: str | None, claim: str, hint: str) -> None:
    known = {alias("a/b:v1"): _target(), alias("a"): _target()}
    found = list(aliases.references([Entry(value=name, place=at("f.py", 3, 9))], known))
    assert [problem.severity.value for problem in found] == ([] if severity is None else [severity])
    for problem in found:
        assert (problem.code, str(problem.place)) == ("MIX010", "f.py:3:9")
        assert claim in problem.claim
        assert hint in problem.hint


@pytest.mark.parametrize(
    ("before", "now", "claims"),
    [
        pytest.param({"a:v1": "1"}, {"a:v1": "1"}, [], id="the same"),
        pytest.param({"a:v1": "1"}, {"a:v1": "2"}, ["`a:v1` stands for another lock"], id="moved"),
        pytest.param({"a:v1": "1"}, {}, ["`a:v1` was removed"], id="removed"),
        pytest.param({}, {"a:v1": "1"}, [], id="new"),
        pytest.param({"a": "1", "a:stable": "1", "a:candidate": "1"}, {"a": "2"}, [], id="movable"),
    ],
)
def test_immutable_aliases_may_not_move(before: dict[str, str], now: dict[str, str], claims: list[str]) -> None:
    found = list(aliases.moved(_aliases(before), _aliases(now), _PLACE))
    assert len(found) == len(claims)
    assert all(claim in problem.claim for claim, problem in zip(claims, found, strict=True))


@pytest.mark.parametrize(
    ("now", "digest", "told"),
    [
        pytest.param({"a:v1": "1"}, "1", [], id="as it was"),
        pytest.param({"a:v1": "1"}, "2", ["alias `a:v1` is immutable, and the lock of `e` changed"], id="changed"),
        pytest.param({"a:v1": "1"}, "", ["alias `a:v1` is immutable, and the lock of `e` changed"], id="gone"),
        pytest.param({"a:latest": "1"}, "2", [], id="movable"),
    ],
)
def test_the_lock_of_an_immutable_alias_may_not_change(now: dict[str, str], digest: str, told: list[str]) -> None:
    assert [found.claim for found in aliases.altered(_aliases(now), lambda _name: digest, _PLACE)] == told


def _aliases(locks: dict[str, str]) -> dict[Alias, AliasTarget]:
    return {alias(name): _target(lock) for name, lock in locks.items()}
